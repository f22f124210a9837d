@Q2C-4 @L2C-4
Feature: The chain of documents is followed both ways
  Each document names those that it follows from and those that follow from it, up to the money and what came back.

  Scenario: From the quote to the money
    Given an issued invoice for 3 lamps
    And 100.00 EUR arrive for the invoice
    Then the quote names "order followed_by"
    And the order names "invoice followed_by, quote follows"
    And the invoice names "order follows, payment paid_by 100.00"

  Scenario: By way of a contract
    Given a contract that bills 3 lamps by schedule
    Then the quote names "contract followed_by"
    And the contract names "invoice followed_by, order followed_by, quote follows"
    And the order names "contract follows"
    And the invoice names "contract follows"

  Scenario: What comes back and is credited
    Given an issued invoice for 3 lamps
    When 1 of its lamps comes back and is credited
    Then the order names "invoice followed_by, quote follows, return followed_by"
    And the credit note names "invoice credits 119.00, return follows"
    And the invoice names "credit_note credited_by 119.00, order follows"
    And the return says which order and which credit note

  Scenario: What is taken back from an invoice is no payment of it any more
    Given an issued invoice for 3 lamps
    And 100.00 EUR arrive for the invoice
    When the payment is reversed
    Then the invoice names "order follows"
