@L2C-1 @L2C-2 @FS-4
Feature: From an opportunity to a deal that is won
  An opportunity goes along a path of stages, each with a forecast category. Its quotes and their order move it, win it,
  and take the win back; nobody keeps two books.

  Scenario: An opportunity whose customer is not known yet is worth its estimate
    Given an opportunity "Office lamps" of "ann", estimated at 500.00 EUR, to be decided by 2026-03-20
    Then it is "open" in stage "potential" and category "omitted"
    And it is worth 500.00 EUR, weighted 50.00

  Scenario: Its first quote gives it its amount and its customer, and another one may be chosen
    Given an opportunity "Office lamps" of "ann", estimated at 500.00 EUR, to be decided by 2026-03-20
    When a quote for 3 lamps is drafted for it
    Then it is worth 300.00 EUR, weighted 30.00
    And it is with the customer
    When a quote for 7 lamps is drafted for it
    Then it is worth 300.00 EUR, weighted 30.00
    When the last quote is chosen as the primary one
    Then it is worth 700.00 EUR, weighted 70.00
    And it has 2 quotes

  Scenario: Quote, acceptance and order move it along, and the confirmed order wins it
    Given an opportunity "Office lamps" of "ann", estimated at 500.00 EUR, to be decided by 2026-03-20
    When a quote for 3 lamps is drafted for it
    And the quote is sent
    Then it is "open" in stage "proposal" and category "pipeline"
    When 4 days pass
    And the quote is accepted
    Then it is "won" in stage "order_acceptance" and category "closed"
    And its deal is in stage "order"
    And its history is
      | stage            | state | actor  |
      | potential        | open  | ann    |
      | proposal         | open  | policy |
      | purchase_order   | open  | policy |
      | order_acceptance | won   | policy |
    And everybody's outcomes are
      | won | lost | win_rate_percent | won_amount | average_deal_size | average_cycle_days |
      | 1   | 0    | 100.00           | 300.00     | 300.00            | 4.0                |

  Scenario: A contract that is signed wins it, too
    Given an opportunity "Office lamps" of "ann", estimated at 500.00 EUR, to be decided by 2026-03-20
    When a quote for 3 lamps for a term is drafted for it
    And the quote is sent
    And the quote is accepted
    Then it is "open" in stage "purchase_order" and category "best_case"
    When the contract is signed
    Then it is "won" in stage "order_acceptance" and category "closed"

  Scenario: What is won reverses when everything is cancelled
    Given an opportunity "Office lamps" of "ann", estimated at 500.00 EUR, to be decided by 2026-03-20
    When a quote for 3 lamps is drafted for it
    And the quote is sent
    And the quote is accepted
    And 1 lamp of its order is cancelled
    Then it is "won" in stage "order_acceptance" and category "closed"
    When all of its order is cancelled
    Then it is "open" in stage "purchase_order" and category "best_case"

  Scenario: Each stage captures its own details
    Given an opportunity "Office lamps" of "ann", estimated at 500.00 EUR, to be decided by 2026-03-20
    When it is moved to "advance" with "advance amount" being "100 EUR"
    Then it is "open" in stage "advance" and category "commit"
    And in "advance" its "advance amount" is "100 EUR"
    When it is moved to "proposal" with "installed by" being "Bo"
    Then it is refused as "invalid"

  Scenario: Set back by hand, but beyond the win only by winning
    Given an opportunity "Office lamps" of "ann", estimated at 500.00 EUR, to be decided by 2026-03-20
    When it is moved to "advance"
    And it is moved to "potential"
    Then it is "open" in stage "potential" and category "omitted"
    When it is moved to "installation"
    Then it is refused as "stage_is_reached_by_winning"
    When it is won
    And it is moved to "installation"
    Then it is "won" in stage "installation" and category "closed"

  Scenario: A lost opportunity says why and to whom, and can reopen
    Given an opportunity "Office lamps" of "ann", estimated at 500.00 EUR, to be decided by 2026-03-20
    When it is lost to "Südlicht" because of "price"
    Then it is "lost" in stage "potential" and category "omitted"
    And it is worth 500.00 EUR, weighted 0
    When a quote for 3 lamps is tried for it
    Then it is refused as "invalid"
    When it is reopened until 2026-05-01
    Then it is "open" in stage "potential" and category "omitted"
    And nobody else is said to have won it

  @FC-7
  Scenario: An open deal is past due after its day, and stale without activity
    Given an opportunity "Office lamps" of "ann", estimated at 500.00 EUR, to be decided by 2026-03-20
    When 19 days pass
    Then it is past due, and not stale
    When 20 days pass
    Then it is past due, and stale
    When a call about it is logged
    Then it is past due, and not stale
    And "ann" has past due work

  @FC-7
  Scenario: Forecast categories and outcomes, hand-computed
    # Open: 500 at 10 %, 200 at 40 %. Won 300 and 700 of ann, lost one of bob: 2 of 3 are won.
    Given an opportunity "A" of "ann", estimated at 500.00 EUR, to be decided by 2026-03-20
    And an opportunity "B" of "bob", estimated at 200.00 EUR, to be decided by 2026-03-20
    And it is moved to "proposal"
    And an opportunity "C" of "ann", estimated at 300.00 EUR, to be decided by 2026-03-20
    And it is won
    And an opportunity "D" of "ann", estimated at 700.00 EUR, to be decided by 2026-03-20
    And 10 days pass
    And it is won
    And an opportunity "E" of "bob", estimated at 900.00 EUR, to be decided by 2026-03-20
    And it is lost to "Südlicht" because of "price"
    And an opportunity "F" of "bob", estimated at 900.00 EUR, to be decided by 2026-03-20
    And it is abandoned
    Then the forecast categories are
      | forecast_category | opportunities | amount  | weighted_amount |
      | omitted           | 1             | 500.00  | 50.00           |
      | pipeline          | 1             | 200.00  | 80.00           |
      | closed            | 2             | 1000.00 | 1000.00         |
    And everybody's outcomes are
      | won | lost | abandoned | win_rate_percent | won_amount | average_deal_size | average_cycle_days | median_cycle_days |
      | 2   | 1    | 1         | 66.67            | 1000.00    | 500.00            | 5.0                | 0.0               |
    And the outcomes by owner are
      | owner | won | lost | win_rate_percent | won_amount |
      | ann   | 2   | 0    | 100.00           | 1000.00    |
      | bob   | 0   | 1    | 0.00             | 0          |

  Scenario: Another path may be defined, if it makes sense
    When a path is defined with the stages
      | name        | forecast_category | probability | reached_by |
      | Prospecting | omitted           | 5           |            |
      | Engaging    | pipeline          | 50          | quote_sent |
      | Won         | closed            | 100         | won        |
    And an opportunity is opened on that path
    Then it is "open" in stage "Prospecting" and category "omitted"
    When a path is defined with the stages
      | name | forecast_category | probability | reached_by |
      | One  | closed            | 5           |            |
      | Two  | closed            | 100         | won        |
    Then it is refused as "stage_path_is_not_sound" by rule F1
