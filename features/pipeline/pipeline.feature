@Q2C-1
Feature: Every deal's status at once
  A deal begins with the draft of a quote and goes with it to the order; how deals end is told in each currency by itself.

  Scenario: A deal goes through its stages
    Given a draft for 3 lamps owned by "ann"
    Then the deal is in stage "draft", for 300.00 EUR
    When it is sent
    Then the deal is in stage "sent", for 300.00 EUR
    When 4 days pass
    And it is accepted
    Then the deal is in stage "order", for 300.00 EUR
    And the deal took 4 days

  Scenario: With contract terms it becomes a contract first, and an order once that is signed
    Given a draft for 3 lamps for a term owned by "ann"
    When it is sent
    And it is accepted
    Then the deal is in stage "contract", for 300.00 EUR
    When the contract is signed
    Then the deal is in stage "order", for 300.00 EUR

  Scenario: A new draft beside what was sent does not change the deal until it is sent
    Given a draft for 3 lamps owned by "ann"
    When it is sent
    And it is revised to 5 lamps
    Then the deal is in stage "sent", for 300.00 EUR
    When it is declined
    Then the deal is in stage "draft", for 500.00 EUR
    When it is sent
    And it is declined
    Then the deal is in stage "declined", for 500.00 EUR

  Scenario: Deals by stage and owner
    Given a draft for 3 lamps owned by "ann"
    And a draft for 2 lamps owned by "bob"
    And a draft for 1 lamps owned by "bob"
    When it is sent
    And 3 days pass
    Then the stages are
      | stage | currency | deals | amount | average_age_days |
      | draft | EUR      | 2     | 500.00 | 3.0              |
      | sent  | EUR      | 1     | 100.00 | 3.0              |
    And "bob" has a deal of 100.00 in stage "sent"

  # Won 300 after 4 days and 600 after 10; lost 100. 2 of 3 are won: 66.7 %. (300 + 600) / 2 = 450; (4 + 10) / 2 = 7.
  # The draft that was never sent is not decided.
  Scenario: Win rate, deal size and cycle time, hand-computed
    Given a draft for 3 lamps owned by "ann"
    When it is sent
    And 4 days pass
    And it is accepted
    Given a draft for 6 lamps owned by "ann"
    When it is sent
    And 10 days pass
    And it is accepted
    Given a draft for 1 lamps owned by "bob"
    When it is sent
    And it is declined
    Given a draft for 9 lamps owned by "bob"
    Then the metrics are
      | won | lost | win_rate_percent | won_amount | lost_amount | average_deal_size | average_cycle_days | median_cycle_days |
      | 2   | 1    | 66.7             | 900.00     | 100.00      | 450.00            | 7.0                | 4.0               |
    And the metrics of "bob" are
      | won | lost | win_rate_percent | average_deal_size | average_cycle_days |
      | 0   | 1    | 0.0              | None              | None               |
    And from 2026-03-07 on 1 was won

  Scenario: A deal of which everything is cancelled was not won after all
    Given a draft for 3 lamps owned by "ann"
    When it is sent
    And it is accepted
    And its order is cancelled
    Then the deal is in stage "cancelled", for 300.00 EUR
    And the metrics are
      | won | lost | win_rate_percent |
      | 0   | 1    | 0.0              |
