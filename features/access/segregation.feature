@Q2C-5
Feature: Segregation of duties, looked back upon
  An auditor asks for each pair of duties who could have done both, and who did: by themselves, on somebody's behalf, or
  with a role that was granted later.

  Scenario: Whoever did both is named, and so is whoever they acted for
    Given cleo drafted a quote on behalf of dora
    When dora extends it
    And compliance looks back
    Then dora did "create a quote, and extend it" by DraftQuote and ExtendQuote
    And cleo did not "create a quote, and extend it"

  Scenario: Two different people are no finding
    Given cleo drafted a quote on behalf of cleo
    When dora extends it
    And compliance looks back
    Then nobody did "create a quote, and extend it"

  Scenario: Who could have done both is told from when to when
    Given otto, who is support
    When otto is granted finance
    And otto loses finance
    And compliance looks back
    Then otto could "request a credit note, and approve it" until then
    And otto could not "create a quote, and extend it"

  Scenario: What lies before the span is no finding
    Given cleo drafted a quote on behalf of dora
    When dora extends it
    And compliance looks back on the time from now on
    Then nobody did "create a quote, and extend it"

  Scenario: The command line tells the same
    Given cleo drafted a quote on behalf of dora
    When dora extends it
    Then "q2c compliance segregation" tells "dora: DraftQuote", and ends with 1

  Scenario: A span that ends before it begins is refused
    When compliance looks back from 2026-03-02 to 2026-03-01
    Then it is told that the one lies after the other, as by the command line
