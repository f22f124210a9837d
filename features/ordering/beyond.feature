@L2C-4 @OC-1
Feature: More or less than ordered
  Deliveries may miss what was ordered within a tolerance. What goes beyond is billed only once a change confirms it.

  Scenario: Within the tolerance more is delivered, and not billed
    Given an order for 10 lamps
    When a tolerance of 10 % over and 20 % under is agreed
    And 11 lamps are delivered
    Then the order is "fulfilled"
    And 1 lamp is beyond the order
    And there are 1 invoices over "1190.00" in all

  Scenario: Beyond the tolerance nothing is delivered
    Given an order for 10 lamps
    When a tolerance of 10 % over and 20 % under is agreed
    And 12 lamps are delivered
    Then it is refused as "more_than_ordered" by rule O1

  Scenario: A change confirms what went beyond, and that bills it
    Given an order for 10 lamps
    When a tolerance of 10 % over and 20 % under is agreed
    And 11 lamps are delivered
    And a change to 11 lamps is asked for
    And the change is confirmed
    Then 0 lamps are beyond the order
    And the order's total amount is "1309.00"
    And there are 2 invoices over "1309.00" in all
    And the order is "fulfilled"

  Scenario: What went beyond comes back, and nothing is credited
    Given an order for 10 lamps
    When a tolerance of 10 % over and 20 % under is agreed
    And 11 lamps are delivered
    And 1 lamp is authorised to come back because "too many"
    And they have arrived
    And they are accepted for credit
    Then the return is "credited"
    And 0 lamps are beyond the order
    And there are 0 credit notes
    When it is closed
    Then the order is "closed"

  Scenario: An order is not closed while more than ordered is with the buyer
    Given an order for 10 lamps
    When a tolerance of 10 % over and 20 % under is agreed
    And 11 lamps are delivered
    And somebody tries to close it
    Then it is refused as "beyond_order_unresolved" by rule O1

  Scenario: A little less closes the order short
    Given an order for 10 lamps
    When a tolerance of 10 % over and 20 % under is agreed
    And 8 lamps are delivered
    And it is closed
    Then the order is "closed"
    And nothing of it is open

  Scenario: Much less does not
    Given an order for 10 lamps
    When a tolerance of 10 % over and 20 % under is agreed
    And 7 lamps are delivered
    And somebody tries to close it
    Then it is refused as "short_beyond_tolerance" by rule O1

  Scenario: An order is increased and reduced by a change, at its prices
    Given an order for 10 lamps
    When a change to 12 lamps is asked for
    And the change is confirmed
    Then the order's total amount is "1428.00"
    When 4 lamps are delivered
    And a change to 6 lamps is asked for
    And the change is confirmed
    And the rest is delivered
    Then the order is "fulfilled"
    And there are 2 invoices over "714.00" in all

  Scenario: A change that is declined changes nothing
    Given an order for 10 lamps
    When a change to 12 lamps is asked for
    And the change is declined because "sold out"
    Then the order's total amount is "1190.00"
    When the change is confirmed
    Then it is refused as "no_such_change"

  Scenario: One change at a time
    Given an order for 10 lamps
    When a change to 12 lamps is asked for
    And a change to 13 lamps is asked for
    Then it is refused as "one_change_at_a_time"

  Scenario: A change does not undo what was delivered
    Given an order for 10 lamps
    When 4 lamps are delivered
    And a change to 3 lamps is asked for
    Then it is refused as "only_open_is_cancelled" by rule O4

  Scenario: Nothing is delivered while an order is on hold
    Given an order for 10 lamps
    When it is put on hold for "compliance"
    Then the order is "on_hold"
    When 4 lamps are delivered
    Then it is refused as "not_allowed_now"
    When the hold is released
    Then the order is "confirmed"
