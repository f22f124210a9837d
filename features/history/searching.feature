@CARD-3 @Q2C-5
Feature: The whole log, searched
  Compliance officers find who did what, when and why, and take it with them.

  Background:
    Given an issued invoice for 3 lamps
    And ben has withdrawn a quote because "wrong customer" for the reason "asked by legal"

  Scenario Outline: Events are found by who, what, how and why
    When compliance searches by <filter>
    Then it finds <count> events, all of them "<happened>"

    Examples:
      | filter                             | count | happened         |
      | kind=billing.Invoice.Issued        | 1     | invoice issued   |
      | command=WithdrawQuote              | 1     | quote withdrawn  |
      | actor=ben&kind=quoting             | 1     | quote withdrawn  |
      | reason=legal                       | 1     | quote withdrawn  |
      | reason=wrong                       | 1     | quote withdrawn  |
      | on_behalf_of=ann&kind=billing      | 2     | invoice          |
      | actor=policy&command=IssueInvoice  | 2     |                  |
      | actor=an                           | 0     |                  |
      | since=2199-01-01T00:00:00Z         | 0     |                  |
      | until=2001-01-01T00:00:00Z         | 0     |                  |

  Scenario: Page by page everything is found once
    When compliance goes through the whole log 7 events at a time
    Then it has found every event of the log once, in order

  Scenario: A kind that there is not is refused
    When compliance searches by kind=quoting.Qu
    Then the status code is 422

  Scenario: The log is taken along as a file that a spreadsheet takes for data
    Given ben has withdrawn a quote because "=1+1" for the reason "@SUM(A1)"
    When compliance takes the log along as CSV
    Then the file has every event of the log, and the reason "'@SUM(A1)"

  Scenario: The history of one thing is taken along with what it changed
    When compliance takes the history of the invoice along as JSON Lines
    Then its last line tells "state: draft → issued"

  Scenario: The command line writes what is searched for
    When compliance exports "--actor ben --kind quoting.Quote" on the command line
    Then the file has the reason "asked by legal" and the command "WithdrawQuote"
