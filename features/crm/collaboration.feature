@Q2C-1 @FS-5
Feature: Working together on a deal
  Calls, visits and tasks stand with the deal that they are about; colleagues are mentioned and see it.

  Background:
    Given an opportunity "Office lamps" of "ann", estimated at 500.00 EUR, to be decided by 2026-03-20

  Scenario: A task is planned, waits for its owner, and is done
    When "send samples" is planned for "bob" by 2026-03-05
    Then "bob" has the task "send samples", which is not overdue
    When 4 days pass
    Then "bob" has the task "send samples", which is overdue
    When it is completed with "sent two"
    Then "bob" has no task
    And the deal's activities are
      | kind | state | summary      | outcome  |
      | task | done  | send samples | sent two |

  Scenario: Who is mentioned sees it, until it is read
    When "ann" comments "What about @bob?" and mentions "bob"
    Then "bob" is mentioned in "What about @bob?"
    When "cleo" marks the mention as read
    Then it is refused as "not_mentioned"
    When "bob" marks the mention as read
    Then "bob" is mentioned in nothing

  Scenario: Only its author edits or retracts a comment, and earlier wordings stay in its history
    When "ann" comments "They pay late" and mentions "bob"
    And "bob" edits the comment to "They always pay"
    Then it is refused as "only_its_author"
    When "ann" edits the comment to "They pay in time"
    Then the deal's comments are "They pay in time"
    When "ann" retracts the comment
    Then the deal's comments are ""
    And the comment's history says "They pay late", then "They pay in time", then nothing

  Scenario: What is said about its quote belongs to the same conversation
    When a quote for 3 lamps is drafted for it
    And "ann" comments "Discount?" on the quote
    Then the deal's comments are "Discount?"

  Scenario: A comment is about something that there is
    When "ann" comments on an order that does not exist
    Then it is refused as "not_found"
