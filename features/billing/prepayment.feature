@Q2C-3 @OC-4
Feature: Money before delivery

  Scenario: A prepayment is billed, paid, and taken off the invoice of the delivery
    Given an order for 3 lamps
    When finance bills 30 percent in advance
    Then the prepayment invoice's number is "NL-PRE-2026-000001"
    And the prepayment invoice's total amount is "107.10"
    And its page is titled "Prepayment invoice"
    When everything is delivered
    Then the invoice's total amount is "249.90"
    And the invoice takes "Less prepayment NL-PRE-2026-000001" off with "-90.00"
    And invoices bear "57.00" of tax in all

  Scenario: Deliveries take a prepayment off as far as they reach
    Given an order for 3 lamps
    When finance bills 50 percent in advance
    And 1 lamp is delivered
    Then the invoice's total amount is "0.00"
    And the invoice's settlement is "paid"
    When everything is delivered
    Then the invoice's total amount is "178.50"
    And invoices bear "57.00" of tax in all

  Scenario: A prepayment at a higher rate than the delivery's comes off as far as it can
    Given an order for 3 lamps
    When finance bills 80 percent in advance
    And the rate is 16 from 2026-04-01 on
    And 30 days pass
    And 1 lamp is delivered
    Then the invoice's total amount is "0.00"
    When everything is delivered
    Then the invoice's total amount is "62.40"

  Scenario: No more is billed in advance than is left
    Given an order for 3 lamps
    When finance bills 80 percent in advance
    And finance bills 30 percent in advance
    Then it is refused as "prepayment_exceeds_order" by rule I7

  Scenario: A prepayment that was not taken off is credited, and the delivery is billed in full
    Given an order for 3 lamps
    When finance bills 30 percent in advance
    And finance credits the prepayment
    And everything is delivered
    Then the invoice's total amount is "357.00"

  Scenario: A prepayment that was taken off is credited only after the invoice that did so
    Given an order for 3 lamps
    When finance bills 30 percent in advance
    And everything is delivered
    And finance credits the prepayment
    Then it is refused as "prepayment_taken_off_already" by rule I7
    When finance credits the invoice
    And finance credits the prepayment
    Then the credit notes come to "357.00"

  Scenario: What is billed anew still takes the prepayment off
    Given an order for 3 lamps
    When finance bills 30 percent in advance
    And everything is delivered
    And finance bills the invoice anew for 3 better lamps at 110.00
    Then the newest invoice's net amount is "240.00"
    When finance credits the prepayment
    Then it is refused as "prepayment_taken_off_already" by rule I7

  Scenario: A prepayment is no sale
    Given an order for 3 lamps
    When finance bills 30 percent in advance
    Then no revenue is reported
    When everything is delivered
    Then revenue of "300.00" is reported

  Scenario: What comes back of a prepaid delivery gives its share of the prepayment back
    Given an order for 3 lamps
    When finance bills 50 percent in advance
    And everything is delivered
    And 3 lamps come back
    Then the credit notes come to "178.50"
    And the invoice is "credited"
    When finance credits the prepayment
    Then the credit notes come to "357.00"

  Scenario: What was prepaid is not credited for itself
    Given an order for 3 lamps
    When finance bills 50 percent in advance
    And everything is delivered
    And finance credits what the invoice takes off
    Then it is refused as "invalid"

  Scenario: A prepayment that was not issued before the delivery counts for nothing
    Given an order for 3 lamps
    When finance holds a prepayment of 30 percent back
    And everything is delivered
    Then the invoice's total amount is "357.00"
    When the prepayment is released
    Then it is not issued
    And finance discards it

  Scenario: No more is billed in advance than is wanted
    Given an order for 3 lamps
    When 2 lamps are cancelled
    And finance bills 80 percent in advance
    Then the prepayment invoice's total amount is "95.20"

  Scenario: What was prepaid is credited before it is cancelled
    Given an order for 3 lamps
    When finance bills 80 percent in advance
    And 2 lamps are to be cancelled
    Then it is refused as "prepayment_stands" by rule I7
    And finance is told to credit "140.00 EUR"
    When finance credits the prepayment
    And 2 lamps are cancelled
    And finance bills 100 percent in advance
    Then the newest invoice's total amount is "119.00"

  Scenario: An invoice does not ask for less than nothing
    Given an order for 3 lamps
    When finance bills 50 percent in advance
    And everything is delivered
    And finance bills the invoice anew for 1 cheap lamp at 10.00
    Then it is refused as "invalid"
