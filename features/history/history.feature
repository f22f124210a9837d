@CARD-3 @Q2C-5
Feature: History
  Whoever asks is told what happened to a thing, who did it, and how it stood at any past position, instant or date.

  Scenario: The history of a document is asked for by its number
    Given an issued invoice for 3 lamps
    When compliance asks on the command line for the history of the invoice
    Then it tells "invoice drafted" and "invoice issued"
    And it names "policy" on behalf of "ann"

  Scenario: A number that nothing bears is told as such
    Given an issued invoice for 3 lamps
    When compliance asks on the command line for the history of "NL-INV-2026-000009"
    Then it is told that nothing bears this number

  Scenario: The state as of a past position is what it was then
    Given a sent quote for 3 lamps
    When compliance notes the position
    And the customer declines it
    Then as of the noted position the quote was "sent"
    And now the quote is "declined"

  Scenario: What took effect later in the business is left out
    Given a sent quote for 3 lamps
    When 10 days pass
    And the customer declines it
    Then on 2026-03-05 the quote was "sent"
