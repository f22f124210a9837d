@FS-1
Feature: Master data are entered once and found again
  An administrator enters customers, items and prices; everybody else finds them by what they know of them.

  Background:
    Given a business with a seller, a customer, two products and a price book

  Scenario: A customer is found by a part of its name, whatever the case
    When somebody looks for customers named "söhne"
    Then "Müller & Söhne KG" is found, with the region "North" and the segment "retail"

  Scenario: A customer is found by its identity in another system
    Given a customer "Ostwind AG" that another system calls "C-77"
    When somebody looks for the customer that another system calls "C-77"
    Then "Ostwind AG" is found, with the region "" and the segment ""

  Scenario: What changes of a customer is seen, and its version with it
    When the customer gets the contact "Ida Müller" with the e-mail "ida@example.com"
    And "bob" looks after the customer
    Then the customer has the contact "Ida Müller" with the e-mail "ida@example.com"
    And the customer's representative is "bob"
    And a change that names the version shown is accepted

  Scenario: A price book shows every price, its tiers included
    When the lamp costs 90.00 from 2026-07-01, and 80.00 each above 10
    Then the price book has these prices
      | sku  | valid_from | model    | unit_price | tiers      |
      | CARE | 2026-01-01 | standard | 1200.00    |            |
      | LAMP | 2026-07-01 | volume   | 90.00      | 10: 90.00, open: 80.00 |
      | LAMP | 2026-01-01 | standard | 100.00     |            |

  Scenario: What may be done next is said
    When the lamp is discontinued
    Then nothing may be done with the lamp
    And the legal entity's standard rate in "DE" is 19 percent
