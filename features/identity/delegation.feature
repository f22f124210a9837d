@Q2C-5
Feature: Nobody acts on behalf of somebody who has not said so

  Background:
    Given a sent quote for 3 lamps

  Scenario: Whoever has not delegated is not named
    When ann withdraws the quote on behalf of chief
    Then it is refused as "not_permitted"

  Scenario: Whoever has delegated is named, until it ends
    Given chief has delegated to ann for 30 days
    When ann withdraws the quote on behalf of chief
    Then the status code is 200

  Scenario: A delegation that has ended lets nobody be named
    Given chief has delegated to ann for 30 days
    When chief ends the delegation to ann
    And ann withdraws the quote on behalf of chief
    Then it is refused as "not_permitted"

  Scenario: A delegation is dated
    Given chief has delegated to ann for 5 days
    When 5 days pass
    And ann withdraws the quote on behalf of chief
    Then it is refused as "not_permitted"

  Scenario: What was delegated is not passed on
    Given chief has delegated to bob for 30 days
    And bob has delegated to ann for 30 days
    When ann withdraws the quote on behalf of chief
    Then it is refused as "not_permitted"

  Scenario Outline: A delegation is to another active user of the same house
    When chief delegates to <whom>
    Then it is refused as "<refusal>"

    Examples:
      | whom  | refusal   |
      | chief | invalid   |
      | ida   | invalid   |
      | nix   | not_found |
