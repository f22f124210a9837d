@Q2C-5
Feature: What tells of a person is sealed wherever it is kept, and opened for those who may see it

  Scenario: Personal data is nowhere in plain
    Given a deal whose every personal text is a word that is found nowhere else
    When the database has written everything to its disk
    Then the customer's name is in its files, and none of the words is, however encoded
    And none of the words is in a dump of the database
    And none of the words is in a bundle, in the metrics, in the logs or in what was refused

  Scenario: Who may see it reads it, and who may not sees that there is something
    Given a customer with the contact "Ida Lund", reached at "ida@lund.example"
    When sales looks at the customer
    Then the contact is "Ida Lund", reached at "ida@lund.example"
    When compliance looks at its history as "Ida Lund" was added
    Then what happened names "Ida Lund"
    When finance and an analyst look at a payment on which "Per Holm" stands
    Then finance reads "Per Holm", and the analyst "[hidden]"

  Scenario: A customer is found by what its people are called and reached at
    Given a customer with the contact "Ida Lund", reached at "ida@lund.example"
    Then support finds the customer by "IDA@lund.example", "ida lund" and "+49 221 5550123"
    And support finds nobody by "ida@lund" and "lund"

  Scenario: Nobody can have opened what they have only seen sealed
    Given a customer with the contact "Ida Lund", reached at "ida@lund.example"
    When somebody writes what the log holds of "Ida Lund" into the reason of a command
    Then it is refused as "invalid"

  Scenario: A contact of the same name is the same contact
    Given a customer with the contact "Ida Lund", reached at "ida@lund.example"
    When the contact "Ida Lund" is reached at "lund@ida.example"
    Then the contact is "Ida Lund", reached at "lund@ida.example"

  Scenario: The same command is carried out once, and another one under its key is refused
    Given a customer with the contact "Ida Lund", reached at "ida@lund.example"
    When the contact "Ada" is added twice under one key
    Then it is done once
    When the contact "Ava" is added under that key
    Then it is refused as "key_belongs_to_another_request"

  Scenario: The key that wraps all others is replaced while everything goes on
    Given a customer with the contact "Ida Lund", reached at "ida@lund.example"
    When the key-encryption key is replaced 3 times while contacts are added
    Then every contact can be read
    And only the newest version of the key-encryption key is left

  Scenario: Without its key-encryption key nothing is sealed, and no other one takes its place
    Given a customer with the contact "Ida Lund", reached at "ida@lund.example"
    When the service starts with another folder for its keys
    And a contact is added
    Then it is refused as "personal_data_unavailable"
    And nothing was made in that folder
