@Q2C-9 @CARD-5
Feature: Support finds anything by whatever somebody may quote of it
  One box for numbers, names, addresses and amounts; one card and one timeline for each customer.

  Scenario: An invoice is found by its number, whole or its tail
    Given an issued invoice for 3 lamps
    Then "NL-INV-2026-000001" finds the invoice by its number
    And "nl inv 2026 000001" finds the invoice by its number
    And "000001" finds the invoice by its number
