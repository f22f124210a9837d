@Q2C-4 @L2C-4
Feature: What is open of a document, and how an invoice is settled
  Only what can still be answered, paid or used is open. Payments and credits set off settle an invoice; a credit note
  that names it takes it back.

  Scenario: Nothing is ever open of an order, delivered and paid or not
    Given an issued invoice for 3 lamps
    Then of the order null is open
    And of the quote 0.00 is open
    And of the invoice 357.00 is open
    When 100.00 EUR arrive for the invoice
    Then of the invoice 257.00 is open
    When 257.00 EUR arrive for the invoice
    Then of the order null is open
    And of the invoice 0.00 is open

  Scenario: Nothing is open of what was cancelled
    Given an order for 3 lamps
    When the order is cancelled
    Then of the order null is open

  Scenario: A quote is open until it is answered, for what was sent
    Given a sent quote for 3 lamps
    Then of the quote 357.00 is open
    When the quote is revised to 5 lamps
    Then of the quote 357.00 is open
    When the quote is withdrawn
    Then of the quote 0.00 is open

  Scenario: Nothing is open of a draft, nor of one that is discarded
    Given a held invoice over 119.00
    Then of the invoice 0.00 is open
    When the invoice is discarded
    Then of the invoice 0.00 is open

  Scenario: A credit that names no invoice is open once it is approved
    Given a bonus of 59.50 that waits for approval
    Then of the credit note 0.00 is open
    When the bonus is approved
    Then of the credit note 59.50 is open

  Scenario: Nothing has the decimals of its currency, too
    Given a credit limit of 1000.00 EUR
    And a held invoice over 119.00
    Then 0.00 EUR of the credit limit are used
    When 100.00 EUR arrive without a word
    Then the card says 0.00 EUR owed, 0.00 EUR overdue and 100.00 EUR unapplied

  Scenario: What is taken back is not paid
    Given an issued invoice for 3 lamps
    Then the invoice's settlement is "unpaid"
    When 1 of its lamps is credited
    Then the invoice's settlement is "unpaid"
    When 100.00 EUR arrive for the invoice
    Then the invoice's settlement is "partially_paid"
    When 138.00 EUR arrive for the invoice
    Then the invoice's settlement is "paid"

  Scenario: An invoice that is credited in full is neither paid nor to be paid
    Given an issued invoice for 3 lamps
    When the invoice is credited
    Then the invoice is "credited"
    And the invoice has no settlement
    And the customer sees the invoice "credited"
    And of the invoice 0.00 is open

  Scenario: What was paid in advance is paid
    Given an order for 3 lamps
    When all of it is paid in advance, and delivered
    Then the invoice's total amount is "0.00"
    And the invoice's settlement is "paid"
    And the customer sees the invoice "paid"

  Scenario: A credit that is set off settles as a payment does
    Given an issued invoice for 3 lamps
    And a bonus of 59.50 that waits for approval
    And the bonus is approved
    When the bonus is set off against the invoice
    Then the invoice's settlement is "partially_paid"
    And the customer sees the invoice "partially_paid"
    And of the invoice 297.50 is open
    And of the credit note 0.00 is open
