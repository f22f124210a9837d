@Q2C-5
Feature: A link shows one document to somebody at a customer, who need not be a user

  Background:
    Given a sent quote for 3 lamps

  Scenario: Whoever has link and code sees the document, for as long as the link is not revoked
    When ann gives a link to the quote
    Then the log tells that the link was given, and neither link nor code
    When somebody opens the link
    Then the status code is 201
    When they look at the quote
    Then the status code is 200
    When ann revokes the link
    And they look at the quote
    Then it is refused as "token_refused"

  Scenario: A link opens once
    When ann gives a link to the quote
    And somebody opens the link
    And somebody opens the link
    Then it is refused as "link_refused"

  Scenario: A link does not open without the code that was sent apart
    When ann gives a link to the quote
    And somebody opens the link with a wrong code
    Then it is refused as "link_refused"
    And the status code is 401
    When somebody opens the link
    Then the status code is 201

  Scenario: Codes are not found by trying
    When ann gives a link to the quote
    And somebody tries 10 wrong codes
    And somebody opens the link
    Then it is refused as "too_many_attempts"

  Scenario: A link that has expired does not open
    When ann gives a link to the quote for 7 days
    And 7 days pass
    And somebody opens the link
    Then it is refused as "link_is_over"

  Scenario: A link that was revoked does not open
    When ann gives a link to the quote
    And ann revokes the link
    And somebody opens the link
    Then it is refused as "link_refused"

  Scenario: Nothing but the document exists for whoever has opened a link
    Given another sent quote of the same customer
    When ann gives a link to the quote
    And somebody opens the link
    Then nothing else of the service is open to them

  Scenario: Who may only look does not accept
    When ann gives a link to the quote
    And somebody opens the link
    And they accept the quote
    Then it is refused as "not_permitted"

  Scenario: A link may let its holder accept, which is known
    When ann gives a link to accept the quote
    And somebody opens the link
    And they accept the quote
    Then the status code is 200
    And the quote is "converted"
    And the quote was accepted by whoever opened the link

  Scenario: A draft is no document to give a link to
    Given a draft of a quote
    When ann gives a link to the draft
    Then the status code is 404

  Scenario: Links to contracts and invoices show what the customer was sent
    Given an issued invoice for 3 lamps
    When ann gives a link to the invoice
    And somebody opens the link
    And they look at the invoice
    Then the status code is 200

  Scenario: Nobody accepts an invoice
    Given an issued invoice for 3 lamps
    When ann gives a link to accept the invoice
    Then it is refused as "invalid"
