@L2C-1 @FS-1 @Q2C-1
Feature: Opportunities of another CRM
  What people decided is asked for on the day on which they decided it: opened, quoted, accepted, lost. Order, its
  confirmation and the win follow by policy. What the files write in several ways is understood, and told.

  Background:
    Given the files of a small CRM

  Scenario: Each opportunity gets to where the file says
    When they are imported
    Then there are 1 "Prospecting", 2 "Engaging", 3 "Won" and 1 "Lost" opportunities, 2 without an account
    And 75.00 percent of what was decided is won, for 5600
    And the log says the same as the report
    And "GTXPro", "technolgy" and "Philipines" were read as "GTX Pro", "technology" and "Philippines"
    And it ends with code 0

  Scenario: A second import adds nothing
    When they are imported
    And they are imported again
    Then the log stands where it stood, and 7 were known before

  Scenario: An import that was killed goes on where it was
    Given an import of them was killed half-way
    When they are imported
    Then there are 1 "Prospecting", 2 "Engaging", 3 "Won" and 1 "Lost" opportunities, 2 without an account
    And every quote is there once

  Scenario: A bad row is left out, and told
    Given one of them was won for "-1"
    When they are imported
    Then it ends with code 3, and tells row 2 of the pipeline
    And 6 opportunities are there

  Scenario: What is known with other details stays, and is told; another list price holds from then on
    When they are imported
    And an account has moved, a price has changed and a row was added
    And they are imported again
    Then it ends with code 3, and says that "Palmwind" stays as it was
    And 8 opportunities are there

  Scenario: A folder without a pipeline imports nothing
    Given there is no pipeline
    When they are imported
    Then it ends with code 1
