"""Steps for customers that are the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given as drawn
from hypothesis import strategies as st
from pytest_bdd import given, parsers, scenarios, then, when

from domain.crm import matching_name
from features.api import Json
from features.world import Story

scenarios("merging.feature")


@dataclass
class Customers:
    """By the name under which they were registered."""

    story: Story
    ids: dict[str, str] = field(default_factory=dict)
    quotes: list[str] = field(default_factory=list)

    def view(self, name: str) -> Json:
        view: Json = self.story.world.api.get(f"/customers/{self.ids[name]}")
        return view

    def names(self, name: str, field: str) -> list[str]:
        return [one["name"] for one in self.view(name)[field]]


@given(parsers.parse('the customers "{first}", "{second}" and "{third}"'), target_fixture="customers")
def _(story: Story, first: str, second: str, third: str) -> Customers:
    customers = Customers(story)
    for name in (first, second, third):
        body = {"name": name, "address": {"country_code": "DE"}}
        customers.ids[name] = story.world.api.done("/customers", body).id
    return customers


@given(parsers.parse('"{one}" has the VAT number "{vat}", and "{other}" "{other_vat}"'))
def _(customers: Customers, one: str, vat: str, other: str, other_vat: str) -> None:
    for name, number in ((one, vat), (other, other_vat)):
        _changed(customers, name, number)
        assert customers.view(name)["customer"]["vat_id"] == number


@when(parsers.parse('"{name}" gets the VAT number "{number}"'))
def _changed(customers: Customers, name: str, number: str) -> None:
    body = {"name": name, "address": {"country_code": "DE"}, "vat_id": number}
    customers.story.tries(f"/customers/{customers.ids[name]}/change", body)


@given(parsers.parse('a quote for "{name}"'))
@when(parsers.parse('a second quote for "{name}" is drafted'))
def _(customers: Customers, name: str) -> None:
    world = customers.story.world
    customers.quotes.append(world.api.done("/quotes", world.quote(customer_id=customers.ids[name])).id)


@given(parsers.parse('an invoice to "{name}"'))
def _(customers: Customers, name: str) -> None:
    world = customers.story.world
    world.accept(world.sent_quote(customer_id=customers.ids[name]))
    order = world.the_only("/orders")["document"]["document_id"]
    world.api.done(f"/orders/{order}/fulfil")


@when(parsers.parse('"{name}" pays it'))
def _(customers: Customers, name: str) -> None:
    world = customers.story.world
    invoice = world.the_only("/invoices")["document"]
    world.customer = customers.ids[name]
    world.pay(invoice["total_amount"], invoice["number"])


@then(parsers.parse('the invoice is paid, and still "{name}"\'s'))
def _(customers: Customers, name: str) -> None:
    invoice = customers.story.world.the_only("/invoices")["document"]
    assert (invoice["paid_amount"], invoice["buyer_name"]) == (invoice["total_amount"], name)
    assert invoice["customer_id"] == customers.ids[name]


@then(parsers.parse("the invoice is found with {names} only"))
def _(customers: Customers, names: str) -> None:
    _found_with(customers, *(name.strip('"') for name in names.split(" and ")))


@then("the invoice is found with each of the three")
def _(customers: Customers) -> None:
    _found_with(customers, *customers.ids)


def _found_with(customers: Customers, *names: str) -> None:
    """In the lists, in the open items, in the portal, and in its account."""
    api = customers.story.world.api
    for name, id in customers.ids.items():
        count, portal = int(name in names), f"/portal/customers/{id}"
        for path in ("/quotes", "/orders", "/invoices", "/receivables/open-items"):
            assert len(api.get(path, customer_id=id)["items"]) == count, (name, path)
        for path in ("/quotes", "/orders", "/invoices"):
            assert len(api.get(portal + path)["items"]) == count, (name, path)
        assert len(api.get(portal)["account"]) == count, name


@then(parsers.parse('the portal of each of the three is "{name}"\'s'))
def _(customers: Customers, name: str) -> None:
    shown = [customers.story.world.api.get(f"/portal/customers/{id}")["name"] for id in customers.ids.values()]
    assert shown == [name] * 3


@when(parsers.parse('"{name}" is merged into "{other}"'))
def _(customers: Customers, name: str, other: str) -> None:
    customers.story.tries(f"/customers/{customers.ids[name]}/merge", {"into": customers.ids[other]})


@when(parsers.parse('"{name}" is unmerged'))
def _(customers: Customers, name: str) -> None:
    customers.story.tries(f"/customers/{customers.ids[name]}/unmerge")


@then(parsers.parse('"{name}" is a possible duplicate of "{other}"'))
def _(customers: Customers, name: str, other: str) -> None:
    assert customers.names(other, "possible_duplicates") == [name]
    assert customers.names(name, "possible_duplicates") == [other]


@then(parsers.parse('"{name}" is none of "{other}"'))
def _(customers: Customers, name: str, other: str) -> None:
    assert name not in customers.names(other, "possible_duplicates")


@then(parsers.parse('there is no possible duplicate of "{name}" any more'))
def _(customers: Customers, name: str) -> None:
    assert customers.names(name, "possible_duplicates") == []


@then(parsers.parse('the first quote\'s buyer is "{first}", the second\'s is "{second}"'))
def _(customers: Customers, first: str, second: str) -> None:
    assert [_buyer(customers, quote) for quote in customers.quotes] == [first, second]


@then(parsers.parse('the second quote\'s buyer is "{name}"'))
def _(customers: Customers, name: str) -> None:
    assert _buyer(customers, customers.quotes[-1]) == name


@then(parsers.parse('"{name}" is an alias of "{other}"'))
def _(customers: Customers, name: str, other: str) -> None:
    assert name in customers.names(other, "aliases")
    assert customers.view(name)["customer"]["state"] == "merged"
    assert customers.view(name)["available_actions"] == ["unmerge"]


def _buyer(customers: Customers, quote: str) -> str:
    return str(customers.story.world.api.get(f"/quotes/{quote}")["document"]["buyer_name"])


@drawn(st.text(), st.sampled_from(["", " GmbH", ", Inc.", " & Co. KG", " s.r.o."]))
def test_case_accents_and_legal_form_do_not_tell_companies_apart(name: str, form: str) -> None:
    matched = matching_name(f"{name} Nord {form}")
    assert matched == matching_name(f"{name} NÖRD".replace("Ö", "O"))
    assert matching_name(matched) in (matched, matching_name(matched))
