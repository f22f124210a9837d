@Q2C-3 @L2C-4
Feature: Invoices and credit notes
  A number is taken only in the append that issues; what is issued is corrected by credit notes alone.

  Scenario: A delivery is invoiced at once, under the first number of its series
    Given an issued invoice for 3 lamps
    Then the invoice's number is "NL-INV-2026-000001"
    And the invoice's document date is "2026-03-02"
    And the invoice's last day is "2026-04-01"
    And the invoice's total amount is "357.00"

  Scenario: An invoice is written by hand, with freight outside its net amount
    When finance invoices 2 hours of advice at 80.00 with freight of 10.00
    Then the invoice's net amount is "160.00"
    And the invoice's charge amount is "10.00"
    And the invoice's tax amount is "32.30"
    And the invoice is "issued"

  Scenario: What goes with services is taxed as they are
    Given a customer in the United States
    When finance writes an invoice of advice for it, with travel of 10.00
    Then all of it is taxed by category "O"

  Scenario: A held invoice has no number until it is released
    When finance drafts a held invoice
    Then the invoice is "held"
    And the invoice has no number
    When it is released
    Then the invoice is "issued"
    And the invoice's number is "NL-INV-2026-000001"

  Scenario: A discarded draft leaves no gap
    When finance drafts a held invoice
    And it is discarded
    And finance invoices 2 hours of advice at 80.00 with freight of 10.00
    Then the invoice's number is "NL-INV-2026-000001"

  Scenario: The issue date never goes back within a series
    Given an issued invoice for 3 lamps
    When finance drafts a held invoice
    And it is issued on 2026-03-01
    Then it is refused as "issue_date_precedes_series" by rule I1

  Scenario: Numbers begin anew each year
    Given an issued invoice for 3 lamps
    When 365 days pass
    And finance invoices 2 hours of advice at 80.00 with freight of 10.00
    Then the invoice's number is "NL-INV-2027-000001"

  Scenario: A full credit takes back everything
    Given an issued invoice for 3 lamps
    When finance credits it
    Then the invoice is "credited"
    And the credit note's number is "NL-CN-2026-000001"
    And the credit note's total amount is "357.00"
    And the credit note's source number is "NL-INV-2026-000001"

  Scenario: Partial credits add up to the invoice's tax
    Given an issued invoice for 3 lamps
    When finance credits 100.01 of line 1
    And finance credits 99.99 of line 1
    And finance credits it
    Then the invoice is "credited"
    And the credit notes bear "57.00" of tax in all

  Scenario: Credits never exceed the invoice
    Given an issued invoice for 3 lamps
    When finance credits 300.01 of line 1
    Then it is refused as "credit_exceeds_invoice" by rule I3

  Scenario: Crediting a paid invoice makes the payment unapplied cash again
    Given an issued invoice for 3 lamps
    And it is paid
    When finance credits it
    Then the payment's unapplied amount is "357.00"
    And the invoice's paid amount is "0.00"

  Scenario: An invoice that bills a delivery is not discarded
    Given an issued invoice for 3 lamps
    When it is discarded
    Then it is refused as "not_allowed_now"

  Scenario: The day of delivery decides the rate of tax
    Given an order for 3 lamps
    And the rate is 20 from 2026-03-10 on
    When 10 days pass
    And everything is delivered
    Then the invoice's tax amount is "60.00"

  Scenario: An invoice is not issued in the future
    When finance drafts a held invoice
    And it is issued on 2026-12-31
    Then it is refused as "invalid"

  Scenario: What is credited takes an invoice back, and settles nothing
    Given an issued invoice for 3 lamps
    Then the invoice's settlement is "unpaid"
    When finance credits 100.00 of line 1
    Then the invoice's settlement is "unpaid"
    When finance credits it
    Then the invoice's settlement is "None"
