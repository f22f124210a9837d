@FS-1
Feature: Customers that are the same
  A merged customer is an alias: nothing is rewritten, and new documents are the survivor's.

  Background:
    Given the customers "Südwind KG", "Suedwind" and "SÜDWIND k.g."

  Scenario: Likely duplicates are shown
    Then "SÜDWIND k.g." is a possible duplicate of "Südwind KG"
    And "Suedwind" is none of "Südwind KG"

  Scenario: An alias's new documents are the survivor's, its old ones stay as they are
    Given a quote for "SÜDWIND k.g."
    When "SÜDWIND k.g." is merged into "Südwind KG"
    And a second quote for "SÜDWIND k.g." is drafted
    Then the first quote's buyer is "SÜDWIND k.g.", the second's is "Südwind KG"
    And "SÜDWIND k.g." is an alias of "Südwind KG"
    And there is no possible duplicate of "Südwind KG" any more

  Scenario: Different VAT numbers are never merged
    Given "Südwind KG" has the VAT number "DE136695976", and "Suedwind" "DE129273398"
    When "Suedwind" is merged into "Südwind KG"
    Then it is refused as "different_vat_numbers"

  Scenario: An alias's VAT number binds whoever stands for it
    Given "SÜDWIND k.g." has the VAT number "DE136695976", and "Suedwind" "DE129273398"
    When "SÜDWIND k.g." is merged into "Südwind KG"
    And "Suedwind" is merged into "Südwind KG"
    Then it is refused as "different_vat_numbers"
    When "Südwind KG" gets the VAT number "DE129273398"
    Then it is refused as "different_vat_numbers"
    When "SÜDWIND k.g." is unmerged
    And "Suedwind" is merged into "Südwind KG"
    And "Südwind KG" gets the VAT number "DE129273398"
    Then "Suedwind" is an alias of "Südwind KG"
    When "SÜDWIND k.g." is merged into "Suedwind"
    Then it is refused as "different_vat_numbers"

  Scenario: Aliases follow each other, but not in a circle
    When "SÜDWIND k.g." is merged into "Suedwind"
    And "Suedwind" is merged into "Südwind KG"
    Then "SÜDWIND k.g." is an alias of "Südwind KG"
    When "Südwind KG" is merged into "SÜDWIND k.g."
    Then it is refused as "merged_in_circle"

  Scenario: A merge can be taken back
    When "SÜDWIND k.g." is merged into "Südwind KG"
    And "SÜDWIND k.g." is unmerged
    And a second quote for "SÜDWIND k.g." is drafted
    Then the second quote's buyer is "SÜDWIND k.g."
    When "SÜDWIND k.g." is unmerged
    Then it is refused as "not_allowed_now"

  Scenario: Who asks for one of them is answered for all
    Given an invoice to "SÜDWIND k.g."
    Then the invoice is found with "SÜDWIND k.g." only
    When "SÜDWIND k.g." is merged into "Suedwind"
    And "Suedwind" is merged into "Südwind KG"
    Then the invoice is found with each of the three
    And the portal of each of the three is "Südwind KG"'s
    When "Suedwind" is unmerged
    Then the invoice is found with "SÜDWIND k.g." and "Suedwind" only
    When "SÜDWIND k.g." is unmerged
    Then the invoice is found with "SÜDWIND k.g." only

  Scenario: The survivor pays what its alias owes
    Given an invoice to "SÜDWIND k.g."
    When "SÜDWIND k.g." is merged into "Südwind KG"
    And "Südwind KG" pays it
    Then the invoice is paid, and still "SÜDWIND k.g."'s
