@Q2C-3
Feature: What buyers owe, how late it is, and how long the money takes to come
  Everything is told as of any day, from the days on which invoices were issued and payments booked.

  Background:
    Given it is 20 March 2026

  # DSO by count-back, by hand. Receivables on 20 March: 3,100 + 2,800 + 1,000 billed, less 1,000 paid and 100
  # unapplied = 5,800. March up to the 20th: 5,800 - 1,000 = 4,800, 20 days. February: 4,800 - 2,800 = 2,000, 28 days.
  # January pro rata: 2,000 / 3,100 x 31 = 20 days. Together 20 + 28 + 20 = 68 days.
  # Open are 5,900, of which 1,000 are not due, billed in 90 days 6,900: on average 5,900 / 6,900 x 90 = 77.0 days, at
  # best 1,000 / 6,900 x 90 = 13.0 days.
  # Collection effectiveness: (0 + 6,900 - 5,900) / (0 + 6,900 - 1,000) = 1,000 / 5,900 = 16.9 %.
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
      | net_receivables | days_sales_outstanding | open_amount | not_due | average_days | best_possible_days | collected | collection_effectiveness |
      | 5800.00         | 68.0                   | 5900.00     | 1000.00 | 77.0         | 13.0               | 1000.00   | 16.9                     |
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

  # Open are 1,000 + 1,000, and nobody has said what the 1,500 are for: on average 2,000 / 2,000 x 90 days.
  Scenario: Cash that settles nothing yet has collected nothing, and a credit note never does
    Given these invoices, payable within 30 days
      | issued     | amount  |
      | 2026-01-10 | 1000.00 |
      | 2026-03-05 | 1000.00 |
    And these payments
      | booked     | amount  | for invoice |
      | 2026-03-10 | 1500.00 |             |
    Then the days sales outstanding as of 2026-03-20 are
      | net_receivables | days_sales_outstanding | average_days | best_possible_days | collected | collection_effectiveness |
      | 500.00          | 10.0                   | 90.0         | 45.0               | 0         | 0.0                      |
    When invoice 1 is credited
    Then the days sales outstanding as of 2026-03-20 are
      | net_receivables | average_days | best_possible_days | collected | collection_effectiveness |
      | -500.00         | 45.0         | 45.0               | 0         | None                     |

  # In the last 90 days 200 were collected, and 100 of them taken back; the 300 from before them are due again.
  Scenario: What was taken back again was not collected
    Given these invoices, payable within 30 days
      | issued     | amount |
      | 2025-11-01 | 300.00 |
      | 2026-01-10 | 100.00 |
      | 2026-01-10 | 100.00 |
    And these payments
      | booked     | amount | for invoice |
      | 2025-12-01 | 300.00 | 1           |
      | 2026-02-01 | 100.00 | 2           |
      | 2026-02-01 | 100.00 | 3           |
    When payment 1 is reversed
    And payment 2 is reversed
    Then the days sales outstanding as of 2026-03-20 are
      | net_receivables | collected | collection_effectiveness |
      | 400.00          | 100.00    | 20.0                     |

  Scenario: What was refunded and then taken back by the bank, too, is owed from that day on
    Given these payments
      | booked     | amount | for invoice |
      | 2026-03-10 | 500.00 |             |
    When 500.00 of payment 1 are refunded
    And 2 days pass
    And payment 1 is reversed
    Then the open items as of 2026-03-22 are
      | kind      | amount | open_amount | document_date | due_date   | days_overdue | bucket  |
      | shortfall | 500.00 | 500.00      | 2026-03-22    | 2026-03-22 | 0            | not_due |
    And the ageing as of 2026-04-22 is
      | currency | not_due | days_1_to_30 | days_31_to_60 | days_61_to_90 | over_90_days | unapplied_cash | net_receivables |
      | EUR      | 0       | 0            | 500.00        | 0             | 0            | 0              | 500.00          |
    And nothing is open as of 2026-03-21
    And the customer owes 500.00, as receivables, portal, payments and events tell

  Scenario: Part refunded, part settling an invoice, and all of it taken back
    Given these invoices, payable within 30 days
      | issued     | amount |
      | 2026-03-02 | 70.00  |
    And these payments
      | booked     | amount | for invoice |
      | 2026-03-02 | 150.00 | 1           |
    When 80.00 of payment 1 are refunded
    And payment 1 is reversed
    Then the open items as of 2026-03-20 are
      | kind      | open_amount | days_overdue | bucket  |
      | shortfall | 80.00       | 0            | not_due |
      | invoice   | 70.00       | 0            | not_due |
    And the customer owes 150.00, as receivables, portal, payments and events tell

  Scenario: Today is the day that it is at the seller
    Given a seller in Pacific/Kiritimati, where it is 21 March already
    And these invoices, payable within 30 days
      | issued     | amount |
      | 2026-03-21 | 100.00 |
    Then today 100.00 are open, as of 2026-03-21
    When 30 days pass
    Then today 100.00 are open, of which 0 are overdue
    When 1 days pass
    Then today 100.00 are open, of which 100.00 are overdue

  Scenario: What is paid or taken back counts on the day that it is at the seller
    Given a seller in Asia/Tokyo, where it is 21 March already
    And these invoices, payable within 30 days
      | issued     | amount |
      | 2026-03-10 | 100.00 |
    And these payments
      | booked     | amount | for invoice |
      | 2026-03-10 | 100.00 | 1           |
      | 2026-03-10 | 50.00  |             |
    When 50.00 of payment 2 are refunded
    And payment 1 is reversed
    Then the ageing as of 2026-03-20 is
      | currency | open_amount | unapplied_cash | net_receivables |
      | EUR      | 0.00        | 50.00          | -50.00          |
    And the ageing as of 2026-03-21 is
      | currency | open_amount | unapplied_cash | net_receivables |
      | EUR      | 100.00      | 0              | 100.00          |

  Scenario: Days that are in no order are refused
    Then paid on time from 2026-03-02 to 2026-03-01 is refused
