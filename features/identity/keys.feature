@Q2C-5
Feature: Keys of applications are facts, may do less than their user, and are rotated without a gap

  Background:
    Given bob, who is finance and has signed in

  Scenario: That a key was issued is known, and what it is is not
    When bob issues a key for "the bank"
    Then the status code is 201
    And the history of bob ends with "user key issued" by bob
    And the log does not hold the key

  Scenario: A key may be less than its user
    Given bob is support, too
    When bob issues a key for "the help desk" that is support only
    And the key for "the help desk" asks for /receivables/ageing
    Then the status code is 200
    When the key for "the help desk" asks for /whoami
    Then it says that it is support only
    When the key for "the help desk" records a payment
    Then it is refused as "not_permitted"

  Scenario: A key is never more than its user
    When bob issues a key for "the help desk" that is support only
    Then it is refused as "invalid"

  Scenario: A role that its user has lost, a key has lost, too
    Given bob is support, too
    And bob has a key for "the help desk" that is support only
    When an administrator takes the role support back from bob
    And the key for "the help desk" asks for /receivables/ageing
    Then it is refused as "not_permitted"

  Scenario: A rotated key is good for some hours more
    Given bob has a key for "the bank"
    When bob rotates the key for "the bank" with an overlap of 24 hours
    Then the status code is 201
    And the history of bob ends with "user key rotated" by bob
    When the key for "the bank" from before is used
    Then the status code is 200
    When the key for "the bank" is used
    Then the status code is 200
    And the key for "the bank" from before is good for 24 hours at most

  Scenario: A key that is rotated without an overlap is over
    Given bob has a key for "the bank"
    When bob rotates the key for "the bank" with an overlap of 0 hours
    And the key for "the bank" from before is used
    Then it is refused as "token_refused"
    When the key for "the bank" is used
    Then the status code is 200

  Scenario: A rotated key has the roles of the one before
    Given bob is support, too
    And bob has a key for "the help desk" that is support only
    When bob rotates the key for "the help desk" with an overlap of 0 hours
    And the key for "the help desk" asks for /whoami
    Then it says that it is support only

  Scenario: No overlap is longer than a day
    Given bob has a key for "the bank"
    When bob rotates the key for "the bank" with an overlap of 25 hours
    Then the status code is 422

  Scenario: That a key was revoked is known
    Given bob has a key for "the bank"
    When bob revokes the keys for "the bank"
    Then the history of bob ends with "user key revoked" by bob
    When bob rotates the key for "the bank" with an overlap of 1 hours
    Then the status code is 404

  Scenario: A key whose answer was lost is asked for again, and is one key
    When bob asks twice for the same key for "the bank"
    Then bob has 1 key
    And the key for "the bank" from before is not good

  Scenario: A revoked key does not come back by asking again
    Given bob has asked for a key for "the bank" and revoked it
    When bob asks for the same key again
    Then the status code is 404
