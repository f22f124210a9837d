"""Steps of deliveries that miss what was ordered, and of changes and holds."""

from __future__ import annotations

from decimal import Decimal

from pytest_bdd import parsers, scenarios, then, when

from features.ordering.conftest import quantities
from features.world import Story

scenarios("beyond.feature")


@when(parsers.parse("a tolerance of {over} % over and {under} % under is agreed"))
def tolerance(story: Story, over: str, under: str) -> None:
    body = {"over_percent": over, "under_percent": under}
    story.world.api.done(f"/orders/{story.order}/agree-tolerance", body)


@when(parsers.parse("a change to {quantity} lamps is asked for"))
def change_asked(story: Story, quantity: str) -> None:
    body = {"quantities": quantities(quantity), "reason": "another plan"}
    story.tries(f"/orders/{story.order}/request-change", body)


@when("the change is confirmed")
def change_confirmed(story: Story) -> None:
    story.tries(f"/orders/{story.order}/confirm-change")


@when(parsers.parse('the change is declined because "{reason}"'))
def change_declined(story: Story, reason: str) -> None:
    story.world.api.done(f"/orders/{story.order}/decline-change", {"reason": reason})


@when("somebody tries to close it")
def tries_to_close(story: Story) -> None:
    story.tries(f"/orders/{story.order}/close")


@when(parsers.parse('it is put on hold for "{kind}"'))
def held(story: Story, kind: str) -> None:
    story.world.api.done(f"/orders/{story.order}/hold", {"kind": kind, "reason": "export papers"})


@when("the hold is released")
def hold_released(story: Story) -> None:
    story.world.api.done(f"/orders/{story.order}/release-hold", {"reason": "papers are here"})


@then(parsers.re(r"(?P<quantity>\d+) lamps? (is|are) beyond the order"))
def beyond(story: Story, quantity: str) -> None:
    (line,) = story.world.api.get(f"/orders/{story.order}")["lines"]
    assert Decimal(line["beyond_quantity"]) == Decimal(quantity)


@then("nothing of it is open")
def nothing_open(story: Story) -> None:
    (line,) = story.world.api.get(f"/orders/{story.order}")["lines"]
    assert Decimal(line["open_quantity"]) == 0


@then(parsers.parse("there are {count:d} credit notes"))
def credit_notes(story: Story, count: int) -> None:
    assert len(story.world.api.get("/credit-notes")["items"]) == count
