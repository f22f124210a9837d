@Q2C-4 @CARD-5
Feature: What may be done next
  Whoever reads a document and whoever looks for it are told the same: what its state allows, where there is what it is
  done to.

  Scenario: A change is answered where one waits, and asked for where none does
    Given an issued invoice for 3 lamps
    Then the order's actions are "request_change, close"
    When a change of the order to 4 lamps is requested
    Then the order's actions are "confirm_change, decline_change, close"
    When the change is declined
    Then the order's actions are "request_change, close"
    When a change of the order to 5 lamps is requested
    And the change is confirmed
    Then the order's actions are "fulfil, hold, agree_tolerance, request_change, cancel, close"

  Scenario: Of a payment, what is unapplied is allocated or refunded, and what is allocated taken back
    Given an issued invoice for 3 lamps
    When 100.00 EUR arrive without a word
    Then the payment's actions are "allocate, refund, reverse"
    When it is allocated to the invoice
    Then the payment's actions are "unallocate, reverse"
    When 40.00 EUR of it are taken back from the invoice
    Then the payment's actions are "allocate, unallocate, refund, reverse"
    When 40.00 EUR of it are refunded
    Then the payment's actions are "unallocate, reverse"

  Scenario: So it is with a credit that names no invoice
    Given an issued invoice for 3 lamps
    And a bonus of 59.50 that waits for approval
    Then the credit note's actions are "approve, reject"
    When the bonus is approved
    Then the credit note's actions are "allocate, refund"
    When 40.00 EUR of the bonus are set off against the invoice
    Then the credit note's actions are "allocate, unallocate, refund"
