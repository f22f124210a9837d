Feature: A history that can be checked
  Whoever does not want to believe the service sees for themselves, offline, that nothing in its history was changed.

  @Q2C-5
  Scenario: An auditor checks offline all that was sold
    Given an issued invoice for 5 lamps
    And the log is sealed
    When "q2c export-bundle" writes a bundle
    Then the verifier, alone with Python and the key, finds it good
    And "q2c verify" finds the log good and exits with 0

  @Q2C-5
  Scenario: A customer proves what was recorded of their acceptance
    Given an order for 5 lamps
    And the log is sealed
    Then what was recorded of the acceptance is proved to be in the log that was signed
    And once more was recorded and sealed, that log is proved to be the beginning of the longer one

  @Q2C-5
  Scenario: A customer takes the evidence of their acceptance along
    Given an order for 5 lamps
    And the log is sealed
    When the customer takes the evidence of the quote along
    Then the verifier, alone with Python and the key, finds their acceptance in it
    And nothing of it can be changed, left out before its end or left unproved
    And it is not taken for a bundle of the whole log

  @Q2C-5
  Scenario: A customer who has kept a checkpoint sees that the history goes on from it
    Given an order for 5 lamps
    And the log is sealed
    And the customer keeps the checkpoint
    And more was recorded and sealed
    When the customer takes the evidence of the quote along, from that checkpoint on
    Then the verifier finds that what was signed last goes on from what they kept
    And it finds out whoever signs a history that does not

  @Q2C-5
  Scenario: What somebody changed behind our back is named
    Given an issued invoice for 5 lamps
    And the log is sealed
    When somebody who owns the database makes 4 lamps of it
    Then "q2c verify" names the first wrong event and exits with 1

  @Q2C-5
  Scenario: An operator notices when nobody seals
    Given an order for 5 lamps
    And the log is sealed
    Then an operator sees how far the log is sealed, and for how long the rest has waited
    And an operator sees how far the access log is sealed, and for how long the rest has waited

  @Q2C-5
  Scenario: An operator learns why nothing is sealed any more
    Given an order for 5 lamps
    And the log is sealed
    When the tree is changed behind our back, and the worker is to seal what comes next
    Then an operator sees why it refuses, and that it does until it seals again

  @Q2C-5
  Scenario: What is not sealed yet is not proved
    Given an issued invoice for 5 lamps
    Then there is no checkpoint yet, and no proof
    And once the log is sealed, there is none of what comes after
