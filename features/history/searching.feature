@CARD-3 @Q2C-5
Feature: The whole log, searched
  Compliance officers find who did what, when and why, and take it with them.

  Background:
    Given an issued invoice for 3 lamps
    And ben has withdrawn a quote because "wrong customer" for the reason "asked by legal"

  Scenario: Events are found by who, what, how and why
    When compliance searches by kind=billing.Invoice.Issued
    Then it finds 1 events, all of them "invoice issued"
    When compliance searches by command=WithdrawQuote
    Then it finds 1 events, all of them "quote withdrawn"
    When compliance searches by actor=ben&kind=quoting
    Then it finds 1 events, all of them "quote withdrawn"
    When compliance searches by reason=legal
    Then it finds 1 events, all of them "quote withdrawn"
    When compliance searches by reason=wrong
    Then it finds 1 events, all of them "quote withdrawn"
    When compliance searches by on_behalf_of=ann&kind=billing
    Then it finds 2 events, all of them "invoice"
    When compliance searches by actor=policy&command=IssueInvoice
    Then it finds 2 events, all of them ""
    When compliance searches by actor=an
    Then it finds 0 events, all of them ""
    When compliance searches by since=2199-01-01T00:00:00Z
    Then it finds 0 events, all of them ""
    When compliance searches by until=2001-01-01T00:00:00Z
    Then it finds 0 events, all of them ""

  Scenario: Page by page everything is found once
    When compliance goes through the whole log 7 events at a time
    Then it has found every event of the log once, in order

  Scenario: A kind that there is not is refused
    When compliance searches by kind=quoting.Qu
    Then the status code is 422

  Scenario: A time that ends before it begins is refused
    When compliance searches by since=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z
    Then the status code is 422
    And the command line refuses to export "--since 2026-03-02 --until 2026-03-01", since it "lies after"

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
