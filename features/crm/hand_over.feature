@Q2C-1
Feature: An agreed deal is handed over to finance with nothing retyped
  Everything that finance has to know was entered once, by whoever knew it first.

  Scenario: What was quoted is what finance sees and what is invoiced
    Given a customer with an address, a contact and 14 days to pay
    And a quote for 3 lamps, sent and accepted under the purchase order "PO-7"
    Then finance sees the deal, waiting and complete
      | buyer_name | city   | purchase_order_reference | payment_terms | owner | total_amount | accepted_by |
      | Südwind KG | Bremen | PO-7                     | Net 14 days   | ann   | 357.00       | Ida Müller  |
    And its taxes are 300.00 at 19 percent S in DE, its contact is "ida@example.com"
    When "finance" acknowledges it
    And everything is delivered
    Then the invoice says what the quote said, down to the tax
    And nothing but the acknowledgement and the delivery was entered after the acceptance

  Scenario: What is missing is said
    Given a quote for 3 lamps, sent and accepted under the purchase order ""
    Then finance sees that it lacks "purchase_order_reference, street, post_code, contact"

  Scenario: Finance asks, sales answers, finance takes over
    Given a quote for 3 lamps, sent and accepted under the purchase order "PO-7"
    When "finance" returns it with "Which cost centre?"
    Then "ann" has the question "Which cost centre?"
    When "ann" answers "4711"
    Then nobody has a question
    When "finance" acknowledges it
    Then the hand-over is "acknowledged"
    When "finance" acknowledges it again
    Then it is refused as "not_allowed_now"

  Scenario: Nothing is left to take over of an order that was cancelled
    Given a quote for 3 lamps, sent and accepted under the purchase order "PO-7"
    When "finance" returns it with "Which cost centre?"
    And the order is cancelled
    Then the hand-over is "cancelled", and nothing can be done with it
    And nobody has a question

  Scenario: A contract is handed over with its term and its payment schedule
    Given a quote for 3 lamps for a term of 3 months, sent, accepted and signed
    Then finance sees the schedule "100.00 on 2026-03-02, 100.00 on 2026-04-02, 100.00 on 2026-05-02"
