@Q2C-1 @FS-2 @L2C-3
Feature: Quotes
  An offer is made in revisions. What was sent is what may be accepted, until its last valid day.

  Scenario: A quote is drafted with all its lines and priced from the price book
    When ann drafts a quote for 3 lamps and 1 maintenance
    Then the quote is "draft"
    And the quote's net amount is "1500.00"
    And the quote's tax amount is "285.00"
    And the quote's total amount is "1785.00"
    And line 1 explains its price as "price_book: List 2026, version 3 = 100.00"

  Scenario: A negotiated price, a line discount and an allowance apply in that order
    When ann drafts a quote for 10 lamps at 90.00 each, less 5 %, less 4.50 on the line
    Then the quote's net amount is "850.50"

  Scenario: A draft is changed line by line
    Given a drafted quote for 3 lamps
    When ann adds 1 maintenance
    And ann changes line 1 to 5 lamps
    And ann removes line 2
    Then the quote's net amount is "500.00"

  Scenario: An accepted quote becomes a confirmed order with nothing retyped
    Given a sent quote for 3 lamps
    When the customer accepts it with purchase order "PO-7"
    Then the quote is "converted"
    And the order is "confirmed"
    And the order's total amount is "357.00"
    And the order's purchase order reference is "PO-7"

  Scenario: An expired quote cannot be accepted
    Given a sent quote for 3 lamps
    When 30 days pass
    And the customer accepts it
    Then it is refused as "quote_has_expired" by rule Q4
    And the status code is 409

  Scenario: A quote may be accepted on its last valid day, in the seller's time zone
    Given a sent quote for 3 lamps
    When 29 days pass
    And the customer accepts it
    Then the quote is "converted"

  Scenario: What is accepted must be what was sent
    Given a sent quote for 3 lamps
    When the customer accepts another content
    Then it is refused as "quote_was_not_shown_like_this" by rule Q3

  Scenario: Another acceptance is refused
    Given a sent quote for 3 lamps
    When the customer accepts it
    And the customer accepts it
    Then it is refused as "not_allowed_now"

  Scenario: A sent quote is immutable
    Given a sent quote for 3 lamps
    When ann adds 1 maintenance
    Then it is refused as "not_allowed_now"

  Scenario: The old revision stays acceptable until the new one is sent
    Given a sent quote for 3 lamps
    When ann revises it until 2026-04-30
    And ann changes line 1 to 5 lamps
    Then the quote is "revising"
    When ann sends it
    Then the quote is "sent"
    And the quote's revision is "2"
    And the quote's net amount is "500.00"
    And revision 1 still has 3 lamps

  Scenario: A superseded revision cannot be accepted
    Given a sent quote for 3 lamps
    And the customer has read it
    When ann revises it until 2026-04-30
    And ann sends it
    And the customer accepts what was read
    Then it is refused as "quote_was_not_shown_like_this" by rule Q3

  Scenario: A quote without lines cannot be sent
    Given a drafted quote for no lamps
    When ann sends it
    Then it is refused as "quote_has_no_lines"

  Scenario: The customer declines
    Given a sent quote for 3 lamps
    When the customer declines it because "too dear"
    Then the quote is "declined"
    And the quote's reason is "too dear"

  Scenario: A lost deal can reopen
    Given a sent quote for 3 lamps
    When the customer declines it because "too dear"
    And ann revises it until 2026-04-30
    And ann sends it
    And the customer accepts it
    Then the quote is "converted"

  Scenario: The seller withdraws
    Given a sent quote for 3 lamps
    When ann withdraws it because "out of stock"
    And the customer accepts it
    Then it is refused as "not_allowed_now"

  Scenario: Expiry is made visible only after the last valid day
    Given a sent quote for 3 lamps
    When ann expires it
    Then it is refused as "quote_is_still_valid" by rule Q4
    When 30 days pass
    And ann expires it
    Then the quote is "expired"

  Scenario: After the last valid day only another person extends a quote
    Given a sent quote for 3 lamps
    When 30 days pass
    And ann extends it until 2026-04-30
    Then it is refused as "extension_needs_another_person" by rule Q8
    When an assistant extends it for ann until 2026-04-30
    Then it is refused as "extension_needs_another_person" by rule Q8
    When bob extends it until 2026-04-30
    And the customer accepts it
    Then the quote is "converted"

  Scenario: A discontinued product is not quoted
    When ann discontinues the lamp
    And ann drafts a quote for 3 lamps and 1 maintenance
    Then it is refused as "product_is_discontinued"

  Scenario: A price book is not used outside its validity
    When ann closes the price book on 2026-02-28
    And ann drafts a quote for 3 lamps and 1 maintenance
    Then it is refused as "price_book_not_valid"

  Scenario: The revision that is accepted is the one that is shown, whatever was drafted since
    Given a sent quote for 3 lamps
    And the customer has read it
    When ann revises it until 2026-04-30
    And ann changes line 1 to 5 lamps
    And the customer accepts what was read
    Then the quote's revision is "1"
    And the quote's net amount is "300.00"
    And the order's net amount is "300.00"

  Scenario: An allowance takes off at most its line
    When ann tries to take 300.01 off a line of 3 lamps
    Then it is refused as "invalid"

  Scenario: A number is given once
    Given a quote numbered "Q-77"
    When ann drafts another quote numbered "Q-77"
    Then it is refused as "already_taken"

  Scenario: Goods are taxed where they go, not where they are billed
    Given the customer's invoices go to a registered customer in France
    When ann drafts a quote for 3 lamps and 1 maintenance
    Then line 1 is taxed as "S" and line 2 as "AE"
