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

  Scenario: A business day ends at midnight where the seller is
    Given a sent quote for 3 lamps
    When the clock shows 2026-03-05 23:30 in UTC
    And the customer declines it
    Then on 2026-03-05 the quote was "sent"
    And on 2026-03-06 the quote was "declined"

  Scenario: A changed line is told in plain words
    Given a sent quote for 3 lamps
    When ann revises the quote to 5 lamps
    Then the history of the quote tells "revision 2 line 1 quantity: 3 → 5"
    And the history of the quote tells "total: 357.00 EUR → 595.00 EUR"

  Scenario: A payment is told with the numbers of what it settles
    Given an issued invoice for 3 lamps
    When the customer pays the invoice
    Then the history of the invoice tells "paid: 0.00 EUR → 357.00 EUR"
    And the payment that settled it is named by its number

  Scenario: The reason that somebody gave is told
    Given a sent quote for 3 lamps
    When ann withdraws the quote because "wrong customer" for the reason "asked by legal"
    Then the last event of the quote happened because of "asked by legal; wrong customer"

  Scenario: The reason that stands on a credit note is told of the invoice that it credits
    Given an issued invoice for 3 lamps
    When the invoice is credited because "scratched"
    Then the last event of the invoice happened because of "scratched"

  Scenario: The reason for which a payment was taken back is told of the invoice that it settled
    Given an issued invoice for 3 lamps
    When the customer pays the invoice
    And the bank takes the payment back because "bounced"
    Then the last event of the invoice happened because of "bounced"

  Scenario: What a policy did is told with the policy and what it reacted to
    Given an issued invoice for 3 lamps
    Then the last event of the invoice happened because of "policy “whenever invoice drafted issue it”"
    And the event that caused it is named

  Scenario: What became of a thing between two points
    Given a sent quote for 3 lamps
    When compliance notes the position
    And the customer declines it
    And 10 days pass
    Then between the noted position and now the quote went from "sent" to "declined" by "quote declined"
    And the command line tells "state: sent → declined" since the noted position
    And between the start and the noted position it was made

  Scenario: A point that cannot be told of is refused in clear words
    Given a sent quote for 3 lamps
    When compliance asks for the quote at the position 999999
    Then the status code is 422
    And it says "There is no position 999999 yet"
    When compliance asks for the quote at the instant 2199-01-01
    Then the status code is 422
    And it says "has not come yet"
    When compliance asks for the quote at the position 1
    Then the status code is 404
    And it says "Nothing had happened to it there"
    When compliance asks for the quote at the instant 2001-01-01
    Then the status code is 404
    And it says "Nothing had happened to it there"
    When compliance asks for the quote at a position and an instant
    Then the status code is 422
    And it says "A point is a position or an instant"
    When compliance asks for the quote between the head and 1
    Then the status code is 422
    And it says "lies after position 1"
