@Q2C-5
Feature: Sessions are seen and ended one by one, and end when nobody uses them

  Background:
    Given bob, who is finance and has signed in
    And bob has another session

  Scenario: Whoever has left a session open elsewhere sees it and ends it
    Then bob sees 2 sessions, of which one is the one that asks
    When bob ends the other session
    Then bob sees 1 session, of which one is the one that asks
    When the other session is used
    Then it is refused as "token_refused"

  Scenario: Nobody ends a session of somebody else's
    Given eve, who is finance and has signed in
    When eve ends the other session
    Then it is refused as "not_found"
    And bob sees 2 sessions, of which one is the one that asks

  Scenario: An administrator ends one of somebody's sessions, which leaves a trace
    When an administrator ends the other session of bob
    Then it is written down that admin did identity.end_sessions_of to bob
    When the other session is used
    Then it is refused as "token_refused"
    When bob asks for /whoami
    Then the status code is 200

  Scenario: An administrator ends all of somebody's sessions, and keys go on
    Given bob has a key for "desk"
    When an administrator ends all sessions of bob
    And bob asks for /whoami
    Then it is refused as "token_refused"
    When the key for "desk" is used
    Then the status code is 200

  Scenario: A session that nobody uses for an hour is over, and a key is not
    Given bob has a key for "desk"
    When nothing is used for 61 minutes
    And bob asks for /whoami
    Then it is refused as "token_refused"
    When the key for "desk" is used
    Then the status code is 200

  Scenario: A session that is used goes on
    When nothing is used for 59 minutes
    And bob asks for /whoami
    And nothing is used for 59 minutes
    And bob asks for /whoami
    Then the status code is 200
    And bob sees 1 session, of which one is the one that asks

  Scenario: How long that is, the settings say
    Given a service whose sessions end after 5 minutes without use
    When nothing is used for 6 minutes
    And bob asks for /whoami
    Then it is refused as "token_refused"
