@CARD-4
Feature: The REST interface
  Every command has one effect however often it is sent, and says what was wrong with it when it has none.

  Scenario: A command without a key is not carried out
    When ann drafts a quote without an Idempotency-Key
    Then it is refused as "key_missing"
    And the status code is 400

  Scenario: A change says which version its sender saw
    Given a drafted quote
    When ann sends it without If-Match
    Then it is refused as "if_match_missing"
    And the status code is 428

  Scenario: A change of what has moved on is refused
    Given a drafted quote
    When ann adds a line to it with the ETag that she saw
    And ann adds a line to it with the ETag that she saw
    Then it is refused as "version_has_moved"
    And the status code is 412
    And the problem says what may be done

  Scenario: An If-Match that is no ETag
    Given a drafted quote
    When ann sends it with If-Match W/"1"
    Then it is refused as "if_match_malformed"
    And the status code is 400

  Scenario: The same key again has the same answer, even after things have moved on
    Given a drafted quote
    When ann adds a line to it under key "a line" with the ETag that she saw
    And ann sends the quote
    And ann adds a line to it under key "a line" with the ETag that she saw
    Then the answer is that of the first time
    And the quote has 2 lines

  Scenario: The same key with another body is another request
    Given a drafted quote
    When ann adds a line to it under key "a line"
    And ann removes a line under key "a line"
    Then it is refused as "key_belongs_to_another_request"
    And the status code is 422

  Scenario: A key belongs to its actor
    Given a drafted quote
    When ann adds a line to it under key "a line"
    And bob adds a line to it under key "a line"
    Then the quote has 3 lines

  Scenario: A refusal is not kept: what was refused may succeed later under the same key
    Given a drafted quote
    When ann accepts it under key "yes"
    Then it is refused as "not_allowed_now"
    When ann sends the quote
    And ann accepts it under key "yes"
    Then the quote is "converted"

  Scenario: Whatever does not exist is a problem too
    When ann asks for /quotes/00000000-0000-0000-0000-000000000000
    Then it is refused as "not_found"
    When ann asks for /no/such/thing
    Then it is refused as "not_found"
    And the status code is 404
    When ann asks for /quotes/nothing
    Then it is refused as "parameters_invalid"
    When ann asks for /quotes?cursor=abc
    Then it is refused as "cursor_malformed"
    When ann asks for /quotes?after=999999
    Then it is refused as "parameter_invalid"
    When ann asks for /quotes?limit=0
    Then it is refused as "parameters_invalid"

  Scenario Outline: A method that a path does not take is told which ones it takes
    When ann sends a <method> to <path>
    Then it is refused as "method_not_allowed"
    And the status code is 405
    And it takes <allowed>

    Examples:
      | method | path                                              | allowed   |
      | PATCH  | /quotes                                           | GET, POST |
      | PUT    | /quotes                                           | GET, POST |
      | DELETE | /customers                                        | GET, POST |
      | GET    | /quotes/00000000-0000-0000-0000-000000000000/send | POST      |
      | POST   | /docs                                             | GET, HEAD |
      | POST   | /docs/files/swagger-ui.css                        | GET, HEAD |

  Scenario Outline: Nobody is sent elsewhere
    When ann sends a <method> to <path> at evil.example
    Then it is refused as "not_found"
    And the status code is 404
    And the answer says nothing of evil.example

    Examples:
      | method | path        |
      | GET    | /quotes/    |
      | POST   | /quotes/    |
      | GET    | /docs/      |
      | GET    | /docs/files |

  Scenario: Whoever has lost their way is shown what there is
    When ann asks for /
    Then it is refused as "not_found"
    And the problem tells of /docs and /openapi.json

  Scenario Outline: A parameter that is not known is refused, and those that are known are told
    When ann sends a <method> to <path>
    Then it is refused as "parameter_unknown"
    And the status code is 422
    And it points to <pointer> and nowhere else
    And the problem tells of <one> and <other>
    And the answer says nothing of hunter2

    Examples:
      | method | path                                                             | pointer        | one    | other    |
      | GET    | /quotes?state=hunter2                                            | /query/state   | after  | cursor   |
      | GET    | /quotes?after=0&asof=hunter2&asof=2                              | /query/asof    | after  | cursor   |
      | GET    | /quotes?hunter2=1                                                | /query         | limit  | number   |
      | GET    | /invoices/00000000-0000-0000-0000-000000000000?as_of=2011-01-01  | /query/as_of   | after  | instant  |
      | GET    | /invoices/00000000-0000-0000-0000-000000000000/page?form=hunter2 | /query/form    | after  | position |
      | GET    | /history?form=csv                                                | /query/form    | format | reason   |
      | GET    | /changes?since=hunter2                                           | /query/since   | after  | kind     |
      | GET    | /metrics?verbose                                                 | /query/verbose | none   | Known    |
      | GET    | /health/live?=hunter2                                            | /query         | none   | Known    |
      | POST   | /quotes?dry_run=hunter2                                          | /query/dry_run | none   | Known    |
