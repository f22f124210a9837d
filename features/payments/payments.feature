@Q2C-3 @L2C-4
Feature: Payments
  Money that arrives settles the invoices that its payer names; the rest is the customer's unapplied cash.

  Scenario: A payment settles the invoice that it names
    Given an issued invoice for 3 lamps
    When 357.00 arrive for it
    Then the invoice's paid amount is "357.00"
    And the payment's unapplied amount is "0.00"

  Scenario: A surplus becomes unapplied cash and is refunded
    Given an issued invoice for 3 lamps
    When 400.00 arrive for it
    Then the payment's unapplied amount is "43.00"
    When 43.01 of it are refunded
    Then it is refused as "allocation_exceeds_payment" by rule P1
    When 43.00 of it are refunded
    Then the payment's unapplied amount is "0.00"
    And the payment's refunded amount is "43.00"

  Scenario: A payment that names nothing waits to be allocated
    Given an issued invoice for 3 lamps
    When 400.00 arrive without a word
    And it is allocated to the invoice
    Then the invoice's paid amount is "357.00"
    And the payment's unapplied amount is "43.00"

  Scenario: Allocations never exceed what is payable
    Given an issued invoice for 3 lamps
    When 400.00 arrive without a word
    And 357.01 of it are allocated to the invoice
    Then it is refused as "payable_exceeded" by rule P2

  Scenario: A reversed payment makes the invoice due again
    Given an issued invoice for 3 lamps
    When 357.00 arrive for it
    And the payment is reversed
    Then the payment is "reversed"
    And the invoice's paid amount is "0.00"

  Scenario: An allocation is taken back
    Given an issued invoice for 3 lamps
    When 357.00 arrive for it
    And 57.00 of it are taken back from the invoice
    Then the invoice's paid amount is "300.00"
    And the payment's unapplied amount is "57.00"

  Scenario: The bank's reference counts once
    Given an issued invoice for 3 lamps
    When 100.00 arrive with reference "E2E-1"
    And 100.00 arrive with reference "E2E-1"
    Then it is refused as "already_taken"

  Scenario: A payment settles only what its own buyer owes
    Given an issued invoice for 3 lamps
    When 357.00 arrive for it from another customer
    Then the invoice's paid amount is "0.00"
    When it is allocated to the invoice
    Then it is refused as "not_this_buyers_payment"
