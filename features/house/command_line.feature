Feature: The command line tells what it found, and what to do where it found nothing

  Scenario: Its version
    When somebody runs "q2c --version"
    Then it tells "q2c 0.1.0"

  Scenario: A login that nobody has
    When somebody runs "q2c user key bob"
    Then it is refused with "Nobody has the login bob; `q2c user add bob --role ROLE` registers them."
    When somebody runs "q2c user reset-password bob"
    Then it is refused with "Nobody has the login bob"
    When somebody runs "q2c user grant bob finance"
    Then it is refused with "Nobody has the login bob"

  Scenario: A key registers nobody twice, and grants nothing to those who are there
    When somebody runs "q2c user key bob --role support"
    And somebody runs "q2c user key bob --role support"
    Then it answers
    When somebody runs "q2c user key bob --role support --role finance"
    Then it is refused with "bob is there already, and not finance: `q2c user grant` comes first."
    When somebody runs "q2c user grant bob finance"
    And somebody runs "q2c user key bob --role support --role finance"
    Then it answers

  Scenario: Nothing is recorded
    When somebody runs "q2c access of nobodyhere"
    Then it answers
    And it says "Nothing is recorded of nobodyhere in that time."
    When somebody runs "q2c access logins --user nobodyhere"
    Then it says "Nothing is recorded of nobodyhere in that time."

  Scenario: An id is not broken in two where a program reads it
    Given a customer who was looked at by somebody with a long login
    When somebody runs "q2c access who-saw CUSTOMER"
    Then it tells the whole id of the customer in one line
