@Q2C-3 @OC-4
Feature: Untidy cases of billing

  Scenario: Goods come back in pieces, at the price of the line
    Given an issued invoice for 3 lamps
    When finance credits 1 piece of line 1
    Then the credit note's total amount is "119.00"
    And the credit note bears 1 piece at "100.00"
    When finance credits 2 pieces of line 1
    Then the invoice is "credited"

  Scenario: No more pieces come back than were billed
    Given an issued invoice for 3 lamps
    And finance credits 2 pieces of line 1
    When finance credits 2 pieces of line 1
    Then it is refused as "credit_exceeds_invoice" by rule I3

  Scenario: What comes back after a reduced price is credited at what is left of it
    Given an issued invoice for 3 lamps
    And finance credits 30.00 of line 1
    When finance credits 3 pieces of line 1
    Then the credit note's net amount is "270.00"
    And the invoice is "credited"

  Scenario: One credit note takes back parts of several invoices and names them
    Given 3 issued invoices for 2 lamps each
    When finance credits 1 piece of line 1 of each in one credit note
    Then the credit note's total amount is "357.00"
    And the credit note's source number is "NL-INV-2026-000001, NL-INV-2026-000002, NL-INV-2026-000003"
    And each of them is credited with "119.00"
    And the page of the credit note names "Line 1 of NL-INV-2026-000003" and "Credits NL-INV-2026-000001: EUR 119.00"

  Scenario: A credit note does not mix buyers
    Given an issued invoice for 3 lamps
    And an issued invoice for another customer
    When finance credits both in one credit note
    Then it is refused as "invalid"
    And there is no credit note

  Scenario: A bonus names no invoice, and needs another person's approval
    When finance asks for a bonus of 50.00 for 2025
    Then the credit note is "requested"
    When finance approves it
    Then it is refused as "approved_by_requester" by rule A1
    When the head of finance approves it
    Then the credit note is "open"
    And the credit note's number is "NL-CN-2026-000001"
    And 59.50 are in the customer's favour

  Scenario: An assistant's request is not approved by the person behind it
    When an assistant asks on behalf of the head of finance for a bonus of 50.00
    And the head of finance approves it
    Then it is refused as "approved_by_requester" by rule A1

  Scenario: A bonus that is rejected leaves no gap
    When finance asks for a bonus of 50.00 for 2025
    And the head of finance rejects it
    Then the credit note is "rejected"
    And the credit note has no number
    And 0 are in the customer's favour

  Scenario: A bonus is set off against an invoice, and the rest is paid out
    Given an approved bonus of 400.00
    And an issued invoice for 3 lamps
    When the bonus is set off against the invoice
    Then the invoice's settlement is "paid"
    And 119.00 are in the customer's favour
    When the rest of the bonus is paid out
    Then the credit note is "settled"
    And 0 are in the customer's favour

  Scenario: No more is set off than the credit is worth
    Given an approved bonus of 50.00
    And an issued invoice for 3 lamps
    When 59.51 of the bonus are set off against the invoice
    Then it is refused as "credit_exhausted" by rule P1

  Scenario: Crediting an invoice frees what was set off against it
    Given an approved bonus of 50.00
    And an issued invoice for 3 lamps
    When the bonus is set off against the invoice
    And finance credits it
    Then the invoice is "credited"
    And 59.50 are in the customer's favour

  Scenario: A wrong invoice is credited and billed anew, and the money follows
    Given an issued invoice for 3 lamps
    And it is paid
    When finance bills it anew with 2 hours of advice at 120.00
    Then the wrong invoice is "credited"
    And the new invoice's number is "NL-INV-2026-000002"
    And the new invoice replaces the wrong one
    And the new invoice's settlement is "paid"
    And the payment's unapplied amount is "71.40"
    And nothing is open but "-71.40"

  Scenario: What was credited stays credited when the rest is billed anew
    Given an issued invoice for 3 lamps
    And finance credits 1 piece of line 1
    When it is billed anew for another purchase order
    Then the new invoice's total amount is "238.00"

  Scenario: What comes back of another item than was billed is for a person to settle
    Given an issued invoice for 3 lamps
    When finance bills it anew with 2 hours of advice at 120.00
    And finance credits 1 piece of line 1
    Then it is refused as "line_was_replaced"

  Scenario: A reduced price is the price of what comes back
    Given an issued invoice for 3 lamps
    And finance credits 30.00 of line 1
    When finance credits 1 piece of line 1
    Then the credit note's net amount is "90.00"
    And the invoice is "issued"

  Scenario: The freight that is left is credited on a line of its own
    When finance invoices 2 hours of advice at 80.00 with freight of 10.00
    And finance credits 160.00 of line 1
    And finance credits it
    Then the invoice is "credited"
    And the credit note bears 1 piece at "0"

  Scenario: A credit note does not mix buyers who are not registered
    Given two invoices to walk-in buyers of one name each
    When finance credits both in one credit note
    Then it is refused as "invalid"

  Scenario: The number of a discarded draft is free again
    When finance drafts invoice "2019/77" and discards it
    And finance takes over invoice "2019/77" in the series "OLD"
    Then the invoice's external reference is "2019/77"

  Scenario: What comes back after that is credited on the new invoice
    Given an issued invoice for 3 lamps
    And it was billed anew for another purchase order
    When finance credits 1 piece of line 1
    Then the credit note's source number is "NL-INV-2026-000002"

  Scenario: An invoice to the wrong buyer is billed anew to the right one
    Given an issued invoice for 3 lamps
    When finance bills it anew to another customer
    Then the wrong invoice is "credited"
    And the new invoice's total amount is "357.00"
    And the new invoice is for the other customer

  Scenario: What cannot be billed anew is not credited either
    Given an issued invoice for 3 lamps
    When finance bills it anew to a customer that does not exist
    Then it is refused as "not_found"
    And the invoice is "issued"
    And there is no credit note

  Scenario: Somebody who is no registered customer buys
    When finance invoices a walk-in buyer in France
    Then the invoice's buyer name is "Jeanne Passante"
    And the invoice is "issued"

  Scenario: Only a one-time customer stands for others
    When finance invoices a registered customer under another name
    Then it is refused as "invalid"

  Scenario: A document of another system is known by its number there, once
    When finance takes over invoice "2019/77" in the series "OLD"
    Then the invoice's number is "NL-OLD-2026-000001"
    And the invoice's external reference is "2019/77"
    When finance takes over invoice "2019/77" in the series "OLD"
    Then it is refused as "already_taken"

  Scenario: No series is called like that of credit notes
    When finance takes over invoice "2019/78" in the series "CN"
    Then it is refused as "invalid"
