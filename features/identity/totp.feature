@Q2C-5
Feature: A password alone is not enough for whoever has an authenticator

  Background:
    Given bob, who is finance and has signed in

  Scenario: An authenticator counts once a code of it was shown
    When bob begins to enrol an authenticator
    And bob signs in without a code
    Then the status code is 201
    When bob shows a wrong code
    Then it is refused as "code_refused"
    When bob shows the code of the authenticator
    Then bob is told 10 recovery codes
    And the history of bob ends with "user totp confirmed" by bob
    When bob signs in without a code
    Then it is refused as "code_needed"
    And the status code is 403

  Scenario: The session in which it was enrolled goes on, and every other one is over
    Given bob has another session
    And bob has an authenticator
    When bob asks for /whoami
    Then the status code is 200
    When the other session is used
    Then it is refused as "token_refused"

  Scenario: A code is good once
    Given bob has an authenticator
    When 30 seconds pass
    And bob signs in with the code of the authenticator
    Then the status code is 201
    When bob signs in with the same code
    Then it is refused as "sign_in_refused"
    When 30 seconds pass
    And bob signs in with the code of the authenticator
    Then the status code is 201

  Scenario: The code that has shown it was used by that
    Given bob has an authenticator
    When bob signs in with the same code
    Then it is refused as "sign_in_refused"

  Scenario: A code that was shown a minute ago is none any more
    Given bob has an authenticator
    When bob reads the code
    And 61 seconds pass
    And bob signs in with the same code
    Then it is refused as "sign_in_refused"

  Scenario: A recovery code takes the place of a lost authenticator, once
    Given bob has an authenticator
    When bob signs in with a recovery code
    Then the status code is 201
    When bob signs in with the same recovery code
    Then it is refused as "sign_in_refused"

  Scenario: Whoever has an authenticator asks for other recovery codes, and those of before are over
    Given bob has an authenticator
    When 30 seconds pass
    And bob asks for other recovery codes with the code of the authenticator
    Then bob is told 10 recovery codes
    And the history of bob ends with "user recovery codes replaced" by bob
    When bob signs in with a recovery code of before
    Then it is refused as "sign_in_refused"
    When bob signs in with a recovery code
    Then the status code is 201

  Scenario: A recovery code is enough for others
    Given bob has an authenticator
    When bob asks for other recovery codes with a recovery code
    Then bob is told 10 recovery codes

  Scenario: Whoever finds an open session gets no recovery codes
    Given bob has an authenticator
    When bob asks for other recovery codes with the same code
    Then it is refused as "code_refused"
    When somebody guesses 10 codes for other recovery codes of bob
    And 30 seconds pass
    And bob asks for other recovery codes with the code of the authenticator
    Then it is refused as "too_many_attempts"

  Scenario: Without an authenticator there are no recovery codes
    When bob asks for other recovery codes with a made-up code
    Then it is refused as "not_allowed_now"

  Scenario: Guessing codes has to wait as guessing passwords does
    Given bob has an authenticator
    When bob guesses 10 codes
    And 30 seconds pass
    And bob signs in with the code of the authenticator
    Then it is refused as "too_many_attempts"

  Scenario: Whoever finds an open session enrols nothing
    When somebody who does not know bob's password begins to enrol an authenticator
    Then it is refused as "sign_in_refused"

  Scenario: An authenticator that counts is not replaced by its owner
    Given bob has an authenticator
    When bob begins to enrol an authenticator
    Then it is refused as "not_allowed_now"

  Scenario: An administrator takes a lost authenticator back, which is known
    Given bob has an authenticator
    When an administrator resets bob's authenticator
    Then the history of bob ends with "user totp reset" by admin
    When bob asks for /whoami
    Then it is refused as "token_refused"
    When bob signs in without a code
    Then the status code is 201

  Scenario: Nobody takes their own authenticator back
    When admin resets admin's authenticator
    Then it is refused as "own_credentials"

  Scenario: A secret is not to be read in the database
    Given bob has an authenticator
    Then the database does not hold the secret

  Scenario: Where it is required, a password alone lets one do nothing but enrol
    Given an authenticator is required of staff
    When bob asks for /receivables/ageing
    Then it is refused as "authenticator_needed"
    And the status code is 403
    Given bob has an authenticator
    When bob asks for /receivables/ageing
    Then the status code is 200

  Scenario: Whoever runs the service without its key of credentials is told, and so is who signs in
    Given bob has an authenticator
    And the key of credentials is another one
    When bob signs in with the code of the authenticator
    Then it is refused as "authenticators_unavailable"
    And the status code is 503
    And the log says that the key of credentials is another one
