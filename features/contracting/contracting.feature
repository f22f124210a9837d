@Q2C-1 @Q2C-3 @L2C-3
Feature: Contracts
  A quote with contract terms becomes a contract; its payment schedule or its deliveries bill it, never both.

  Scenario: An accepted quote with contract terms becomes a contract, signed and in force
    Given a sent quote with a contract of 12 months billed every month
    When the customer accepts it
    Then the contract is "draft"
    And the contract has 12 instalments that add up to "1000.00"
    When both sides sign it
    Then the contract is "active"
    And the order is "confirmed"

  Scenario: An instalment is invoiced on its day, once, and the tax of all of them is the whole's
    Given a signed contract of 3 months billed every month
    When finance invoices instalment 2
    Then it is refused as "instalment_not_due"
    When finance invoices all 3 instalments on their days
    Then the invoices add up to "1000.00" net and "190.00" tax
    When finance invoices instalment 2
    Then it is refused as "instalment_already_billed"

  Scenario: A contract billed by schedule is not billed by its deliveries
    Given a signed contract of 3 months billed every month
    When the order of the contract is fulfilled
    Then there are 0 invoices

  Scenario: A contract billed by fulfilment is billed by its deliveries
    Given a signed contract of 3 months billed by fulfilment
    When the order of the contract is fulfilled
    Then there are 1 invoices

  Scenario: A contract cannot be billed by schedule and by fulfilment
    When ann drafts a quote with a contract billed by fulfilment and every month
    Then it is refused as "invalid"

  Scenario: Nothing accrues after a termination
    Given a signed contract of 3 months billed every month
    When the contract is terminated on 2026-04-30
    And 61 days pass
    And finance invoices instalment 3
    Then it is refused as "nothing_accrues_after_termination" by rule C6

  Scenario: A termination cancels what is open of the contract's order
    Given a signed contract of 3 months billed by fulfilment
    When the contract is terminated on 2026-04-30
    Then the order is "cancelled"

  Scenario: A termination asks nothing of an order that is delivered
    Given a signed contract of 3 months billed by fulfilment
    When the order of the contract is fulfilled
    And the contract is terminated on 2026-04-30
    Then the order is "fulfilled"
    And no policy was refused

  Scenario: A termination credits what was billed in advance for the time after it, day by day
    Given a signed contract of 3 months billed every month
    When finance invoices instalment 1
    And the contract is terminated on 2026-03-12
    Then the invoice's net amount is "333.33"
    And the credit note's net amount is "215.05"
    And the contract has 3 instalments that add up to "118.28"

  Scenario: A termination credits no more than what is left of a line
    Given a signed contract of 3 months billed every month
    When finance invoices instalment 1
    And finance credits 150.00 of line 1
    And the contract is terminated on 2026-03-12
    Then no policy was refused
    And the credit notes come to "396.66" in all

  Scenario: What a policy asks for in vain is told to finance
    Given a signed contract of 3 months billed every month
    When finance invoices instalment 1
    And finance credits 333.33 of line 1
    And the contract is terminated on 2026-03-12
    Then finance is told that "CreditInvoices" came to "credit_exceeds_invoice"

  Scenario: A termination within a period that is billed afterwards bills the used part only
    Given a signed contract of 3 months billed every month
    When the contract is terminated on 2026-04-15
    And 31 days pass
    And finance invoices instalment 2
    Then the invoice's net amount is "155.56"

  Scenario: A term too short for its recurrence is refused before anybody accepts it
    When ann drafts a quote with a contract for one 31st under 30/360
    Then it is refused as "invalid"

  Scenario: Somebody signs for each side
    Given a sent quote with a contract of 12 months billed every month
    When the customer accepts it
    And only the seller signs it
    Then it is refused as "invalid"

  Scenario: A contract comes back from signature
    Given a sent quote with a contract of 12 months billed every month
    When the customer accepts it
    And the contract is sent for signature
    Then the contract is "in_signature"
    When it comes back because "clause 4"
    Then the contract is "draft"
    When it is declined because "no budget"
    Then the contract is "declined"

  Scenario: A contract expires after its last day only
    Given a signed contract of 3 months billed every month
    When it expires
    Then it is refused as "invalid"
    When 95 days pass
    And it expires
    Then the contract is "expired"

  Scenario: An accepted revision has one contract, whoever drafts it
    Given a sent quote with a contract of 12 months billed every month
    When the customer accepts it
    And ann drafts its contract by hand
    Then it is refused as "not_allowed_now"
