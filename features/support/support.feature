@Q2C-9 @CARD-5
Feature: Support finds anything by whatever somebody may quote of it
  One box for numbers, names, addresses and amounts; one card and one timeline for each customer.

  Scenario: A document is found by its number, whole or its tail, however it is typed
    Given an issued invoice for 3 lamps
    Then "NL-INV-2026-000001" finds the invoice by its number
    And "nl inv 2026 000001" finds the invoice by its number
    And "nlinv2026000001" finds the invoice by its number
    And "NL-INV-2026-OOOOO1" finds the invoice by its number
    And "000001" finds the invoice by its number
    And "2026-000001" finds the invoice by its number
    And "NL-INV-2026" finds the invoice by its number

  Scenario: Quotes, contracts, orders, credit notes and payments are found by their numbers
    Given an issued invoice for 3 lamps
    And a credit note for the invoice
    And a payment of 100.00 EUR with end-to-end id "E2E 4711" and bank reference "BANK/0815"
    And a contract for 3 lamps
    Then each document is found by its own number and by the tail of it
    And "e2e-4711" finds the payment by its other number
    And "bank0815" finds the payment by its other number

  Scenario: A customer is found by what it is and what its people say of themselves
    Given the customer is known as "SAP-0042", with the VAT number "DE136695976"
    And the contact "Ida Müller" with e-mail "Ida.Mueller@ostwind.example" and phone "+49 (0)431 123 45-67"
    Then "sap 0042" finds the customer by its other number
    And "DE 136 695 976" finds the customer by its vat id
    And "ida müller" finds the customer by its contact
    And "IDA.MUELLER@ostwind.example" finds the customer by its email
    And "0431-1234567" finds the customer by its phone
    And "0049 431 1234567" finds the customer by its phone

  Scenario: A customer is found by a name that is not spelled as it should be
    Given the customers "Müller & Söhne Maschinenbau GmbH", "Möller Maschinenbau AG" and "Nordlicht Leuchten KG"
    Then "Müller & Söhne Maschinenbau GmbH" finds the customer "Müller & Söhne Maschinenbau GmbH" first
    And "mueller soehne maschinenbau" finds the customer "Müller & Söhne Maschinenbau GmbH" first
    And "Müller und Söhne" finds the customer "Müller & Söhne KG" first
    And "Mülller Söhne" finds the customer "Müller & Söhne KG" first
    And "Sohne Maschinnbau" finds the customer "Müller & Söhne Maschinenbau GmbH" first
    And "Moler Maschinenbau" finds the customer "Möller Maschinenbau AG" first
    And "Maschinenbau Möller" finds the customer "Möller Maschinenbau AG" first
    And "ordlicht Leuchten" finds the customer "Nordlicht Leuchten KG" first
    And "Nord licht Leuchten" finds the customer "Nordlicht Leuchten KG" first
    And "Nordlich" finds the customer "Nordlicht Leuchten KG" first
    And "NordlichtLeuchten K" finds the customer "Nordlicht Leuchten KG" first

  Scenario: People are found by exactly what they are called, nothing is guessed about them
    Given the contact "Ida Larsen" with e-mail "ida@ostwind.example" and phone ""
    Then "IDA LARSEN" finds the customer by its contact
    And "Ida Larssen" finds nothing
    And "ida@ostwind.exampl" finds nothing

  Scenario: A document is found by an amount, however it is written
    Given an issued invoice for 30 lamps
    Then "3570.00" finds the invoice by its amount
    And "3570" finds the invoice by its amount
    And "3.570,00" finds the invoice by its amount
    And "3,570.00" finds the invoice by its amount
    And "3'570" finds the invoice by its amount
    And "3.570" finds the invoice by its amount
    And "EUR 3570.00" finds the invoice by its amount
    And "3 570,00 EUR" finds the invoice by its amount
    And "€3570" finds the invoice by its amount
    And "all 3570" finds the invoice by its amount

  Scenario: What is left to pay finds the invoice, and the amount in another currency does not
    Given an issued invoice for 3 lamps
    And 100.00 EUR arrive for the invoice
    Then "257.00" finds the invoice by its open amount
    And "100 EUR" finds the payment by its amount
    And "USD 257.00" finds nothing

  Scenario: A purchase order and a product find the documents that bear them
    Given an order under the purchase order "PO-7/2026" for 3 lamps
    Then "po 7 2026" finds the order by its purchase order
    And "LAMP" finds the order by its item
    And "desk  Lamp" finds the order by its item
    And "Desk" finds the order by its item
    And "desk lamp 357.00" finds the order by its item
    And "CARE" finds nothing
    And "Maintenance" finds nothing

  Scenario: A name narrows an amount
    Given an issued invoice for 3 lamps
    And another customer "Ostwind Handel AG" with an invoice for 3 lamps
    Then "357.00" finds 2 invoices
    And "Müller 357.00" finds 1 invoice
    And "Ostwnd EUR 357.00" finds 1 invoice
    And "Ostwind 358.00" finds nothing
    And "LAMP 357.00 NL-INV-2026-000002" finds 1 invoice

  Scenario: The exact comes before the likely
    Given an order under the purchase order "NL-INV-2026-000002" for 3 lamps
    And another customer "NL INV 2026 000002" with an invoice for 3 lamps
    And another customer "357" with an invoice for 3 lamps
    When "NL-INV-2026-000002" is looked for
    Then the hits are matched on "number, name, purchase_order, purchase_order"
    When "357" is looked for
    Then the first hit is matched on "name", and the others on "amount"

  Scenario: Exact is who is called so, with the legal form or without, and not who is called so in part
    Given the customers "Bike Rims Company", "Bike World" and "Bike Sp. z o.o."
    Then "Bike" finds the customers "Bike Sp. z o.o." exact, "Bike World" part, "Bike Rims Company" part
    And "bike rims company" finds the customers "Bike Rims Company" exact
    And "Bike Rims" finds the customers "Bike Rims Company" exact
    And "Bike Rims Ltd" finds the customers "Bike Rims Company" part
    And "Bike Wor" finds the customers "Bike World" part

  Scenario: Names that begin so come after numbers that do
    Given the customers "Bike Rims Company", "Bike World" and "Bike Club"
    And an order under the purchase order "BIKE-7/2026" for 3 lamps
    Then the first of 2 hits for "Bike" are "order, quote"

  Scenario: What nobody can be found by is said so
    When "" is looked for
    Then the status code is 422
    When "x" is looked for
    Then the status code is 422
    When ".." is looked for
    Then the status code is 200
    When "%_" is looked for
    Then the status code is 200

  Scenario: What may be done next is said with each hit
    Given a sent quote for 3 lamps
    Then the quote is found with the actions "accept, decline, expire, withdraw, extend, revise"
    And the card lists the quote with the same actions

  Scenario: The card says who the customer is, what is open and what is owed
    Given an issued invoice for 3 lamps
    And a sent quote for 1 lamps
    And a payment of 50.00 EUR
    When 31 days pass
    Then the card counts 1 open quote over 119.00 EUR and 1 open invoice over 357.00 EUR
    And the card says 357.00 owed, 357.00 overdue and 50.00 unapplied
    And the last contact was when the quote was sent

  Scenario: The timeline tells what happened, the newest first
    Given an issued invoice for 3 lamps
    And 100.00 EUR arrive for the invoice
    And a credit note for the invoice
    Then the timeline reads, from the newest
      | sentence                                                                                  |
      | Payment PAY of 100.00 EUR arrived.                                                        |
      | Invoice NL-INV-2026-000001 over 357.00 EUR was issued, due on 2026-04-01.                 |
      | Order SO was confirmed.                                                                   |
      | Ida Müller accepted quote Q.                                                              |
      | Quote Q over 357.00 EUR was sent, valid until 2026-03-31.                                 |
      | Quote Q over 357.00 EUR was drafted: 3 × Desk lamp.                                       |
      | Müller & Söhne KG was registered as a customer.                                           |
    And each line of it says who, when, and where to read on
    And page after page it is the same

  Scenario: A merged customer is an alias
    Given an issued invoice for 3 lamps
    And a customer "Müller und Sohn" into which the customer is merged
    Then "NL-INV-2026-000001" finds the invoice of "Müller und Sohn"
    And "Müller & Söhne KG" finds the customer "Müller und Sohn" first
    And the survivor's card and timeline hold what was the other's

  Scenario: Nothing of the log is read to answer
    Given an issued invoice for 3 lamps
    And the readers may not read the log
    Then "NL-INV-2026-000001" finds the invoice by its number
    And the card and the timeline are answered
