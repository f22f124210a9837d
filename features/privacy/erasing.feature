@Q2C-5
Feature: A person's data is erased from a log that never changes

  Background:
    Given a customer "Nordlicht" with the contact "Ida Lund" and a quote that "Per Holm" has accepted
    And a customer "Südwind" with the contact "Eva Ruiz" and a quote that "Leo Paz" has accepted

  Scenario: Nobody erases alone
    When ann asks for the erasure of "Nordlicht"
    And ann approves it
    Then it is refused as "same_person_approves"
    When bob approves it for ann
    Then it is refused as "same_person_approves"
    When the operator erases "Nordlicht"
    Then the operator is told that it was not approved

  Scenario: What only served the business is gone, and what the law wants stays until its day
    Given the erasure of "Nordlicht" was asked for and approved
    When the operator erases "Nordlicht"
    Then a signed certificate tells what was destroyed and what stays until 2036-12-31
    And "Ida Lund" is "[erased]" in everything that tells of "Nordlicht", and "Per Holm" is not
    And nobody is found by "Ida Lund"
    And everything that tells of "Südwind" is as it was
    And the history as of yesterday has "[erased]", too
    When ten years and a year have passed, and the operator erases "Nordlicht" again
    Then "Per Holm" is "[erased]" in everything that tells of "Nordlicht"
    And the proofs of the whole log verify

  Scenario: Of many customers half are erased
    Given many customers and unregistered buyers with words that are found nowhere else
    And refused commands with more of such words
    When every other one of them is erased
    Then the words of those are read nowhere, and those of the others where they were
    And none of the words is in Valkey, in the metrics, in the logs or in what was refused
    And none of the words is in the files of the database
    And the proofs of the whole log verify

  Scenario: A legal hold stands against it
    Given the erasure of "Nordlicht" was asked for and approved
    And there is a legal hold on "Nordlicht"
    When the operator erases "Nordlicht"
    Then the operator is told of the hold
    When the hold is lifted
    And the operator erases "Nordlicht"
    Then a signed certificate tells what was destroyed and what stays until 2036-12-31

  Scenario: Nobody places a hold while the keys are being destroyed
    Given the erasure of "Nordlicht" was asked for and approved
    And somebody is about to place a legal hold on "Nordlicht"
    When the operator erases "Nordlicht"
    Then the operator is told to try again later
    When they have done so
    And the operator erases "Nordlicht"
    Then the operator is told of the hold

  Scenario: A backup of before does not bring it back
    Given a copy of the keys as they are now
    And the erasure of "Nordlicht" was asked for and approved
    When the operator erases "Nordlicht"
    And the copy of the keys is put back
    Then "Ida Lund" cannot be read in what tells of "Nordlicht"

  Scenario: Somebody wants to know everything that is kept of them
    When the operator prints the personal data of "Nordlicht"
    Then it tells of "Ida Lund" and "Per Holm", and of nobody else

  Scenario: After an erasure there may be new business
    Given the erasure of "Nordlicht" was asked for and approved
    When the operator erases "Nordlicht"
    And the contact "Ola Berg" is added to "Nordlicht"
    Then "Ola Berg" is a contact of "Nordlicht", beside somebody who is "[erased]"
    When the operator erases "Nordlicht"
    Then the operator is told that nobody has asked for more
    And "Ola Berg" is a contact of "Nordlicht", beside somebody who is "[erased]"
