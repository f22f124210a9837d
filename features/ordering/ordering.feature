@L2C-4 @Q2C-4
Feature: Orders
  What was ordered is delivered in parts or at once; only what is open can be delivered or cancelled.

  Scenario: A delivery in parts is invoiced part by part, to the last cent
    Given an order for 3 lamps at 33.33 each
    When 1 lamp is delivered
    Then the order is "in_fulfilment"
    When the rest is delivered
    Then the order is "fulfilled"
    And there are 2 invoices over "118.99" in all

  Scenario: No more can be delivered than is open
    Given an order for 3 lamps
    When 4 lamps are delivered
    Then it is refused as "more_than_ordered" by rule O1

  Scenario: What could never be billed is not delivered
    Given an order for 3 lamps
    When everything is said to have been delivered on 2001-01-01
    Then it is refused as "no_tax_rate"

  Scenario: Only the open quantity is cancelled
    Given an order for 3 lamps
    When 1 lamp is delivered
    And the rest is cancelled because "not needed"
    Then the order is "fulfilled"
    When the rest is cancelled because "not needed"
    Then it is refused as "not_allowed_now"

  Scenario: An order of which nothing was delivered is cancelled as a whole
    Given an order for 3 lamps
    When the rest is cancelled because "not needed"
    Then the order is "cancelled"

  Scenario: A delivered order is closed
    Given an order for 3 lamps
    When the rest is delivered
    And it is closed
    Then the order is "closed"

  Scenario: A delivery has one invoice, whoever drafts it
    Given an order for 3 lamps
    When the rest is delivered
    And finance invoices delivery 1 by hand
    Then it is refused as "delivery_already_billed" by rule O2

  Scenario: An accepted revision has one order, whoever places it
    Given an order for 3 lamps
    When ann places the order of the quote by hand
    Then it is refused as "not_allowed_now"
