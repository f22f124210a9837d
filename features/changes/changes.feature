@Q2C-2 @CARD-4
Feature: Live changes
  Programs hear of each change as it is recorded, once, in the order of the log, and ask queries for its content.

  Scenario: A listener hears of a change at once
    Given a listener to the changes from now on
    When ann drafts and sends a quote
    Then the listener hears of "quoting.Quote.Drafted" and "quoting.Quote.Sent", and nothing else
    And what it hears has position, kind, version and time, and nothing of the content

  Scenario: Whoever comes back hears exactly the rest
    Given a listener to all changes since the beginning
    When ann drafts and sends a quote
    And the listener goes away after the first half and comes back with the last id
    Then it has heard of every event of the log once, in order

  Scenario: A listener may want some kinds or one thing only
    Given an order for 3 lamps
    Then since the beginning there is 1 change of the kind "ordering.Order.Placed"
    And since the beginning there are 4 changes of the kind "quoting"
    And the changes of the quote alone are those of its history

  Scenario Outline: What cannot be listened to is refused
    When somebody listens <how>
    Then the answer is 422 and says "<words>"

    Examples:
      | how                       | words                           |
      | after the position 999999 | There is no position 999999 yet |
      | with the id "x"           | Last-Event-ID is the id         |
      | to the kind "quoting.Qu"  | A kind is a context             |
