@Q2C-5
Feature: A person whom a one-time customer stands for is sealed, found and erased by themselves

  Background:
    Given an invoice to the walk-in buyer "Jeanne Passante", and one to "Max Wanderer"

  Scenario: Who may see them reads them, and who may not sees that there is somebody
    Then finance reads "Jeanne Passante" of "12 rue Verte, 59000 Lille, FR" on her invoice, with "FR40303265045"
    And an analyst reads "[hidden]" of "[hidden], [hidden] [hidden], FR" there, with "[hidden]"
    And the events of her invoice bear nothing of her in plain

  Scenario: They are found by their whole name, on everything that names them
    Given her invoice was credited
    Then support finds her invoice and its credit note by "jeanne  PASSANTE"
    And support finds nothing by "Passante", "Jeanne Pasante" and "Lille"

  Scenario: One is erased without the others
    Given her erasure was asked for, and approved by somebody else
    When the operator erases her
    Then her invoice still names "Jeanne Passante", since the law wants it until 2036-12-31
    And support finds nothing by "Jeanne Passante", "12 rue Verte" and "FR40303265045"
    When ten years and a year have passed, and the operator erases her again
    Then her invoice names "[erased]", and the other "Max Wanderer"

  Scenario: A legal hold on one of them stands against the erasure of no other
    Given her erasure was asked for, and approved by somebody else
    And there is a legal hold on the other buyer
    When ten years and a year have passed, and the operator erases her again
    Then her invoice names "[erased]", and the other "Max Wanderer"

  Scenario: They may want to know what is kept of them
    When the operator prints her personal data
    Then it tells of "Jeanne Passante", "12 rue Verte" and "FR40303265045", and not of "Max Wanderer"

  Scenario: An erasure names the first invoice
    Given her invoice was billed anew
    Then her erasure by the new invoice is refused as "invalid", and the first one is named
    And the erasure of a buyer of whom an invoice to a registered customer knows nothing is refused as "invalid"
