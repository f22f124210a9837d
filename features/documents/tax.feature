@Q2C-3 @OC-4
Feature: A document says why and as of when it is taxed as it is
  Where no tax is due, the reason is on it, in words and by its code; what was delivered when decides the rate.

  Scenario: The day of the delivery is on its invoice
    Given an order for 3 lamps
    When it was delivered on 2026-02-27
    Then the invoice's delivered on is "2026-02-27"
    And the invoice's tax point date is "2026-02-27"
    And its page shows "Delivered" and "27 February 2026"

  Scenario: Where nothing was delivered, the tax point is
    When advice is invoiced as of 2026-02-20
    Then the invoice's delivered on is "None"
    And the invoice's tax point date is "2026-02-20"
    And its page shows "Tax point" and "20 February 2026"

  Scenario: A tax point on the day of the invoice is not told twice
    When advice is invoiced as of 2026-03-02
    Then the invoice's tax point date is "2026-03-02"
    And its page does not show "Tax point"

  Scenario: A prepayment is billed before anything is delivered
    Given an order for 3 lamps
    When 50 percent are billed in advance
    Then the invoice's delivered on is "None"

  Scenario: An exemption bears its reason
    When insurance is invoiced, exempt as "Insurance is exempt (§ 4 Nr. 10 UStG)"
    Then the only tax group is E, exempt as "Insurance is exempt (§ 4 Nr. 10 UStG)" by the code "None"
    And its page shows "VAT E 0 %" and "Insurance is exempt (§ 4 Nr. 10 UStG)"

  Scenario: Services to a business elsewhere in the union are taxed there
    Given the customer is in France, with the VAT number "FR40303265045"
    When advice is invoiced as of 2026-03-02
    Then the only tax group is AE, exempt as "Reverse charge" by the code "VATEX-EU-AE"
    And its page shows "VAT AE 0 %" and "Reverse charge"

  Scenario: Goods to a business elsewhere in the union, from the quote to the credit note
    Given the customer is in France, with the VAT number "FR40303265045"
    And an issued invoice for 3 lamps
    Then the only tax group is K, exempt as "Intra-community supply" by the code "VATEX-EU-IC"
    And its page shows "Delivered" and "Intra-community supply"
    And the quote's page shows "Intra-community supply"
    When the invoice is credited
    Then the credit note's page shows "Intra-community supply"

  Scenario: Goods leave the union
    Given the customer is in Norway, with the VAT number ""
    And an issued invoice for 3 lamps
    Then the only tax group is G, exempt as "Export outside the EU" by the code "VATEX-EU-G"

  Scenario: Services outside the union
    Given the customer is in Norway, with the VAT number ""
    When advice is invoiced as of 2026-03-02
    Then the only tax group is O, exempt as "Not subject to VAT" by the code "VATEX-EU-O"

  Scenario: What is taxed is not exempt
    Given an issued invoice for 3 lamps
    Then the only tax group is S, exempt as "None" by the code "None"
