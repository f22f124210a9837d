@Q2C-1 @L2C-3 @OC-2
Feature: Contracts without a quote
  A contract that follows from no quote is made from a source document, and approved by somebody else than who wrote it.

  Scenario: A contract by hand waits for approval, then goes the way of any other
    When ann drafts a contract of 3 months for 10 lamps from the document "Framework 2026"
    Then the contract is "in_approval"
    And the contract has 3 instalments that add up to "1000.00"
    When both sides try to sign it
    Then it is refused as "not_allowed_now"
    When bob approves it
    Then the contract is "draft"
    When both sides sign it
    Then the contract is "active"
    And the order is "confirmed"

  Scenario: Who wrote it does not approve it
    When ann drafts a contract of 3 months for 10 lamps from the document "Framework 2026"
    And ann approves it
    Then it is refused as "approved_by_requester" by rule A1

  Scenario: A source document is told by its digest or by its place
    When ann drafts a contract from a document that nobody can find
    Then it is refused as "invalid"

  Scenario: A contract by hand is rejected
    When ann drafts a contract of 3 months for 10 lamps from the document "Framework 2026"
    And bob rejects it because "no such framework"
    Then the contract is "rejected"
