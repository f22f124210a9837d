"""Steps for the hand-over to finance."""

from __future__ import annotations

from decimal import Decimal

from pytest_bdd import given, parsers, scenarios, then, when

from features.api import Json
from features.world import Story

scenarios("hand_over.feature")

THREE_MONTHS = {
    "starts_on": "2026-03-02",
    "ends_on": "2026-06-01",
    "billing_trigger": "schedule",
    "recurrence": {"rule": "monthly"},
}
SIGNATORIES = [{"name": "Ida Müller", "side": "buyer"}, {"name": "Ann", "side": "seller"}]


@given("a customer with an address, a contact and 14 days to pay")
def _(story: Story) -> None:
    address = {"country_code": "DE", "street": "Weserstr. 2", "city": "Bremen", "post_code": "28195"}
    terms = {"note": "Net 14 days", "lines": [{"percent": "100", "days": 14}]}
    contacts = [{"name": "Ida Müller", "email": "ida@example.com"}]
    body = {"name": "Südwind KG", "address": address, "payment_terms": terms, "contacts": contacts}
    story.world.customer = story.world.api.done("/customers", body).id


@given(parsers.re(r'a quote for (?P<quantity>\d+) lamps, sent and accepted under the purchase order "(?P<number>.*)"'))
def _(story: Story, quantity: str, number: str) -> None:
    story.quote = story.world.sent_quote([("LAMP", quantity)])
    story.world.accept(story.quote, purchase_order_reference=number or None)


@given(parsers.parse("a quote for {quantity} lamps for a term of 3 months, sent, accepted and signed"))
def _(story: Story, quantity: str) -> None:
    story.quote = story.world.sent_quote([("LAMP", quantity)], contract_terms=THREE_MONTHS)
    story.world.accept(story.quote)
    story.contract = story.world.the_only("/contracts")["document"]["document_id"]
    story.world.api.done(f"/contracts/{story.contract}/sign", {"signatories": SIGNATORIES})


@when(parsers.parse('"{actor}" acknowledges it'))
@when(parsers.parse('"{actor}" acknowledges it again'))
def _(story: Story, actor: str) -> None:
    _act(story, actor, "acknowledge")


@when(parsers.parse('"{actor}" returns it with "{question}"'))
def _(story: Story, actor: str, question: str) -> None:
    _act(story, actor, "return", {"question": question})


@when(parsers.parse('"{actor}" answers "{answer}"'))
def _(story: Story, actor: str, answer: str) -> None:
    _act(story, actor, "answer", {"answer": answer})
    assert _view(story)["hand_over"]["answer"] == answer


@when("everything is delivered")
def _(story: Story) -> None:
    story.world.api.done(f"/orders/{_view(story)['hand_over']['order_id']}/fulfil")


@when("the order is cancelled")
def _(story: Story) -> None:
    order = _view(story)["hand_over"]["order_id"]
    story.world.api.done(f"/orders/{order}/cancel", {"reason": "no longer wanted"})


@then("finance sees the deal, waiting and complete")
def _(story: Story, datatable: list[list[str]]) -> None:
    view = _view(story)
    shown = {**view["agreed"], **view["hand_over"]}
    assert [shown[column] for column in datatable[0]] == datatable[1]
    assert (shown["state"], view["missing"], shown["quote_id"]) == ("waiting", [], story.quote)
    assert view["available_actions"] == ["acknowledge", "return"]
    assert story.world.api.get(view["conversation"]) == {"comments": [], "activities": []}


@then(parsers.parse('its taxes are {taxable} at {rate} percent {category} in {country}, its contact is "{email}"'))
def _(story: Story, taxable: str, rate: str, category: str, country: str, email: str) -> None:
    view = _view(story)
    (tax,) = view["taxes"]
    assert [contact["email"] for contact in view["contacts"]] == [email]
    assert (tax["vat_rate"], tax["vat_category_code"], tax["jurisdiction"]) == (rate, category, country)
    assert tax["taxable_amount"] == taxable


@then("the invoice says what the quote said, down to the tax")
def _(story: Story) -> None:
    quote = story.world.api.get(f"/quotes/{story.quote}")
    invoice = story.world.the_only("/invoices")
    for field in ("net_amount", "charge_amount", "tax_amount", "total_amount", "buyer_name", "payment_terms"):
        assert invoice["document"][field] == quote["document"][field]
    assert invoice["document"]["purchase_order_reference"] == "PO-7"
    handed = _view(story)
    assert handed["hand_over"]["total_amount"] == quote["document"]["total_amount"]
    assert handed["hand_over"]["state"] == "acknowledged"
    assert sum(Decimal(tax["tax_amount"]) for tax in handed["taxes"]) == Decimal(quote["document"]["tax_amount"])


@then("nothing but the acknowledgement and the delivery was entered after the acceptance")
def _(story: Story) -> None:
    api = story.world.api
    order = _view(story)["hand_over"]["order_id"]
    invoice = story.world.the_only("/invoices")["document"]["document_id"]
    happened = [entry for id in (order, invoice) for entry in api.get(f"/history/{id}")["entries"]]
    assert [entry["happened"] for entry in happened if entry["actor"] != "policy"] == ["order fulfilled"]


@then(parsers.parse('finance sees that it lacks "{names}"'))
def _(story: Story, names: str) -> None:
    assert _view(story)["missing"] == names.split(", ")


@then(parsers.parse('"{owner}" has the question "{question}"'))
def _(story: Story, owner: str, question: str) -> None:
    work = story.world.api.get("/pipeline/my-work", owner=owner)
    assert [one["question"] for one in work["returned_hand_overs"]] == [question]


@then("nobody has a question")
def _(story: Story) -> None:
    assert story.world.api.get("/pipeline/hand-overs", state="returned")["items"] == []


@then(parsers.parse('the hand-over is "{state}"'))
def _(story: Story, state: str) -> None:
    assert _view(story)["hand_over"]["state"] == state


@then(parsers.parse('the hand-over is "{state}", and nothing can be done with it'))
def _(story: Story, state: str) -> None:
    view = _view(story)
    assert (view["hand_over"]["state"], view["available_actions"]) == (state, [])
    assert len(story.world.api.get("/pipeline/hand-overs", state=state)["items"]) == 1


@then(parsers.parse('finance sees the schedule "{schedule}"'))
def _(story: Story, schedule: str) -> None:
    view = _view(story)
    assert ", ".join(f"{one['amount']} on {one['invoice_date']}" for one in view["schedule"]) == schedule
    contract = view["contract"]
    assert (contract["contract_id"], contract["signed_on"]) == (story.contract, "2026-03-02")
    assert (contract["starts_on"], contract["ends_on"]) == ("2026-03-02", "2026-06-01")


def _view(story: Story) -> Json:
    (waiting,) = story.world.api.get("/pipeline/hand-overs")["items"]
    view: Json = story.world.api.get(f"/pipeline/hand-overs/{waiting['order_id']}")
    return view


def _act(story: Story, actor: str, action: str, body: Json | None = None) -> None:
    hand_over = _view(story)["hand_over"]["hand_over_id"]
    story.tries(f"/hand-overs/{hand_over}/{action}", body, As=actor)
