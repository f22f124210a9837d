@Q2C-4 @OC-4
Feature: Every delivery of an order
  Staff and customer see what was sent when, under which tracking reference, and which invoice bills it.

  Scenario: Deliveries in parts
    Given an order for 5 lamps
    When 2 lamps are sent as "1Z-A"
    And 1 day passes
    And 1 lamp is sent as "1Z-B"
    And the rest is sent without a tracking reference
    Then the order's deliveries are
      | delivery | delivered_on | tracking_reference | line 1 | invoice            |
      | 1        | 2026-03-02   | 1Z-A               | 2      | NL-INV-2026-000001 |
      | 2        | 2026-03-03   | 1Z-B               | 1      | NL-INV-2026-000002 |
      | 3        | 2026-03-03   |                    | 2      | NL-INV-2026-000003 |
    And the customer sees the same deliveries

  Scenario: What replaces goods that came back is a delivery without an invoice
    Given an issued invoice for 3 lamps
    When 1 lamp comes back to be replaced
    And the rest is sent without a tracking reference
    Then the order's deliveries are
      | delivery | delivered_on | tracking_reference | line 1 | invoice            |
      | 1        | 2026-03-02   |                    | 3      | NL-INV-2026-000001 |
      | 2        | 2026-03-02   |                    | 1      |                    |
    And the customer sees the same deliveries

  Scenario: The customer is not told of an invoice before it is issued
    Given an order for 5 lamps
    When the rest is sent, and its invoice is held back
    Then the customer's delivery names no invoice

  Scenario: Only orders are delivered
    Given an issued invoice for 3 lamps
    Then the order's line says 0 open, 3 delivered and 0 returned
    And the invoice's and the quote's line say nothing of that
