@Q2C-3
Feature: What is due is done without anybody asking
  Instalments are billed on their days, in the seller's calendar, and never twice; what has expired says so.

  Scenario: A monthly contract is billed on its days
    Given a signed contract for 12 lamps from 2026-03-02 to 2026-06-01, billed every month
    Then these invoices exist
      | number             | document_date | net_amount |
    When the timers run
    Then these invoices exist
      | number             | document_date | net_amount |
      | NL-INV-2026-000001 | 2026-03-02    | 400.00     |
    When 30 days pass
    And the timers run
    Then these invoices exist
      | number             | document_date | net_amount |
      | NL-INV-2026-000001 | 2026-03-02    | 400.00     |
    When 1 days pass
    And the timers run
    And the timers run
    Then these invoices exist
      | number             | document_date | net_amount |
      | NL-INV-2026-000001 | 2026-03-02    | 400.00     |
      | NL-INV-2026-000002 | 2026-04-02    | 400.00     |

  Scenario: What became due while nobody looked is billed in order, each on the day it is really issued
    Given a signed contract for 12 lamps from 2026-03-02 to 2026-06-01, billed every month
    When 31 days pass
    And the timers run
    Then these invoices exist
      | number             | document_date | net_amount |
      | NL-INV-2026-000001 | 2026-04-02    | 400.00     |
      | NL-INV-2026-000002 | 2026-04-02    | 400.00     |

  Scenario: An instalment that somebody billed by hand is not billed again
    Given a signed contract for 12 lamps from 2026-03-02 to 2026-06-01, billed every month
    When somebody bills instalment 1 by hand
    And the timers run
    Then these invoices exist
      | number             | document_date | net_amount |
      | NL-INV-2026-000001 | 2026-03-02    | 400.00     |

  Scenario: Nothing is billed after a termination
    Given a signed contract for 12 lamps from 2026-03-02 to 2026-06-01, billed every month
    When the timers run
    And the contract is terminated with its last day on 2026-04-01
    And 90 days pass
    And the timers run
    Then these invoices exist
      | number             | document_date | net_amount |
      | NL-INV-2026-000001 | 2026-03-02    | 400.00     |

  Scenario: A contract whose term is over says so
    Given a signed contract for 12 lamps from 2026-03-02 to 2026-06-01, billed every month
    When 92 days pass
    And the timers run
    Then the contract is "expired"
    And 3 invoices exist

  Scenario: A quote expires when its last valid day has ended at the seller's
    Given a quote that is valid until 2026-03-03
    When it is 23:30 in Berlin on 2026-03-03
    And the timers run
    Then the quote is "sent"
    When it is 00:30 in Berlin on 2026-03-04
    And the timers run
    Then the quote is "expired"
