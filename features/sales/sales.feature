@Q2C-3 @Q2C-10
Feature: Orders and revenue, grouped as asked for
  Revenue is what invoices bear on their lines, less credit notes, without charges and tax. Parts add up to the whole.

  Background:
    Given in March 2 lamps and 1 maintenance are ordered and delivered, with freight of 25.00
    And in April 3 lamps are ordered and delivered
    And it is May

  Scenario: By month, with growth
    Then the sales by month are
      | period  | currency | orders | ordered_amount | revenue_amount | revenue_growth_percent |
      | 2026-03 | EUR      | 1      | 1400.00        | 1400.00        | None                   |
      | 2026-04 | EUR      | 1      | 300.00         | 300.00         | -78.6                  |
    And their totals are
      | currency | orders | ordered_amount | revenue_amount |
      | EUR      | 2      | 1700.00        | 1700.00        |

  Scenario: By product line the parts add up to the whole
    Then the sales by product-line are
      | period  | dimension | orders | ordered_amount | revenue_amount | revenue_growth_percent |
      | 2026-03 | Lighting  | 1      | 200.00         | 200.00         | None                   |
      | 2026-03 | Services  | 1      | 1200.00        | 1200.00        | None                   |
      | 2026-04 | Lighting  | 1      | 300.00         | 300.00         | 50.0                   |
    And their totals are
      | currency | orders | ordered_amount | revenue_amount |
      | EUR      | 2      | 1700.00        | 1700.00        |

  Scenario: By region and segment, in other periods
    Then the sales by region per quarter are
      | period  | dimension | orders | ordered_amount | revenue_amount |
      | 2026-Q1 | North     | 1      | 1400.00        | 1400.00        |
      | 2026-Q2 | North     | 1      | 300.00         | 300.00         |
    And the sales by segment per year are
      | period | dimension | orders | ordered_amount | revenue_amount | revenue_growth_percent |
      | 2026   | retail    | 2      | 1700.00        | 1700.00        | None                   |

  Scenario: Only the days asked for; what is cut is not compared
    Then the sales by month from 2026-03-03 to 2026-04-30 are
      | period  | orders | ordered_amount | revenue_amount | revenue_growth_percent |
      | 2026-04 | 1      | 300.00         | 300.00         | None                   |

  Scenario: A credit note takes revenue back, on its own day and product line
    When 50.00 of the lamps of the first invoice are credited
    Then the sales by product-line from 2026-05-01 to 2026-05-31 are
      | period  | dimension | orders | ordered_amount | revenue_amount |
      | 2026-05 | Lighting  | 0      | 0              | -50.00         |

  Scenario: What is cancelled was not ordered, to the cent
    When 3 discounted lamps are ordered for 100.00 and cancelled one by one
    Then the sales by month from 2026-05-01 to 2026-05-31 are
      | period  | orders | ordered_amount | revenue_amount |
      | 2026-05 | 0      | 0.00           | 0              |

  Scenario: A line that was shortened, lengthened and cancelled leaves nothing
    When 10 lamps less 10.00 are ordered, 5 cancelled, and 10 wanted after all
    Then the sales by month from 2026-05-01 to 2026-05-31 are
      | period  | orders | ordered_amount | revenue_amount |
      | 2026-05 | 1      | 995.00         | 0              |
    When all of them are cancelled
    Then the sales by month from 2026-05-01 to 2026-05-31 are
      | period  | orders | ordered_amount | revenue_amount |
      | 2026-05 | 0      | 0.00           | 0              |
