@Q2C-3 @Q2C-4
Feature: Pages
  A quote and an invoice are pages that a person reads and prints.

  Scenario: The page of a quote shows what is offered
    Given a sent quote for 3 lamps
    Then its page shows "Müller &amp; Söhne KG", "Desk lamp", "100.00" and "EUR 357.00"

  Scenario: The page of an invoice shows what is to be paid
    Given an issued invoice for 3 lamps
    Then its page shows "NL-INV-2026-000001", "VAT S 19 % on 300.00", "1 April 2026" and "EUR 357.00"

  Scenario: What people write is text, never markup
    Given a customer whose name is markup
    Then the page of their quote shows it as text
