@Q2C-5
Feature: A sole trader's VAT number tells of a person

  Scenario: A VAT number is sealed, and is found and compared all the same
    Given two customers with the VAT number "DE129273398", and one from before such were sealed
    Then support finds the two by "de 129 273 398"
    And each of the two may be the same as the other, and the old one as both
    And what is recorded for any of them from now on does not bear "129273398"
    And all of them can be merged into one
    But none with the VAT number "DE136695976" can be

  Scenario: Whoever may not see it leaves it as it is
    Given two customers with the VAT number "DE129273398", and one from before such were sealed
    When marketing gives the first another name, and the VAT number as it reads it: "[hidden]"
    Then the first has that name, and the VAT number "DE129273398"
