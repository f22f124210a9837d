Feature: Who was shown what, and why
  Whoever reads what is personal, financial or of the past leaves a trace before the answer leaves, and so does whoever
  is turned away. The trace bears ids, and nothing of what was read.

  @Q2C-5
  Scenario: Reading a document leaves a trace
    Given a sent quote for 2 lamps
    And nina, a reader who is finance
    When nina asks for the quote
    Then the access log ends with nina given documents.quote
    And its objects are the quote and the customer

  @Q2C-5
  Scenario: A list names the customers whom it showed
    Given a sent quote for 2 lamps
    And nina, a reader who is finance
    When nina asks for /quotes
    Then the access log ends with nina given documents.quotes
    And its objects are the customer

  @Q2C-5
  Scenario: What says nothing about anybody is read without a trace
    Given nina, a reader who is finance
    When nina asks for /products
    Then the access log ends with nina given identity.sign_in

  @Q2C-5 @CARD-3
  Scenario: Who looks at a customer without dealings of their own says why
    Given nina, a reader who is support
    When nina asks for the customer's card without a purpose
    Then it is refused as "purpose_missing"
    When nina asks for the customer's card for "TICKET-7"
    Then the access log ends with nina given support.customer
    And its purpose is "TICKET-7"

  @Q2C-5
  Scenario: Whoever is turned away leaves a trace
    Given nina, a reader who is analyst
    When nina asks for the customer's card for "curiosity"
    Then the access log ends with nina denied support.customer
    When nina tries to record a payment
    Then the access log ends with nina denied payments.record_payment
    When somebody asks for /quotes with a made-up token
    Then the access log ends with nobody unknown documents.quotes

  @Q2C-5
  Scenario: Looking for another customer's account leaves a trace
    Given eve, a reader of another customer
    When eve looks at the customer's portal
    Then the status code is 404
    And the access log ends with eve missing portal.dashboard

  @Q2C-5 @FS-6
  Scenario: Logins are reported for each employee
    Given nina, a reader who is support
    And nina has signed in with a wrong password
    And nina has signed out
    When an administrator asks who signed in
    Then nina has signed in 1 time and failed 1 time
    And the access log ends with admin given access.sign_ins

  @Q2C-5
  Scenario: A login that nobody has may be a password, and is not written down
    When somebody signs in as "correct-horse" in vain
    Then the access log ends with nobody unknown identity.sign_in
    And nothing in it says "correct-horse"

  @Q2C-5
  Scenario: A customer's readers are known, also those who only saw a page
    Given a sent quote for 2 lamps
    And nina, a reader who is finance
    When nina asks for the quote's page
    And compliance asks who saw the customer
    Then nina is told as given documents.quote_page
    And the access log ends with carl given access.who_saw

  @Q2C-5
  Scenario: An application's key is told with what it read, and once when it is first used
    Given nina, a reader who is finance
    And nina has a key for "desk"
    When the key for "desk" asks for /quotes
    And the key for "desk" asks for /quotes
    Then the access log ends with nina given documents.quotes
    And its key name is "desk"
    And the first use of "desk" is told once

  @Q2C-5
  Scenario: What cannot be written down is not shown
    Given a sent quote for 2 lamps
    And nina, a reader who is finance
    And the access log cannot be written
    When nina asks for the quote
    Then the status code is 503
    And nothing of the quote is shown
    When the access log can be written again
    And nina asks for the quote
    Then the status code is 200

  @Q2C-5 @FS-6
  Scenario: The command line tells the same, and that it was asked
    Given nina, a reader who is finance
    And nina has signed in with a wrong password
    When nina asks for the customer
    Then "q2c access logins --user nina" tells "nina", "1 "
    And "q2c access logins --csv" tells "login,customer_id,day,signed_in,failed"
    And "q2c access who-saw CUSTOMER --for CASE-7" tells "nina", "directory.customer"
    And the access log ends with operator given access.who_saw
    And its purpose is "CASE-7"
    And "q2c access of nina --json" tells "directory.customer", "identity.sign_in"

  @Q2C-5
  Scenario: Who would have done what takes another person is told with the rule that refused it
    Given nina, a reader who is administrator
    When nina grants finance to herself
    Then it is refused as "own_role"
    And the access log ends with nina own_role identity.grant_role
    And compliance is told of nina own_role identity.grant_role
    And "q2c access duties" tells "nina", "own_role"

  @Q2C-5
  Scenario: A file that shows everybody is told to everybody who asks who saw them
    Given a sent quote for 2 lamps
    And nina, a reader who is compliance
    When nina takes the whole history along
    And compliance asks who saw the customer
    Then nina is told as given history.history_of_all
