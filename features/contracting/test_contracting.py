"""Steps of the contracts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import psycopg
from pytest_bdd import given, parsers, scenarios, then, when

from features.world import Story

scenarios("contracting.feature")

ENDS = {3: "2026-06-01", 12: "2027-03-01"}
MONTHLY = {"recurrence": {"rule": "monthly"}}


def terms(months: int, **more: Any) -> dict[str, Any]:
    """From 2 March 2026 on."""
    return {"starts_on": "2026-03-02", "ends_on": ENDS[months], "billing_trigger": "schedule", **more}


@given(parsers.parse("a sent quote with a contract of {months:d} months billed every month"))
def sent_quote(story: Story, months: int) -> None:
    story.quote = story.world.sent_quote([("LAMP", "10")], contract_terms=terms(months, **MONTHLY))


@given(parsers.parse("a signed contract of {months:d} months billed every month"))
def signed(story: Story, months: int) -> None:
    sent_quote(story, months)
    accepts(story)
    sign(story)


@given("a signed contract of 3 months billed by fulfilment")
def signed_by_fulfilment(story: Story) -> None:
    billed = terms(3, billing_trigger="fulfilment")
    story.quote = story.world.sent_quote([("LAMP", "10")], contract_terms=billed)
    accepts(story)
    sign(story)


@when("the customer accepts it")
def accepts(story: Story) -> None:
    story.world.accept(story.quote)
    story.contract = story.document("contract")["document_id"]


@when("both sides sign it")
def sign(story: Story) -> None:
    signatories = [{"name": "N. Licht", "side": "seller"}, {"name": "I. Müller", "side": "buyer"}]
    story.world.api.done(f"/contracts/{story.contract}/sign", {"signatories": signatories})
    story.order = story.document("order")["document_id"]


@when("only the seller signs it")
def seller_signs(story: Story) -> None:
    signatories = [{"name": "N. Licht", "side": "seller"}, {"name": "N. Licht jr", "side": "seller"}]
    story.tries(f"/contracts/{story.contract}/sign", {"signatories": signatories})


@when(parsers.parse("finance invoices instalment {number:d}"))
def invoices_instalment(story: Story, number: int) -> None:
    story.tries("/invoices/of-instalment", {"contract_id": story.contract, "number": number})


@when(parsers.parse("finance credits {amount} of line 1"))
def credits_part(story: Story, amount: str) -> None:
    invoice = story.document("invoice")["document_id"]
    lines = [{"line_id": "1", "amount": amount}]
    story.world.api.done("/credit-notes", {"invoice_id": invoice, "reason": "a bad month", "lines": lines})


@then(parsers.parse('finance is told that "{command}" came to "{code}"'))
def told(story: Story, command: str, code: str) -> None:
    found = story.world.api.get("/health/refusals")
    assert [(each["command"], each["code"]) for each in found] == [(command, code)]


@then(parsers.parse('the credit notes come to "{total}" in all'))
def credit_notes(story: Story, total: str) -> None:
    notes = story.world.api.get("/credit-notes")["items"]
    assert sum(Decimal(one["total_amount"]) for one in notes) == Decimal(total)


@when("finance invoices all 3 instalments on their days")
def invoices_all(story: Story) -> None:
    for number in (1, 2, 3):
        invoices_instalment(story, number)
        story.world.api.clock.pass_days(31)


@when("the order of the contract is fulfilled")
def fulfilled(story: Story) -> None:
    story.world.api.done(f"/orders/{story.order}/fulfil")


@when("ann drafts a quote with a contract billed by fulfilment and every month")
def drafts_both(story: Story) -> None:
    both = terms(3, **MONTHLY) | {"billing_trigger": "fulfilment"}
    story.tries("/quotes", story.world.quote(contract_terms=both))


@when(parsers.parse("the contract is terminated on {day}"))
def terminated(story: Story, day: str) -> None:
    story.world.api.done(f"/contracts/{story.contract}/terminate", {"last_day": day, "reason": "moved"})


@then("no policy was refused")
def nothing_refused(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select * from policies.refusals").fetchall() == []


@when("the contract is sent for signature")
def sent_for_signature(story: Story) -> None:
    story.world.api.done(f"/contracts/{story.contract}/send-for-signature")


@when(parsers.parse('it comes back because "{reason}"'))
def comes_back(story: Story, reason: str) -> None:
    story.world.api.done(f"/contracts/{story.contract}/return-to-draft", {"reason": reason})


@when(parsers.parse('it is declined because "{reason}"'))
def declined(story: Story, reason: str) -> None:
    story.world.api.done(f"/contracts/{story.contract}/decline", {"reason": reason})


@when("it expires")
def expires(story: Story) -> None:
    story.tries(f"/contracts/{story.contract}/expire")


@when("ann drafts its contract by hand")
def drafts_by_hand(story: Story) -> None:
    story.tries("/contracts", {"quote_id": story.quote, "revision": 1})


@then(parsers.parse('the contract has {count:d} instalments that add up to "{amount}"'))
def instalments(story: Story, count: int, amount: str) -> None:
    schedule = story.world.api.get(f"/contracts/{story.contract}")["instalments"]
    assert len(schedule) == count
    assert sum(Decimal(one["amount"]) for one in schedule) == Decimal(amount)


@then(parsers.parse('the invoices add up to "{net}" net and "{tax}" tax'))
def invoices_add_up(story: Story, net: str, tax: str) -> None:
    api = story.world.api
    documents = [api.get(f"/invoices/{one['document_id']}")["document"] for one in api.get("/invoices")["items"]]
    assert sum(Decimal(one["net_amount"]) for one in documents) == Decimal(net)
    assert sum(Decimal(one["tax_amount"]) for one in documents) == Decimal(tax)


@then(parsers.parse("there are {count:d} invoices"))
def invoice_count(story: Story, count: int) -> None:
    assert len(story.world.api.get("/invoices")["items"]) == count


@when("ann drafts a quote with a contract for one 31st under 30/360")
def drafts_worth_nothing(story: Story) -> None:
    short = {"starts_on": "2026-01-30", "ends_on": "2026-01-30", "billing_trigger": "schedule"}
    recurrence = {"rule": "monthly", "day_count": "30/360"}
    story.tries("/quotes", story.world.quote(contract_terms={**short, "recurrence": recurrence}))
