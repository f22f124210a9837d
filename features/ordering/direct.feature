@L2C-4 @OC-1 @Q2C-4
Feature: Orders without a quote
  The buyer's purchase order stands for an accepted quote; it is compared with the order, and the buyer's credit is checked.

  Scenario: An order by the buyer's purchase order is confirmed, delivered and billed
    When ann places a direct order for 3 lamps by purchase order "PO-1"
    Then the order is "confirmed"
    And the order's purchase order reference is "PO-1"
    When the rest is delivered
    Then there are 1 invoices over "357.00" in all

  Scenario: Without the buyer's purchase order there is no order
    When ann places a direct order for 3 lamps without a purchase order
    Then it is refused as "body_invalid"

  Scenario: A repeated purchase order is warned of
    When ann places a direct order for 3 lamps by purchase order "PO-1"
    And ann places a direct order for 3 lamps by purchase order "PO-1"
    Then the order is "confirmed"
    And it is warned that "bears purchase order PO-1 already"

  Scenario: Of acceptances at once with one purchase order number each becomes an order, and all but one are warned
    Given 4 sent quotes for 1 lamp each
    When the customer accepts all of them at once with purchase order "PO-7"
    Then there are 4 orders by "PO-7", and 3 of them are warned

  Scenario: An order that says something else than the purchase order waits until somebody has looked at it
    When ann places a direct order for 3 lamps by purchase order "PO-1" over "290.00" for 2 lamps at 95
    Then the order is "on_hold"
    And the order's hold is "information"
    And it is warned that "over 290.00, this order over 300.00"
    And it is warned that "Line 1: 2 on the purchase order, 3 here"
    When bob releases the hold
    Then the order is "confirmed"

  Scenario: An order beyond the customer's credit limit waits for somebody else's word
    Given the customer may owe "500.00"
    When ann places a direct order for 3 lamps by purchase order "PO-1"
    Then the order is "confirmed"
    And "357.00" of the customer's credit limit are used
    When ann places a direct order for 2 lamps by purchase order "PO-2"
    Then the order is "on_hold"
    And the order's hold is "credit"
    And it waits for the credit limit
    When ann releases the hold
    Then it is refused as "approved_by_requester" by rule A1
    When bob releases the hold
    Then the order is "confirmed"
    And nothing waits for the credit limit
    And "595.00" of the customer's credit limit are used

  Scenario: After one hold another one may follow
    Given the customer may owe "100.00"
    When ann places a direct order for 3 lamps by purchase order "PO-1" over "290.00" for 3 lamps at 100
    Then the order's hold is "information"
    When bob releases the hold
    Then the order's hold is "credit"
    When cid releases the hold
    Then the order is "confirmed"

  Scenario: What is paid counts no longer
    Given the customer may owe "500.00"
    When ann places a direct order for 3 lamps by purchase order "PO-1"
    And the rest is delivered
    And the customer pays "357.00" for the invoice
    And ann places a direct order for 4 lamps by purchase order "PO-2"
    Then the order is "confirmed"

  Scenario: An increase beyond the limit is refused
    Given the customer may owe "500.00"
    When ann places a direct order for 3 lamps by purchase order "PO-1"
    And a change to 5 lamps is asked for and confirmed
    Then it is refused as "credit_limit_exceeded" by rule O3

  Scenario: Closing and reopening does not get around the limit
    Given the customer may owe "500.00"
    When ann places a direct order for 3 lamps by purchase order "PO-1"
    And the rest is delivered
    And it is closed
    And the limit is lowered to "100.00"
    And it is reopened
    Then it is refused as "credit_limit_exceeded" by rule O3

  Scenario: The purchase order that comes with an acceptance is compared with the order
    Given a sent quote for 3 lamps
    When the customer accepts it with purchase order "PO-9" over "250.00"
    Then the order of the quote is on hold, as it is over "300.00"

  Scenario: What is billed anew still counts
    Given the customer may owe "500.00"
    When ann places a direct order for 4 lamps by purchase order "PO-1"
    And the rest is delivered
    And the invoice is billed anew for another purchase order
    And ann places a direct order for 4 lamps by purchase order "PO-2"
    Then the order's hold is "credit"

  Scenario: A merge does not get around the limit
    Given the customer may owe "100.00"
    When the customer is merged into another one
    And ann places a direct order for 4 lamps by purchase order "PO-1"
    Then the order's hold is "credit"
    When somebody tries to set the limit of the merged customer to "900.00"
    Then it is refused as "limit_is_the_survivors" by rule O3
    When ann tries to set the survivor's limit to "900.00"
    Then it is refused as "approved_by_requester" by rule A1
    When cid tries to set the survivor's limit to "900.00"
    And ann places a direct order for 4 lamps by purchase order "PO-2"
    Then the order is "confirmed"

  Scenario: What a merged customer owes counts with the survivor's
    Given the customer may owe "500.00"
    When ann places a direct order for 4 lamps by purchase order "PO-1"
    And the customer is merged into another one
    And bob tries to set the survivor's limit to "900.00"
    And ann places a direct order for 4 lamps by purchase order "PO-2"
    Then the order's hold is "credit"

  Scenario: Whoever's order waits does not raise the limit, and whoever set it does not let the order go on
    Given the customer may owe "100.00"
    When ann places a direct order for 3 lamps by purchase order "PO-1"
    Then the order's hold is "credit"
    When ann tries to set the limit to "900.00"
    Then it is refused as "approved_by_requester" by rule A1
    When an assistant tries to set the limit to "900.00" for ann
    Then it is refused as "approved_by_requester" by rule A1
    When ann tries to set the limit to "90.00"
    Then it is not refused
    When bob tries to set the limit to "200.00"
    And bob releases the hold
    Then it is refused as "approved_by_requester" by rule A1
    When cid releases the hold
    Then the order is "confirmed"
    When ann tries to set the limit to "300.00"
    Then it is not refused
