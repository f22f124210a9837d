@Q2C-5
Feature: Our people sign in at their provider, whose groups say what they may do

  Scenario: Whoever comes for the first time is registered, with the roles of their groups
    Given ida is a member of billing at the provider
    When ida signs in at the provider
    Then the status code is 200
    And ida is finance to the service
    And the history of ida tells that oidc registered ida and granted finance

  Scenario: Roles follow the groups at each sign-in, and others stay
    Given ida is a member of billing at the provider
    And ida has signed in at the provider
    And an administrator has granted ida the role analyst
    And ida is a member of help desk at the provider
    When ida signs in at the provider
    Then ida is analyst and support to the service

  Scenario: Who is in no group that counts is not registered
    Given ida is a member of canteen at the provider
    When ida signs in at the provider
    Then it is refused as "sign_in_refused"
    And nobody is registered as ida

  Scenario: Who was deactivated here is not let in by the provider
    Given ida is a member of billing at the provider
    And ida has signed in at the provider
    When an administrator deactivates ida
    And ida signs in at the provider
    Then it is refused as "sign_in_refused"

  Scenario: The provider makes nobody of somebody who is there already
    Given ida, who is support
    And ida is a member of billing at the provider
    When ida signs in at the provider
    Then it is refused as "already_taken"

  Scenario Outline: What cannot be believed lets nobody in
    Given ida is a member of billing at the provider
    And the provider's token <lies>
    When ida signs in at the provider
    Then it is refused as "provider_refused"
    And the status code is 401

    Examples:
      | lies                          |
      | has another nonce             |
      | has no nonce                  |
      | is for another client         |
      | was asked for by another one  |
      | is of another issuer          |
      | has expired                   |
      | says nobody                   |
      | is signed with another key    |
      | is signed by nobody           |
      | is signed with our own secret |
      | is none                       |

  Scenario: Nobody comes back twice
    Given ida is a member of billing at the provider
    When ida signs in at the provider
    And ida comes back once more
    Then it is refused as "provider_refused"

  Scenario: Nobody signs in whose browser has not begun it
    Given ida is a member of billing at the provider
    When somebody else's browser comes back in ida's place
    Then it is refused as "back_from_elsewhere"

  Scenario: A state that is long and quoted costs nothing
    When a browser comes back with a cookie of 60000 quotes
    Then it is refused as "back_from_elsewhere"
    And it took no time

  Scenario: A state that is long and quoted costs nothing
    Given ida is a member of billing at the provider
    When a browser comes back with a state of 60000 quotes
    Then it is refused as "back_from_elsewhere"
    And it took no time

  Scenario: Where there is no provider, nobody is sent to one
    When somebody signs in at a provider that there is not
    Then the status code is 404
