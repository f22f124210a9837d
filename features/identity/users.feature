@Q2C-5
Feature: Administrators and compliance see who may act

  Scenario: A user is listed with roles, authenticator and last sign-in
    Given bob, who is finance
    Then bob is listed as finance who has never signed in
    Given bob was given a first password
    When bob signs in with the first password and chooses "a lamp in the harbour"
    Then bob is listed as finance who has signed in today

  Scenario: Roles and state are those of now
    Given bob, who is finance
    When an administrator takes the role finance back from bob
    And an administrator deactivates bob
    Then bob is listed as deactivated without a role

  Scenario: Whoever is neither does not see it
    Given bob, who is finance and has signed in
    When bob asks for /users
    Then the status code is 403
