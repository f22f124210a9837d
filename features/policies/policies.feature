@Q2C-3 @L2C-3
Feature: Policies
  What follows from a fact happens once, whoever asks for it and whatever breaks in between.

  Scenario: What a crash left undone is caught up with
    Given a sent quote for 3 lamps
    When the process stops working on the acceptance as soon as it is recorded
    And the worker catches up
    Then the order is "confirmed"

  Scenario: Going through all policies again from the first event changes nothing
    Given an issued invoice for 3 lamps
    And it is paid
    When all policies are gone through again
    Then nothing was appended
