@L2C-4 @Q2C-4
Feature: Returns
  What was delivered may come back under a number: authorised, received, inspected, then credited or replaced.

  Scenario: What comes back in order is credited on the invoice that bears it
    Given an issued invoice for 3 lamps
    When 2 lamps are authorised to come back because "broken"
    Then the return is "authorised"
    When they have arrived
    And they are accepted for credit
    Then the return is "credited"
    And the invoice's credited amount is "238.00"
    And the credit note's total amount is "238.00"
    And the credit note's reason names the return

  Scenario: Deliveries on several invoices are credited the latest first, on one credit note
    Given an order for 3 lamps
    When 1 lamp is delivered
    And the rest is delivered
    And 3 lamps are authorised to come back because "broken"
    And they have arrived
    And they are accepted for credit
    Then the credit note's total amount is "357.00"
    And both invoices are credited in full

  Scenario: What is replaced is open again, and its delivery is not billed again
    Given an issued invoice for 3 lamps
    When 1 lamp is authorised to come back because "broken"
    And they have arrived
    And they are accepted for replacement
    Then the return is "replaced"
    And the order is "in_fulfilment"
    When the rest is delivered
    Then the order is "fulfilled"
    And there are 1 invoices over "357.00" in all

  Scenario: No more comes back than the buyer has
    Given an issued invoice for 3 lamps
    When 2 lamps are authorised to come back because "broken"
    And 2 lamps are authorised to come back because "broken"
    Then it is refused as "more_than_delivered"

  Scenario: Nothing comes back of what was never delivered
    Given an order for 3 lamps
    When 1 lamp is authorised to come back because "broken"
    Then it is refused as "not_allowed_now"

  Scenario: A return that is cancelled may be announced again
    Given an issued invoice for 3 lamps
    When 3 lamps are authorised to come back because "broken"
    And the return is cancelled because "keeps them"
    Then the return is "cancelled"
    When 3 lamps are authorised to come back because "broken"
    Then there are 2 returns of the order

  Scenario: What is found undamaged goes back, and is credited to nobody
    Given an issued invoice for 3 lamps
    When 2 lamps are authorised to come back because "broken"
    And they have arrived
    And 1 of them is accepted for credit
    Then the return is "credited"
    And the invoice's credited amount is "119.00"
    When 2 lamps are authorised to come back because "broken"
    And they have arrived
    And none of them is accepted
    Then the return is "rejected"
    And the invoice's credited amount is "119.00"

  Scenario: No more is received than was authorised
    Given an issued invoice for 3 lamps
    When 1 lamp is authorised to come back because "broken"
    And 2 of them have arrived
    Then it is refused as "more_than_delivered"

  Scenario: What comes back of a deal that its contract's schedule bills is replaced, or credited by hand
    Given a delivered contract of 3 months billed every month
    When 1 lamp is authorised to come back because "broken"
    And they have arrived
    And they are accepted for credit
    Then it is refused as "billed_by_the_contract"

  Scenario: What is delivered cannot be cancelled
    Given an order for 3 lamps
    When 1 lamp is delivered
    And 3 lamps are cancelled because "not needed"
    Then it is refused as "only_open_is_cancelled" by rule O4

  Scenario: What cannot be replaced is given up, and credited
    Given an issued invoice for 3 lamps
    When 2 lamps are authorised to come back because "broken"
    And they have arrived
    And they are accepted for replacement
    And 2 lamps are cancelled because "out of stock"
    Then the order is "fulfilled"
    And the credit note's total amount is "238.00"
    And the invoice's credited amount is "238.00"
    When it is closed
    Then the order is "closed"

  Scenario: Of a deal that its contract's schedule bills, what went beyond comes back without a credit
    Given a contract of 3 months billed every month, of which a lamp too many is delivered
    When 1 lamp is authorised to come back because "too many"
    And they have arrived
    And they are accepted for credit
    Then the return is "credited"
    And there are 0 credit notes

  Scenario: A return is not credited by anything else than an issued credit note to its buyer
    Given an issued invoice for 3 lamps
    When 1 lamp is authorised to come back because "broken"
    And they have arrived
    And the invoice is credited by hand
    And they are accepted for credit
    Then the return is "inspected"
    When a rejected credit note of another customer is named as its credit note
    Then it is refused as "credits_something_else"
    When the credit note by hand is named as its credit note
    Then the return is "credited"
