Feature: Nobody asks so often that others have to wait

  @Q2C-5
  Scenario: Whoever asks too often is told when to come back
    Given a user may ask 5 queries a minute
    When ann asks 6 times
    Then she is answered 5 times, and then refused as "too_many_requests"
    And she is told how long to wait
    And bob is answered

  @Q2C-5
  Scenario: All processes count together
    Given a user may ask 5 queries a minute
    And another API process
    When ann asks 3 times
    And ann asks the other process 4 times
    Then she is answered 5 times, and then refused as "too_many_requests"

  @Q2C-5
  Scenario Outline: The limit holds in each process, whatever becomes of Valkey
    Given a user may ask 5 queries a minute
    When ann asks 3 times
    And Valkey <fate>
    And ann asks 4 times
    Then she is answered 5 times, and then refused as "too_many_requests"
    And the service says that limits are <counted>

    Examples:
      | fate         | counted |
      | stays        | shared  |
      | is killed    | alone   |
      | is emptied   | shared  |
      | is full      | shared  |
      | stands still | alone   |

  @Q2C-5
  Scenario: Who has not signed in is counted by address
    Given an address may ask 5 times a minute without signing in
    And ann has asked before
    When somebody asks 3 times with a made-up key, and 3 times with none
    And somebody asks twice with the same made-up key
    Then 5 of them are answered as nobody's, and the rest is refused as "too_many_requests"
    But ann is answered

  @Q2C-5
  Scenario Outline: Guessing one password takes for ever
    Given bob, who has a password
    When it is guessed from ever new addresses
    And Valkey <fate>
    And it is guessed again from ever new addresses
    Then hardly more than 10 guesses are tried, and after 30 in a minute all are refused as "too_many_requests"
    And a login that does not exist is answered alike

    Examples:
      | fate       |
      | stays      |
      | is killed  |
      | is emptied |
