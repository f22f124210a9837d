@Q2C-5
Feature: Whoever runs the service acts on personal data from the command line
  A customer goes by its own id or by that of the data subject, and what is kept in plain is told.

  Scenario: The operator goes by the id that the request was answered, and is told what stays
    Given a customer with the contact "Ida Lund"
    And the erasure of the customer was asked for and approved
    Then "q2c personal-data" of the data subject tells "Ida Lund", and that name and address stay
    And "q2c erase" of the data subject erases the customer, and tells that name and address stay

  Scenario: Of whom nothing is sealed, something is kept all the same
    Given a customer without contacts
    Then "q2c personal-data" of the customer tells that nothing is sealed, and that name and address stay

  Scenario: Nothing is destroyed unless its certificate has a place
    Given a customer with the contact "Kari Nordmann"
    And the erasure of the customer was asked for and approved
    Then a certificate that cannot be written is refused before anything is erased
