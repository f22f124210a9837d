@FS-1
Feature: An administrator imports customers, products, price books and opening balances
  A dry run tells every problem by row and column, and what would happen. What has problems is not imported, unless that
  is asked for.

  Background:
    Given a seller with the series prefix NL

  Scenario: The templates can be imported as they are
    Given the templates in a folder
    When a dry run is made
    Then 1 row of each file is new, and nothing was changed
    When the folder is imported
    And the folder is imported again
    Then 1 row of each file is known
    And the customer C-1001, its contact, the product LAMP-1 and its price are there

  Scenario: A dry run tells every problem by row and column
    Given a folder with these files
      | file                 | row                                                                             |
      | customers.csv        | external_id,name,country_code,vat_id,payment_terms_days,contact_email,shoe_size |
      | customers.csv        | C-1,Muster KG,DE,DE136695976,30,,43                                             |
      | customers.csv        | ,Ohne Nummer KG,UK,,soon,nobody,                                                |
      | customers.csv        | C-1,Doppelt KG,DE,,,,                                                           |
      | customers.csv        | C-2,Falsch KG,DE,DE123456789,,,                                                 |
      | customers.csv        | C-3,Ida KG,DE,,,ida@example.com,                                                |
      | products.csv         | sku,name,kind                                                                   |
      | products.csv         | LAMP,Desk lamp,service                                                          |
      | products.csv         | CHAIR,,furniture                                                                |
      | products.csv         | DESK,Desk,goods                                                                 |
      | price_books.csv      | price_book,currency,valid_from,sku,unit_price,tier_model,tier_up_to             |
      | price_books.csv      | Import,EUR,2026-01-01,CHAIR,10.00,,                                             |
      | price_books.csv      | Import,EUR,01.01.2026,DESK,10.123456789,,                                       |
      | price_books.csv      | Import,XXX,2026-01-01,DESK,"1,5",,                                              |
      | price_books.csv      | Import,EUR,2026-01-01,DESK,10.00,volume,5                                       |
      | price_books.csv      | Import,EUR,2026-01-01,DESK,9.00,volume,3                                        |
      | price_books.csv      | Import,USD,2026-01-01,DESK,9.00,,                                               |
      | opening_balances.csv | customer,number,issue_date,due_date,currency,open_amount                        |
      | opening_balances.csv | C-1,A-1,2025-11-01,2025-10-01,EUR,10.00                                         |
      | opening_balances.csv | C-2,A-2,2025-11-01,2025-12-01,EUR,10.00                                         |
      | opening_balances.csv | C-1,A-3,2197-11-01,2197-12-01,JPY,10.50                                         |
      | opening_balances.csv | C-1,A-3,2025-11-01,2025-12-01,EUR,-1                                            |
      | opening_balances.csv | C-1,A-4,2025-11-01,2025-12-01,EUR,0                                             |
      | opening_balances.csv | C-1,A-4,2025-11-01,2025-12-01,EUR,10                                            |
    When a dry run is made
    Then these are the problems
      | file                 | row | column             | reason                                                                 |
      | customers.csv        | 1   | shoe_size          | is none of its columns                                                 |
      | customers.csv        | 3   | contact_email      | is not an e-mail address                                               |
      | customers.csv        | 3   | country_code       | 'UK' is not a country's code of ISO 3166-1, such as DE (the United Kingdom is GB) |
      | customers.csv        | 3   | external_id        | is empty                                                               |
      | customers.csv        | 3   | payment_terms_days | 'soon' is not a number                                                 |
      | customers.csv        | 4   | external_id        | stands in row 2 already                                                |
      | customers.csv        | 5   | vat_id             | is not a VAT number of any country                                     |
      | customers.csv        | 6   | contact_name       | is empty, but there is a way to reach somebody                         |
      | opening_balances.csv | 2   | due_date           | is before the issue date                                               |
      | opening_balances.csv | 3   | customer           | is neither known nor in a good row of customers.csv                    |
      | opening_balances.csv | 4   | issue_date         | 2197-11-01 is yet to come                                              |
      | opening_balances.csv | 4   | open_amount        | 10.50 has more decimals than JPY: 0                                    |
      | opening_balances.csv | 5   | open_amount        | -1 is negative                                                         |
      | opening_balances.csv | 6   | open_amount        | is nothing                                                             |
      | opening_balances.csv | 7   | number             | stands in row 6 already                                                |
      | price_books.csv      | 2   | sku                | is neither known nor in a good row of products.csv                     |
      | price_books.csv      | 3   | unit_price         | is not a number (of at most 12 digits, and 8 decimals)                 |
      | price_books.csv      | 3   | valid_from         | '01.01.2026' is not a date (YYYY-MM-DD)                                |
      | price_books.csv      | 4   | currency           | 'XXX' is not a currency of ISO 4217                                    |
      | price_books.csv      | 4   | unit_price         | '1,5' has a decimal comma                                              |
      | price_books.csv      | 6   | tier_up_to         | open-ended                                                             |
      | price_books.csv      | 7   | currency           | is USD, but the price book is in EUR                                   |
      | products.csv         | 2   | kind               | is service; it is known with goods, which stays                        |
      | products.csv         | 3   | kind               | 'furniture' is not goods or service                                    |
      | products.csv         | 3   | name               | is empty                                                               |
    And nothing that tells of a person is repeated

  Scenario: What has problems is not imported, unless it is asked for the rest
    Given a folder with these files
      | file          | row                           |
      | customers.csv | external_id,name,country_code |
      | customers.csv | C-1,Muster KG,DE              |
      | customers.csv | C-2,Falsch KG,Germany         |
    When the folder is imported
    Then the import ends with code 1, and nothing was imported
    When the folder is imported as far as it goes
    Then the import ends with code 3, and the customer C-1 is there, but not C-2

  Scenario: A row changes what it says, and leaves what it does not say
    Given the customer C-1 with city, representative and contact
    And a folder with these files, saved by a spreadsheet with semicolons
      | file            | row                                                              |
      | customers.csv   | external_id;name;country_code;city;contact_name;contact_phone    |
      | customers.csv   | C-1;Muster & Söhne KG;DE;;Ida Larsen;+49 431 555 0199            |
      | price_books.csv | price_book;currency;valid_from;sku;unit_price;tier_model;tier_up_to |
      | price_books.csv | Import;EUR;2026-01-01;LAMP;89,50;volume;10                       |
      | price_books.csv | Import;EUR;2026-01-01;LAMP;79,50;volume;                         |
    When the folder is imported
    Then the customer is named anew, and its city, representative, e-mail address and terms are as they were
    And the price of 11 lamps in that book is 79.50

  @OC-4
  Scenario: Opening balances are billed in a series of their own, in the order of their dates
    Given the customer C-1 with city, representative and contact
    And a folder with these files
      | file                 | row                                                      |
      | opening_balances.csv | customer,number,issue_date,due_date,currency,open_amount |
      | opening_balances.csv | C-1,2025-44,2025-11-20,2025-12-20,EUR,1190.00            |
      | opening_balances.csv | C-1,2025-17,2025-06-30,2025-07-14,EUR,55.50              |
      | opening_balances.csv | C-1,2026-02,2026-01-07,2026-01-07,USD,800.00             |
    When the folder is imported
    And the folder is imported again
    Then these invoices are open
      | number              | external_reference | document_date | last_day   | total_amount | currency |
      | NL-OPEN-2025-000001 | 2025-17            | 2025-06-30 | 2025-07-14 | 55.50       | EUR      |
      | NL-OPEN-2025-000002 | 2025-44            | 2025-11-20 | 2025-12-20 | 1190.00     | EUR      |
      | NL-OPEN-2026-000001 | 2026-02            | 2026-01-07 | 2026-01-07 | 800.00      | USD      |

  @OC-4
  Scenario: What contradicts a series or an invoice that is issued is told
    Given the customer C-1 with city, representative and contact
    And the opening balance 2025-44 of 2025-11-20 over 1190.00 was imported
    And a folder with these files
      | file                 | row                                                      |
      | opening_balances.csv | customer,number,issue_date,due_date,currency,open_amount |
      | opening_balances.csv | C-1,2025-44,2025-11-20,2025-12-20,EUR,1200.00            |
      | opening_balances.csv | C-1,2025-17,2025-06-30,2025-07-14,EUR,55.50              |
    When a dry run is made
    Then these are the problems
      | file                 | row | column     | reason                                                                             |
      | opening_balances.csv | 2   | number     | is known with other details, which stay as they were issued                        |
      | opening_balances.csv | 3   | issue_date | 2025-06-30 is before 2025-11-20, the last of its series, which never goes back |

  @OC-4
  Scenario: An import that was killed goes on where it was
    Given the customer C-1 with city, representative and contact
    And an import of 60 opening balances was killed half-way
    When the folder is imported again
    Then 60 invoices are open, numbered without a gap in the order of their dates
