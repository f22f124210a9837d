Feature: Read models that an operator can run
  What a read model cannot process is left out and told; everything else goes on.

  Background:
    Given a customer whose latest change cannot be read

  @CARD-5
  Scenario: Everybody else's reads stay current, and say that something is missing
    When another customer is registered
    Then the list of customers shows the other one and says that it is not complete
    And waiting for the unreadable change is answered with 503 "read_model_parked"
    And so is asking for the customer itself
    And the list of products says that it is not complete, the list of orders that it is

  @Q2C-5
  Scenario: An operator learns what is parked, wherever he looks
    When the customer is changed once more
    Then the service is ready and says that "directory" lacks 1 thing
    And the health of the read models says so
    And so do the metrics
    And "q2c projection status" names the event, the problem and how many wait behind it, and exits with 1
    And "q2c status" shows it beside the log, the workers and what policies asked for in vain

  @Q2C-5
  Scenario: What has been mended is applied in its place
    When the customer is changed once more
    And the change is mended
    And the operator lets the read model try again
    Then the list of customers is complete, and the customer shows its last change
    And "q2c projection status" exits with 0
    And every table is what the log gives anew

  @Q2C-5
  Scenario: What cannot be mended yet stays parked when it is tried again
    When the operator lets the read model try again
    Then "q2c projection status" names the event, the problem and how many wait behind it, and exits with 1
    And every table is what the log gives anew

  @Q2C-5
  Scenario: The past lacks what it could not process, and says so
    When another customer is registered
    Then the customers as of the unreadable change are not complete, and those before it are
    And asking for the customer as of then is answered with 503 "read_model_parked"

  @Q2C-5
  Scenario: What has been mended is in the past, too
    When the customer is changed once more
    And somebody has asked for the customers as of then
    And the change is mended
    And the operator lets the read model try again
    Then the customers as of then are complete, and the customer shows its last change

  @CARD-3 @Q2C-5
  Scenario: An event that cannot be read hides nothing but itself
    When the customer is changed once more
    Then the whole history tells that it cannot be read, and what came after it
    And so do files and the command line
    And the history of the customer tells how it stood before
