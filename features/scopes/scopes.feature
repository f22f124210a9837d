@Q2C-5
Feature: Whoever sells has to do with what is theirs

  A customer belongs to who looks after it; an opportunity, a quote and what came of it to their owner, too.

  Background:
    Given rita and rob, who are sales_representative
    And mona, who is sales_manager
    And rita looks after the customer

  Scenario: A colleague's quote does not exist
    Given a sent quote for 3 lamps
    Then rita sees the quote
    And rob does not see the quote
    And rob may not withdraw the quote

  Scenario: A customer whom nobody looks after is everybody's
    Given another customer, whom nobody looks after
    And a sent quote for 3 lamps to that customer
    Then rita sees the quote
    And rob sees the quote
    And rob may withdraw the quote

  Scenario: What somebody owns is theirs, and what came of it, whoever looks after the customer
    Given a sent quote for 3 lamps of rob
    And it was accepted, delivered and invoiced
    Then rob sees the quote, the order and the invoice
    And rob does not see the customer

  Scenario: Other documents of the same customer are not theirs
    Given a sent quote for 3 lamps of rob
    And an order for 2 lamps
    Then rob does not see the order

  Scenario: A new quote for a colleague's customer is refused like one for nobody
    When rob drafts a quote for the customer
    Then it is refused as "not_found"
    And the status code is 404

  Scenario: Whoever owns the opportunity quotes for it
    Given an opportunity of rob's with the customer
    When rob drafts a quote for the opportunity
    Then the status code is 201

  Scenario: A manager sees their team's, however deep
    Given a sent quote for 3 lamps
    Then mona does not see the quote
    When rita is led by rob, and rob by mona
    Then mona sees the quote
    And mona may withdraw the quote
    And rob does not see the quote

  Scenario: An owner who is no user stands in no manager's way
    Given a sent quote for 3 lamps of employee-7
    When rita is led by rob, and rob by mona
    Then mona may withdraw the quote

  Scenario: A team is led from a day on
    Given a sent quote for 3 lamps
    When rita is led by mona from 2026-03-04
    Then mona does not see the quote
    When 2 days pass
    Then mona sees the quote

  Scenario: Who was a manager until yesterday sees it no longer
    Given a sent quote for 3 lamps
    When rita is led by mona from 2026-03-01
    And rita is led by nobody from 2026-03-04
    Then mona sees the quote
    When 2 days pass
    Then mona does not see the quote

  Scenario: A customer is handed over, with its past
    Given a sent quote for 3 lamps
    When rob looks after the customer from now on
    Then rob sees the quote
    And rob sees the quote as it was before
    But rita does not see the quote as it was before

  Scenario: An alias belongs to who looks after the customer that it stands for
    Given another customer, whom rob looks after
    And a sent quote for 3 lamps to that customer
    When that customer is merged into the customer
    Then rita sees the quote
    And rob does not see the quote

  Scenario: A comment is read by whom it mentions
    Given rita tells rob about the customer
    Then it waits for rob
    And rob does not see the customer
    And rob has read it

  Scenario: Nobody puts people into their own team
    When olga, who is sales_operations, puts rita into the team of olga
    Then it is refused as "own_team"

  Scenario: Nobody is put into their own team by a delegate
    When olga, who is sales_operations, puts rita into the team of mona, on behalf of mona
    Then it is refused as "own_team"

  Scenario: Nobody leads those by whom they are led
    When rita is led by rob, and rob by mona
    And mona is to be led by rita
    Then it is refused as "led_in_circle"
