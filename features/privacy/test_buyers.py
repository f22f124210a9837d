"""Persons whom a one-time customer stands for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pytest_bdd import given, parsers, scenarios, then, when

from domain.identity import Role
from domain.privacy import DataSubject
from features.api import Json, SetClock
from features.billing.conftest import by_hand
from features.privacy.people import erase, personal_data, signed_in, system_of
from features.world import Story

scenarios("buyers.feature")

JEANNE = {
    "name": "Jeanne Passante",
    "address": {"country_code": "FR", "street": "12 rue Verte", "city": "Lille", "post_code": "59000"},
    "vat_id": "FR40303265045",
}
MAX = {"name": "Max Wanderer", "address": {"country_code": "DE", "city": "Kiel"}}


@dataclass
class Buyers:
    """Whom invoices name."""

    story: Story
    customer: str = ""
    hers: str = ""
    """Her invoice."""
    his: str = ""
    told: list[Json] = field(default_factory=list)

    def invoice(self, buyer: Json) -> str:
        body = by_hand(self.story, customer_id=self.customer, buyer=buyer)
        return self.story.world.api.done("/invoices", body).id

    def named(self, invoice: str) -> str:
        """Whom finance reads there."""
        return str(self.story.world.api.get(f"/invoices/{invoice}")["document"]["buyer_name"])

    def read(self, login: str, role: Role) -> tuple[str, str, str]:
        """What somebody with this role reads on her invoice."""
        api = self.story.world.api
        headers = {"Authorization": signed_in(api, login, role)}
        params = {"after": api.position}
        found = api.client.get(f"/invoices/{self.hers}", params=params, headers=headers).json()["document"]
        return found["buyer_name"], found["buyer_address"], found["buyer_vat_id"]

    def ask(self, invoice: str) -> None:
        asked = {"customer_id": self.customer, "invoice_id": invoice, "reason": "wishes so"}
        self.story.tries("/privacy/erasures", asked, As="support")


@given('an invoice to the walk-in buyer "Jeanne Passante", and one to "Max Wanderer"', target_fixture="buyers")
def invoiced(story: Story) -> Buyers:
    body = {"name": "Laufkundschaft", "address": {"country_code": "DE"}, "one_time": True}
    buyers = Buyers(story, story.world.api.done("/customers", body).id)
    buyers.hers, buyers.his = buyers.invoice(JEANNE), buyers.invoice(MAX)
    return buyers


@then(parsers.parse('finance reads "{name}" of "{address}" on her invoice, with "{number}"'))
def finance_reads(buyers: Buyers, name: str, address: str, number: str) -> None:
    assert buyers.read("fin", Role.FINANCE) == (name, address, number)


@then(parsers.parse('an analyst reads "{name}" of "{address}" there, with "{number}"'))
def analyst_reads(buyers: Buyers, name: str, address: str, number: str) -> None:
    assert buyers.read("anna", Role.ANALYST) == (name, address, number)


@then("the events of her invoice bear nothing of her in plain")
def sealed(buyers: Buyers) -> None:
    api = buyers.story.world.api
    assert api.client.portal is not None
    events = api.client.portal.call(system_of(api).log.events_of, UUID(buyers.hers))
    told = b"".join(event.state for event in events)
    assert b"sealed:1:legal:" + UUID(buyers.hers).hex.encode() in told
    assert not [word for word in (b"Jeanne", b"rue Verte", b"Lille", b"59000", b"40303265045") if word in told]


@given("her invoice was credited")
def credited(buyers: Buyers) -> None:
    api = buyers.story.world.api
    api.done("/credit-notes", {"invoice_id": buyers.hers, "reason": "sent back"})


@then(parsers.parse('support finds her invoice and its credit note by "{name}"'))
def found(buyers: Buyers, name: str) -> None:
    hits = buyers.story.world.api.get("/support/find", q=name)["items"]
    assert [(hit["kind"], hit["matched_on"]) for hit in hits] == [("credit_note", "name"), ("invoice", "name")]
    assert hits[1]["id"] == buyers.hers


@then(parsers.parse('support finds nothing by "{one}", "{other}" and "{third}"'))
def not_found(buyers: Buyers, one: str, other: str, third: str) -> None:
    api = buyers.story.world.api
    assert [api.get("/support/find", q=text)["items"] for text in (one, other, third)] == [[], [], []]


@given("her erasure was asked for, and approved by somebody else")
def approved(buyers: Buyers) -> None:
    buyers.ask(buyers.hers)
    subject = DataSubject.id_for(UUID(buyers.hers))
    buyers.story.world.api.done(f"/privacy/data-subjects/{subject}/approve-erasure")


@given("there is a legal hold on the other buyer")
def held(buyers: Buyers) -> None:
    body = {"customer_id": buyers.customer, "invoice_id": buyers.his, "reason": "a law suit"}
    buyers.story.world.api.done("/privacy/holds", body)


@when("the operator erases her", target_fixture="outcome")
def erased(buyers: Buyers) -> Any:
    return erase(buyers.story.world.api, buyers.hers)


@when("ten years and a year have passed, and the operator erases her again")
def years_later(buyers: Buyers, clock: SetClock) -> None:
    clock.pass_days(4_020)
    assert erase(buyers.story.world.api, buyers.hers).legal_until is None


@then(parsers.parse('her invoice still names "{name}", since the law wants it until {day}'))
def kept(buyers: Buyers, outcome: Any, name: str, day: str) -> None:
    assert (str(outcome.legal_until), outcome.keys) == (day, ())
    assert outcome.data_subject == f"buyer of invoice {buyers.hers}"
    assert buyers.named(buyers.hers) == name


@then(parsers.parse('her invoice names "{name}", and the other "{other}"'))
def names(buyers: Buyers, name: str, other: str) -> None:
    assert [buyers.named(invoice) for invoice in (buyers.hers, buyers.his)] == [name, other]


@when("the operator prints her personal data", target_fixture="printed")
def prints(buyers: Buyers) -> str:
    return json.dumps(personal_data(buyers.story.world.api, buyers.hers), ensure_ascii=False)


@then(parsers.parse('it tells of "{one}", "{other}" and "{third}", and not of "{nobody}"'))
def tells_of(printed: str, one: str, other: str, third: str, nobody: str) -> None:
    assert [word in printed for word in (one, other, third, nobody)] == [True, True, True, False]


@given("her invoice was billed anew", target_fixture="anew")
def billed_anew(buyers: Buyers) -> str:
    body = {"invoice_id": buyers.hers, "reason": "another purchase order", "purchase_order_reference": "PO-8"}
    return buyers.story.world.api.done("/invoices/rebill", body).id


@then(parsers.parse('her erasure by the new invoice is refused as "{code}", and the first one is named'))
def by_the_first(buyers: Buyers, anew: str, code: str) -> None:
    buyers.ask(anew)
    problem = buyers.story.problem()
    assert problem["code"] == code
    assert buyers.hers in json.dumps(problem)


@then(
    parsers.parse(
        'the erasure of a buyer of whom an invoice to a registered customer knows nothing is refused as "{code}"'
    )
)
def of_nobody(buyers: Buyers, code: str) -> None:
    story = buyers.story
    buyers.ask(story.world.api.done("/invoices", by_hand(story)).id)
    assert story.problem()["code"] == code
