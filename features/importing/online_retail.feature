@Q2C-3 @OC-4
Feature: The documents of a wholesaler are billed and credited, and nothing of its file is lost
  Cancellations name no invoice. What is left of the latest sale of the same item at the same price to the same customer
  is taken back first; where nothing is left, that is told.

  Scenario: Sales are billed, cancellations credited, and the rest is told by reason
    Given the excerpt of Online Retail
    When it is imported
    Then there are 11 invoices to customers over 5541.06, 2 to anonymous buyers over 280.54
    And there are 6 credit notes over 4652.86, 2 of them for a part of their cancellation
    And these are the exceptions
      | reason                                                     | documents | amount    |
      | stock movement: neither customer nor price                 | 2         | 0.0       |
      | given away: a customer, but no price                       | 1         | 0.0       |
      | bad-debt adjustment                                        | 3         | -11062.06 |
      | cancellation without customer                              | 1         | -95.38    |
      | discount given later, on no sale                           | 1         | -27.5     |
      | fee, postage or entry by hand cancelled without such a sale | 2        | -17.24    |
      | cancellation without a matching sale                       | 2         | -50.55    |
      | cancelled beyond what is left of matching sales: the rest  | 1         | -4161.06  |
    And all of it with 0.001 rounded off makes up the file's -14245.049
    And the import ends with code 3

  Scenario: A credit note names the invoices that it takes back, and says why these
    Given the excerpt of Online Retail
    When it is imported
    Then credit note C580913 takes back
      | invoice | amount | note                                                   |
      | 551576  | 21.60  | 60 of 60 pieces of line 1 of invoice 551576, the latest sale of 22536 at 0.36 to this customer before 2011-12-06 13:41 of which any were left |
      | 546926  | 21.60  | 60 of 100 pieces of line 2 of invoice 546926, the latest sale of 22536 at 0.36 to this customer before 2011-12-06 13:41 of which any were left |

  Scenario: Invoices bear the file's days, numbers and countries
    Given the excerpt of Online Retail
    When it is imported
    Then the invoices of each year are numbered without a gap in the order of the file
    And these invoices are for
      | number | buyer           | country |
      | 550281 | Customer 12457  | CH      |
      | 567188 | Customer 12457  | CY      |
      | 539500 | Anonymous buyer | BH      |

  Scenario: A second import adds nothing
    Given the excerpt of Online Retail
    When it is imported
    And it is imported again
    Then the log stands where it stood, and 19 documents were known

  Scenario: An import that was killed goes on where it was
    Given an import of the excerpt of Online Retail was killed half-way
    When it is imported again
    Then the events are those of an import that was never killed

  Scenario: A document with a bad row is left out as a whole, and follows under a later date
    Given the excerpt of Online Retail
    And a quantity of invoice 552541 that cannot be read
    When it is imported
    Then row 31 is told for its Quantity, and 59.80 of that document are accounted for
    When the quantity is put right, and it is imported again
    Then it is told that the invoice of 552541 is dated later than in the file
