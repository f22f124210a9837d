"""Steps of what documents say of their tax."""

from __future__ import annotations

from pytest_bdd import given, parsers, scenarios, then, when

from features.world import Story

scenarios("tax.feature")

COUNTRIES = {"France": "FR", "Norway": "NO"}


def invoice(story: Story, line: dict[str, object], **more: str) -> None:
    who = {"seller_id": story.world.seller, "customer_id": story.world.customer, "currency": "EUR"}
    line = {"quantity": "1", "net_price": "100.00", "goods": False, **line}
    story.invoice = story.world.api.done("/invoices", {**who, **more, "lines": [line]}).id


def page_of(story: Story, kind: str) -> str:
    """Without its styles."""
    path = f"/{kind.replace(' ', '-')}s/{story.document(kind)['document_id']}/page"
    return story.world.api.query(path).text.split("</style>")[1]


@given(parsers.re(r'the customer is in (?P<country>\w+), with the VAT number "(?P<vat_id>.*)"'))
def _(story: Story, country: str, vat_id: str) -> None:
    body = {"name": "Lumière", "address": {"country_code": COUNTRIES[country]}, "vat_id": vat_id or None}
    story.world.customer = story.world.api.done("/customers", body).id


@when(parsers.parse("it was delivered on {day}"))
def _(story: Story, day: str) -> None:
    story.world.api.done(f"/orders/{story.order}/fulfil", {"delivered_on": day})


@when(parsers.parse("advice is invoiced as of {day}"))
def _(story: Story, day: str) -> None:
    invoice(story, {"item_name": "Advice"}, tax_point_date=day)


@when(parsers.parse('insurance is invoiced, exempt as "{reason}"'))
def _(story: Story, reason: str) -> None:
    tax = {"category": "E", "rate": "0", "jurisdiction": "DE", "exemption_reason": reason}
    invoice(story, {"item_name": "Insurance", "tax": tax})


@when("50 percent are billed in advance")
def _(story: Story) -> None:
    body = {"order_id": story.order, "percent": "50"}
    story.invoice = story.world.api.done("/invoices/of-prepayment", body).id


@then(parsers.parse('the only tax group is {category}, exempt as "{reason}" by the code "{code}"'))
def _(story: Story, category: str, reason: str, code: str) -> None:
    (group,) = story.world.api.get(f"/invoices/{story.invoice}")["taxes"]
    told = (group["vat_category_code"], group["exemption_reason"], group["exemption_reason_code"])
    assert told == (category, None if reason == "None" else reason, None if code == "None" else code)


@then(parsers.re(r"(its|the (?P<kind>[a-z ]+)'s) page shows \"(?P<text>[^\"]+)\"( and \"(?P<other>[^\"]+)\")?$"))
def _(story: Story, kind: str | None, text: str, other: str | None) -> None:
    page = page_of(story, kind or "invoice")
    assert text in page
    assert (other or text) in page


@then(parsers.parse('its page does not show "{text}"'))
def _(story: Story, text: str) -> None:
    assert text not in page_of(story, "invoice")
