@Q2C-5
Feature: Two accounts of one person count as one person
  Whoever has a second account does not get around a rule of two persons with it, once somebody has said whose it is.

  Background:
    Given una, una-2, una-3 and otto, who may do everything

  Scenario: It is seen, and told of
    When otto declares una and una-2 to be one person
    Then una has the other accounts una-2
    And una-2 has the other accounts una
    And the history of una ends with "user same person declared" by otto

  Scenario: Accounts of one person are all each other's
    When otto declares una and una-2 to be one person
    And otto declares una-3 and una-2 to be one person
    Then una has the other accounts una-2, una-3
    And una-3 has the other accounts una, una-2
    When otto retracts that una-2 is the same person
    Then una has the other accounts una-3
    And una-2 has the other accounts none

  Scenario: It is declared once
    When otto declares una and una-2 to be one person
    And otto declares una-2 and una to be one person
    Then it is refused as "not_allowed_now"

  Scenario: Nobody is their own second account
    When otto declares una and una to be one person
    Then it is refused as "not_allowed_now"

  Scenario: What nobody has declared is not retracted
    When otto retracts that una is the same person
    Then it is refused as "not_allowed_now"

  Scenario: Nobody retracts it for themselves, by whichever account
    When otto declares una and una-2 to be one person
    And una-2 retracts that una is the same person
    Then it is refused as "own_accounts"

  Scenario: Administrators declare it, and only compliance retracts it
    Given admin, who is an administrator
    When admin declares una and una-2 to be one person
    And admin retracts that una is the same person
    Then it is refused as "not_permitted"

  Scenario: What was done meanwhile stays judged
    Given otto has declared una and una-2 to be one person
    And una has asked for a credit
    When otto retracts that una is the same person
    And una-2 approves the credit
    Then it is refused as "approved_by_requester"

  Scenario: What is done afterwards is two people's
    Given otto has declared una and una-2 to be one person
    When otto retracts that una is the same person
    And una has asked for a credit
    And una-2 approves the credit
    Then the status code is 200

  Scenario: Nobody comes back by an account that nobody has taken away
    Given otto has declared una and una-2 to be one person
    When otto deactivates una
    And una-2 reactivates una
    Then it is refused as "own_role"

  Scenario: Nobody delegates to themselves
    Given otto has declared una and una-2 to be one person
    When una delegates to una-2
    Then it is refused as "invalid"

  Scenario: What a policy does follows from all accounts of whoever began it
    Given otto has declared una and una-2 to be one person
    When una accepts a quote beyond the credit limit
    And una-2 releases the hold
    Then it is refused as "approved_by_requester"

  Scenario: So does what the worker catches up with
    Given otto has declared una and una-2 to be one person
    When una accepts a quote beyond the credit limit, and the worker does what follows
    And una-2 releases the hold
    Then it is refused as "approved_by_requester"

  Scenario: An auditor who looks back sees one person, also where it is declared later
    Given una has asked for a credit
    And una-2 has approved the credit
    When compliance looks back
    Then nobody did both
    When otto declares una and una-2 to be one person
    And compliance looks back
    Then una asked for the credit and una-2 approved it as one person
    When otto retracts that una is the same person
    And compliance looks back
    Then nobody did both

  Scenario: An auditor sees who could do both by two accounts
    Given ina, who is support, and ina-2, who is finance
    When compliance looks back
    Then ina could not both ask for a credit and approve it
    When otto declares ina and ina-2 to be one person
    And compliance looks back
    Then ina could both ask for a credit and approve it
