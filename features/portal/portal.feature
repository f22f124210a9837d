@Q2C-4
Feature: A customer sees its own deals, from the quote to the payment
  The portal shows what was sent, tells what can be answered now, and adds up what is owed in each currency by itself.

  Scenario: A draft is nobody's business; what was sent is shown as it was sent
    Given a drafted quote for 3 lamps
    Then the customer sees no quote
    When the quote is sent
    And the seller revises it to 5 lamps without sending that
    Then the customer sees a quote of 357.00 EUR with 3 lamps, which it may accept or decline
    When the quote is sent
    Then the customer sees a quote of 595.00 EUR with 5 lamps, which it may accept or decline

  Scenario: The customer accepts with what the portal showed
    Given a drafted quote for 3 lamps
    When the quote is sent
    And the customer accepts what the portal shows
    Then the customer sees a quote of 357.00 EUR with 3 lamps, which is "accepted"
    And the customer sees an order that is "confirmed"

  Scenario: What has expired cannot be answered any more, even before anybody said so
    Given a drafted quote for 3 lamps
    When the quote is sent
    And 30 days pass
    Then the customer sees a quote of 357.00 EUR with 3 lamps, which is "expired"

  Scenario: Delivered and open quantities
    Given an accepted quote for 5 lamps
    When 2 lamps are delivered
    Then the customer sees an order that is "in_fulfilment"
    And of 5 ordered lamps 2 are delivered and 3 are open
    When the rest of the order is cancelled
    Then of 5 ordered lamps 2 are delivered and 0 are open
    And the customer sees an order that is "fulfilled"

  Scenario: What waits for the seller is on hold
    Given an accepted quote for 5 lamps
    When 2 lamps are delivered
    And the order is put on hold
    Then the customer sees an order that is "on_hold"
    And 1 order is under way
    When the hold is released
    Then the customer sees an order that is "in_fulfilment"
    When the order is put on hold
    And the rest of the order is cancelled
    Then the customer sees an order that is "fulfilled"

  Scenario: A contract by hand is the customer's business once it is to be signed
    Given a contract by hand for 10 lamps
    Then the customer sees no contract
    And the support sees an open contract that is "in_approval"
    When the contract is approved
    Then the customer sees no contract
    When the contract is sent for signature
    Then the customer sees a contract that is "in_signature"

  Scenario: A contract by hand that was rejected was never the customer's business
    Given a contract by hand for 10 lamps
    When the contract is rejected
    Then the customer sees no contract

  Scenario: An invoice from issue to payment
    Given an accepted quote for 5 lamps
    When 5 lamps are delivered
    Then the customer sees an invoice of 595.00 that is "open", with 595.00 to pay
    And the account says 595.00 owed, 0.00 overdue and 0.00 in hand
    When 300.00 EUR arrive for that invoice
    Then the customer sees an invoice of 595.00 that is "partially_paid", with 295.00 to pay
    When 31 days pass
    Then the customer sees an invoice of 595.00 that is "overdue", with 295.00 to pay
    And the account says 295.00 owed, 295.00 overdue and 0.00 in hand
    When 400.00 EUR arrive for that invoice
    Then the customer sees an invoice of 595.00 that is "paid", with 0.00 to pay
    And the account says 0.00 owed, 0.00 overdue and 105.00 in hand
    And the payments settle that invoice
    And every amount that the customer sees has the decimals of its currency

  Scenario: A credit note gives back what was paid too much
    Given an accepted quote for 5 lamps
    When 5 lamps are delivered
    And 595.00 EUR arrive for that invoice
    And the invoice is credited
    Then the customer sees a credit note of 595.00 for that invoice
    And the customer sees an invoice of 595.00 that is "credited", with 0.00 to pay
    And the account says 0.00 owed, 0.00 overdue and 595.00 in hand

  Scenario: A document of another customer does not exist
    Given an accepted quote for 5 lamps
    Then another customer finds neither the quote nor the order, and no invoice
