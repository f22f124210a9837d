@Q2C-1 @FS-2 @L2C-3
Feature: Prices that change while a quote is open
  What was sent stays as it was sent. A draft takes other prices only when it is told to, and an extension says so first.

  Scenario: A draft keeps its prices until it is repriced
    Given a drafted quote for 3 lamps
    When the lamp costs 120.00 from now on
    Then the quote's net amount is "300.00"
    When ann reprices it
    Then the quote's net amount is "360.00"
    And its history tells that line 1 went from 100.00 to 120.00

  Scenario: Repricing keeps what was negotiated
    Given a drafted quote for 10 lamps at 90.00 each, less 5 %, less 4.50 on the line
    When the lamp costs 120.00 from now on
    And ann reprices it
    Then the quote's net amount is "850.50"

  Scenario: Repricing taxes charges anew, too
    Given a drafted quote for 3 lamps with freight of 10.00
    When the rate is 21 from 2026-01-01 on
    Then the quote's total amount is "368.90"
    When ann reprices it
    Then the quote's total amount is "375.10"

  Scenario: What was sent is not repriced
    Given a sent quote for 3 lamps
    When the lamp costs 120.00 from now on
    And ann reprices it
    Then it is refused as "not_allowed_now"
    When the customer accepts it
    Then the order's net amount is "300.00"

  Scenario: A revision at the prices of now, beside what was sent
    Given a sent quote for 3 lamps
    When the lamp costs 120.00 from now on
    And ann revises it at the prices of now
    Then the quote is "revising"
    And the quote's net amount is "360.00"
    And revision 1 still costs "300.00" net

  Scenario: A revision keeps the prices unless it is told otherwise
    Given a sent quote for 3 lamps
    When the lamp costs 120.00 from now on
    And ann revises it
    Then the quote's net amount is "300.00"

  Scenario: An extension checks the prices again
    Given a sent quote for 3 lamps
    When the lamp costs 120.00 from now on
    And ann extends it until 2026-04-30
    Then it is refused as "prices_have_changed"
    And it says "line 1: 300.00 EUR is 360.00 EUR by now"
    When ann extends it until 2026-04-30 at the old prices
    Then the quote's last day is "2026-04-30"
    And the quote's net amount is "300.00"

  Scenario: An extension of what is sold no longer is asked for explicitly, too
    Given a sent quote for 3 lamps
    When ann discontinues the lamp
    And ann extends it until 2026-04-30
    Then it is refused as "prices_have_changed"

  Scenario: The customer sees the new prices once they are sent, not before
    Given a sent quote for 3 lamps
    When the lamp costs 120.00 from now on
    And ann revises it at the prices of now
    Then the customer sees a total of "357.00"
    When ann sends it
    Then the customer sees a total of "428.40"
