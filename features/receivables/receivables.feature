@Q2C-3
Feature: What buyers owe, how late it is, and how long the money takes to come
  Everything is told as of any day, from the days on which invoices were issued and payments booked.

  Background:
    Given it is 20 March 2026

  # DSO by count-back, by hand. Receivables on 20 March: 3,100 + 2,800 + 1,000 billed, less 1,000 paid and 100
  # unapplied = 5,800. March up to the 20th: 5,800 - 1,000 = 4,800, 20 days. February: 4,800 - 2,800 = 2,000, 28 days.
  # January pro rata: 2,000 / 3,100 x 31 = 20 days. Together 20 + 28 + 20 = 68 days.
  # Not due are 1,000, billed in 90 days 6,900: best possible 1,000 / 6,900 x 90 = 13.0 days.
  # Collection effectiveness: (0 + 6,900 - 5,800) / (0 + 6,900 - 1,000) = 1,100 / 5,900 = 18.6 %.
  Scenario: Ageing and days sales outstanding, hand-computed
    Given these invoices, payable within 30 days
      | issued     | amount  |
      | 2026-01-10 | 3100.00 |
      | 2026-02-15 | 2800.00 |
      | 2026-03-05 | 1000.00 |
    And these payments
      | booked     | amount  | for invoice |
      | 2026-02-20 | 1000.00 | 1           |
      | 2026-03-10 | 100.00  |             |
    Then the ageing as of 2026-03-20 is
      | currency | not_due | days_1_to_30 | days_31_to_60 | days_61_to_90 | over_90_days | unapplied_cash | net_receivables |
      | EUR      | 1000.00 | 2800.00      | 2100.00       | 0             | 0            | 100.00         | 5800.00         |
    And the days sales outstanding as of 2026-03-20 are
      | currency | net_receivables | days_sales_outstanding | best_possible_days | collection_effectiveness |
      | EUR      | 5800.00         | 68.0                   | 13.0               | 18.6                     |
    And the open items as of 2026-03-20 are
      | kind           | open_amount | days_overdue | bucket  |
      | unapplied_cash | -100.00     | 0            | credit  |
      | invoice        | 1000.00     | 0            | not_due |
      | invoice        | 2800.00     | 3            | 1-30    |
      | invoice        | 2100.00     | 39           | 31-60   |

  # As it stood before anybody had paid: 5,900; February up to the 18th takes 2,800 and 18 days, January 3,100 and 31.
  Scenario: As of an earlier day, as it stood then
    Given these invoices, payable within 30 days
      | issued     | amount  |
      | 2026-01-10 | 3100.00 |
      | 2026-02-15 | 2800.00 |
      | 2026-03-05 | 1000.00 |
    And these payments
      | booked     | amount  | for invoice |
      | 2026-02-20 | 1000.00 | 1           |
    Then the ageing as of 2026-02-18 is
      | currency | not_due | days_1_to_30 | days_31_to_60 | days_61_to_90 | over_90_days | unapplied_cash | net_receivables |
      | EUR      | 2800.00 | 3100.00      | 0             | 0             | 0            | 0              | 5900.00         |
    And the days sales outstanding as of 2026-02-18 are
      | currency | net_receivables | days_sales_outstanding | best_possible_days | collection_effectiveness |
      | EUR      | 5900.00         | 49.0                   | 42.7               | 0.0                      |

  Scenario: On-time payment, by number and by amount, judged by the day of the settling payment
    Given these invoices, payable within 30 days
      | issued     | amount |
      | 2026-01-01 | 100.00 |
      | 2026-01-01 | 300.00 |
      | 2026-01-01 | 600.00 |
    And these payments
      | booked     | amount | for invoice |
      | 2026-01-31 | 100.00 | 1           |
      | 2026-01-15 | 200.00 | 2           |
      | 2026-02-01 | 100.00 | 2           |
      | 2026-01-15 | 599.99 | 3           |
    Then of 2 invoices paid 50.0 percent were paid on time, and 25.0 percent of 400.00
    And of those paid from 2026-02-01 on none was paid on time

  Scenario: Instalments are due one by one, and payments settle the earliest first
    Given an invoice of 1000.00 issued on 2026-01-01, half of it due after 30 and half after 60 days
    And these payments
      | booked     | amount | for invoice |
      | 2026-01-20 | 600.00 | 1           |
    Then the ageing as of 2026-02-15 is
      | currency | not_due | days_1_to_30 | days_31_to_60 | days_61_to_90 | over_90_days | unapplied_cash | net_receivables |
      | EUR      | 400.00  | 0            | 0             | 0             | 0            | 0              | 400.00          |
    And the ageing as of 2026-04-15 is
      | currency | not_due | days_1_to_30 | days_31_to_60 | days_61_to_90 | over_90_days | unapplied_cash | net_receivables |
      | EUR      | 0       | 0            | 400.00        | 0             | 0            | 0              | 400.00          |

  Scenario: A credit note and a reversed payment change what is open
    Given these invoices, payable within 30 days
      | issued     | amount |
      | 2026-03-02 | 100.00 |
      | 2026-03-02 | 300.00 |
    And these payments
      | booked     | amount | for invoice |
      | 2026-03-02 | 100.00 | 1           |
      | 2026-03-02 | 300.00 | 2           |
    When invoice 1 is credited
    And payment 2 is reversed
    Then the ageing as of 2026-03-20 is
      | currency | not_due | days_1_to_30 | days_31_to_60 | days_61_to_90 | over_90_days | unapplied_cash | net_receivables |
      | EUR      | 300.00  | 0            | 0             | 0             | 0            | 100.00         | 200.00          |
