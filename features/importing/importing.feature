@Q2C-3 @FS-2
Feature: Orders of another system go through the same commands as any user's
  What people decided is asked for: quote, acceptance, delivery, payment. The rest follows by policy.

  Scenario: The sample is carried from quote to cash
    Given the sample was imported
    Then 213 orders with 2229 lines of 177 customers are paid, and nothing is open
    And their invoices come to 3165465.05 USD and 872890.13 CAD before freight and tax
    And each line was rounded once, which explains all of the difference to the file
    And the invoices of a year are numbered without a gap, and their dates never go back
    And nothing but quotes, acceptances, deliveries and payments was asked for by the import

  Scenario: A second import adds nothing
    Given the sample was imported
    When it is imported again
    Then the log stands where it stood
    And the import says the same as before

  Scenario: An import that was killed goes on where it was
    Given an import of the sample was killed half-way
    When it is imported again
    Then the events are those of an import that was never killed

  Scenario: An order with a bad row is left out as a whole, and told
    Given a folder with a dozen orders, one of which has a quantity of "-3"
    When it is imported
    Then 11 orders are paid, and nothing is open
    And the import says which row of which file was left out, and why, and ends with code 3
    And nothing is known of that order

  Scenario: What was left out follows once it is put right
    Given a folder with a dozen orders, one of which has a quantity of "-3"
    And it was imported
    When the row is put right, and it is imported again
    Then 12 orders are paid, and nothing is open
