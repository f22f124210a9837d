@Q2C-5
Feature: Who may act is known, and does what their roles let them

  Scenario: Nobody acts or looks who has not signed in
    When nobody asks for /quotes
    Then the status code is 401
    And it is refused as "sign_in_needed"

  Scenario: A token that nobody was given lets nobody in
    When somebody asks for /quotes with the token "q2c_session_made-up"
    Then the status code is 401
    And it is refused as "token_refused"

  Scenario: Whether the service lives may be asked by anybody
    When nobody asks for /health/live
    Then the status code is 200

  Scenario: A first password works only together with one of one's own
    Given bob, who is finance
    And bob was given a first password
    When bob signs in with the first password
    Then it is refused as "password_must_be_changed"
    When bob signs in with the first password and chooses "a lamp in the harbour"
    Then the status code is 201
    When bob signs in with the first password
    Then it is refused as "sign_in_refused"
    When bob signs in with "a lamp in the harbour"
    Then bob is finance to the service

  Scenario: A password that is too short is not taken
    Given bob, who is finance
    And bob was given a first password
    When bob signs in with the first password and chooses "hunter2"
    Then it is refused as "password_too_weak"
    And the status code is 422

  Scenario: A session that is ended lets nobody in
    Given bob, who is finance and has signed in
    When bob signs out
    And bob asks for /whoami
    Then it is refused as "token_refused"

  Scenario: A new password ends every session of before
    Given bob, who is finance and has signed in
    When an administrator resets bob's password
    And bob asks for /whoami
    Then it is refused as "token_refused"

  Scenario: A session lets nobody change anything by a cookie, and shows pages
    Given bob, who is finance and has signed in
    When bob's browser asks for /whoami
    Then the status code is 200
    When bob's browser posts a payment
    Then it is refused as "sign_in_needed"

  Scenario: A role that is taken back counts from the next request on
    Given bob, who is finance and has signed in
    When an administrator takes the role finance back from bob
    And bob asks for /receivables/ageing
    Then it is refused as "not_permitted"
    And the status code is 403

  Scenario: Who is deactivated is nobody from the next request on, sessions and keys alike
    Given bob, who is finance and has signed in
    And bob has a key for "the bank"
    When an administrator deactivates bob
    And bob asks for /whoami
    Then it is refused as "token_refused"
    When the key for "the bank" is used
    Then it is refused as "token_refused"

  Scenario: A revoked key lets nobody in, and other keys go on
    Given bob, who is finance and has signed in
    And bob has a key for "the bank"
    When bob revokes the keys for "the bank"
    And the key for "the bank" is used
    Then it is refused as "token_refused"
    When bob asks for /whoami
    Then the status code is 200

  Scenario: Nobody grants a role to themselves
    When root, an administrator, grants root the role finance
    Then it is refused as "own_role"

  Scenario: Nobody grants a role to themselves through somebody else
    When root, an administrator, grants root the role finance on behalf of the chief
    Then it is refused as "own_role"
    When the chief, an administrator, grants root the role finance on behalf of root
    Then it is refused as "own_role"

  Scenario: A login is somebody's for ever
    Given bob, who is finance
    When an administrator registers bob again
    Then it is refused as "already_taken"

  Scenario Outline: A login is a handle, and none of the system's own
    When an administrator registers <login> again
    Then it is refused as "invalid"

    Examples:
      | login             |
      | policy            |
      | operator          |
      | bob@example.org   |
      | Bob               |
      | -bob              |

  Scenario: Roles of customers are for their people only
    When an administrator registers a finance clerk of the customer
    Then it is refused as "invalid"

  Scenario: The history tells who let whom in
    Given bob, who is finance
    Then the history of bob tells that admin registered bob and granted finance

  Scenario: A customer's signer accepts what was sent to that customer
    Given a sent quote for 3 lamps
    And ida, who is customer_signer of the customer
    When ida accepts the quote
    Then the status code is 200
    And the quote is "converted"

  Scenario: Another customer's quote does not exist
    Given a sent quote for 3 lamps
    And eve, who is customer_signer of another customer
    When eve accepts the quote
    Then the status code is 404

  Scenario: A draft does not exist for the customer
    Given a drafted quote of the customer
    And ida, who is customer_signer of the customer
    When ida declines the quote
    Then the status code is 404

  Scenario: Who may only look cannot accept
    Given a sent quote for 3 lamps
    And ida, who is customer_viewer of the customer
    When ida accepts the quote
    Then the status code is 403

  Scenario: The portal shows one's own customer, and no other
    Given a sent quote for 3 lamps
    And ida, who is customer_viewer of the customer
    And eve, who is customer_viewer of another customer
    When ida looks at the customer's portal
    Then the status code is 200
    When eve looks at the customer's portal
    Then the status code is 404

  Scenario: A new password ends the keys, too
    Given bob, who is finance and has signed in
    And bob has a key for "the bank"
    When an administrator resets bob's password
    And the key for "the bank" is used
    Then it is refused as "token_refused"

  Scenario: A key issues no keys
    Given bob, who is finance and has signed in
    And bob has a key for "the bank"
    When the key for "the bank" asks for another one
    Then it is refused as "not_permitted"

  Scenario: Whoever comes back holds nothing of before
    Given bob, who is finance and has signed in
    When an administrator deactivates bob
    And an administrator reactivates bob
    And bob asks for /whoami
    Then it is refused as "token_refused"

  Scenario: It is known who reset a password, and nobody resets their own
    Given bob, who is finance and has signed in
    When an administrator resets bob's password
    Then the history of bob ends with "user password reset" by admin
    When admin resets admin's password
    Then it is refused as "own_credentials"

  Scenario: The past is for our own people
    Given ida, who is customer_viewer of the customer
    When ida looks at the customer's portal of the past
    Then it is refused as "not_permitted"

  Scenario: How a customer's people were identified is not theirs to say
    Given a sent quote for 3 lamps
    And ida, who is customer_signer of the customer
    When ida accepts the quote
    Then the quote was accepted by somebody signed in as ida

  Scenario: Whoever stands behind a policy's doing is everybody who began it
    Given a sent quote for 3 lamps
    When ann accepts the quote on behalf of the chief
    Then ann and chief stand behind the order that follows

  Scenario Outline: A cookie that is long and quoted costs nothing
    When nobody asks for <path> with a cookie of 60000 quotes
    Then it is refused as "<code>"
    And it took no time

    Examples:
      | path                                              | code                |
      | /whoami                                           | token_refused       |
      | /metrics                                          | token_refused       |
      | /changes                                          | token_refused       |
      | /quotes/00000000-0000-0000-0000-000000000000/page | token_refused       |
      | /quotes?limit=0                                   | token_refused       |
      | /oidc/callback?state=x                            | not_found           |
      | /oidc/sign-in                                     | not_found           |

  Scenario: Another site's form does not sign a browser in
    Given bob, who is finance and has signed in
    When a form of another site signs bob in
    Then it is refused as "not_json"
    And the status code is 415

  Scenario: No browser or proxy keeps what was answered
    Given bob, who is finance and has signed in
    When bob asks for /whoami
    Then nobody may keep the answer
    When nobody asks for /quotes
    Then nobody may keep the answer

  Scenario: A cookie travels over HTTPS only where that is asked for
    Given a service that is told to send cookies over HTTPS only
    And bob, who is finance and has signed in
    Then the cookie of bob travels over HTTPS only
