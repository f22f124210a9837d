"""A business with documents in every state, and for each command something fresh that it may be done to."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from fastapi.testclient import TestClient

from application.identity import user_id
from domain.billing import Invoice
from domain.contracting import Contract
from domain.crm import HandOver
from domain.ordering import Order
from features.api import Api, Json, SetClock, SignedInAs, interface
from features.authenticators import code_of, secret_of
from features.world import World
from infrastructure.application import Application
from infrastructure.event_log import RecordedEvent
from infrastructure.vat_numbers import checked_vat_number

PASSWORD = "correct horse battery staple"
SIGNATURES = {"signatories": [{"name": "N. Licht", "side": "seller"}, {"name": "I. Müller", "side": "buyer"}]}
MONTHLY = {
    "starts_on": "2026-03-02",
    "ends_on": "2026-06-01",
    "billing_trigger": "schedule",
    "recurrence": {"rule": "monthly"},
}


class Interrupted(Application):
    """Dies between a command and what the policies make of it, each time: what they do is then left for others."""

    async def react(self, recorded: Any, envelope: Any) -> int:
        """Nothing comes of it."""
        assert all(isinstance(each, RecordedEvent) for each in recorded)
        return 0


@contextmanager
def interrupted(database_url: str, clock: SetClock) -> Iterator[Api]:
    """A second process on the same database, whose policies never come to run."""
    with interface(database_url, clock) as app, TestClient(app, client=("127.0.0.1", 50000)) as client:
        system = app.state.system
        app.state.application = Interrupted(system.log, checked_vat_number, system.policies, system.vault)
        client.auth = SignedInAs(client, "ivy")
        yield Api(client, clock, actor="ivy")


class Shop:
    """What there is to act on; every method makes something fresh and answers its id."""

    def __init__(self, world: World, interrupted: Api) -> None:
        self.world, self.api, self.interrupted = world, world.api, interrupted
        self._numbers = itertools.count(1)
        self.acting: str | None = None
        """Who acts on what is made; the same user where not said."""
        self.session: Json = {}
        """What whoever has signed in last sends."""

    def unique(self, prefix: str) -> str:
        """A text that nothing else bears."""
        return f"{prefix}{next(self._numbers)}"

    def user(self) -> str:
        """Somebody who may do little."""
        return self.api.done("/users", {"login": self.unique("user-"), "roles": ["marketing"]}).id

    def manager(self) -> str:
        """The login of somebody who leads others."""
        login = self.unique("head-")
        self.api.done("/users", {"login": login, "roles": ["sales_manager"]})
        return login

    def login(self) -> str:
        """Of somebody who may do little."""
        login = self.unique("user-")
        self.api.done("/users", {"login": login, "roles": ["marketing"]})
        return login

    def same_person(self) -> str:
        """Somebody who has another account."""
        user = self.user()
        self.api.done(f"/users/{user}/declare-same-person", {"login": self.login()})
        return user

    def delegate(self) -> str:
        """Somebody who acts on behalf of whoever acts on what is made."""
        login = self.login()
        self.api.done("/delegations", {"to": login}, actor=self.acting)
        return login

    def first_password(self) -> Json:
        """A body with which somebody new signs in and chooses a password."""
        login = self.unique("somebody-")
        user = self.api.done("/users", {"login": login, "roles": ["support"]}).id
        first = self.api.post(f"/users/{user}/reset-password", {}).json()["password"]
        return {"login": login, "password": first, "new_password": PASSWORD}

    def sign_in(self) -> str:
        """Somebody new has signed in."""
        body = self.first_password()
        token = self.api.client.post("/sessions", json=body).json()["token"]
        self.session = {"Authorization": f"Bearer {token}"}
        return str(user_id(body["login"]))

    def as_signed_in(self, path: str, body: Json) -> Json:
        """What whoever has signed in last asks for."""
        headers = {**self.session, "Idempotency-Key": self.unique("session ")}
        answer = self.api.client.post(path, json=body, headers=headers)
        assert answer.is_success, answer.text
        told: Json = answer.json()
        return told

    def code(self) -> str:
        """Of an authenticator that somebody new begins to enrol."""
        self.sign_in()
        uri = self.as_signed_in("/totp", {"password": PASSWORD})["uri"]
        return code_of(secret_of(uri), self.api.clock)

    def enrolled(self) -> str:
        """Somebody with an authenticator."""
        return str(self.as_signed_in("/totp/confirm", {"code": self.code()})["id"])

    def recovery_code(self) -> str:
        """Of somebody with an authenticator, who has signed in."""
        enrolled = self.as_signed_in("/totp/confirm", {"code": self.code()})
        return str(enrolled["recovery_codes"][0])

    def key(self) -> str:
        """The name of a key of somebody new."""
        self.sign_in()
        self.as_signed_in("/keys", {"name": "test of keys", "roles": ["support"]})
        return "test of keys"

    def given_link(self) -> Json:
        """A link to a sent quote, and its code."""
        body = {"document_kind": "quote", "document_id": self.sent(), "customer_id": self.world.customer}
        given: Json = self.api.post("/portal-links", body, key=self.unique("link ")).json()
        return given

    def link(self) -> str:
        """A link that nobody has opened."""
        return str(self.given_link()["id"])

    def customer(self, **more: str) -> str:
        """A customer."""
        return self.api.done("/customers", {"name": "Meyer", "address": {"country_code": "DE"}, **more}).id

    def opportunity(self) -> str:
        """An open opportunity without a quote."""
        return self.api.done("/opportunities", {"name": "Lamps", "close_date": "2026-04-30"}).id

    def two_stages(self) -> Json:
        """A body to define a path with."""
        first = {"name": "Contact", "forecast_category": "pipeline", "probability": "20", "asks_for": ["need"]}
        last = {"name": "Sold", "forecast_category": "closed", "probability": "100", "reached_by": "won"}
        return {"name": self.unique("Path "), "stages": [first, last]}

    def stage_path(self) -> str:
        """A path of two stages."""
        return self.api.done("/stage-paths", self.two_stages()).id

    def world_customer(self) -> Json:
        """A subject to talk about."""
        return {"kind": "customer", "id": self.world.customer}

    def task(self) -> str:
        """A planned activity."""
        body = {"kind": "task", "subject": self.world_customer(), "summary": "Call", "due_date": "2026-04-30"}
        return self.api.done("/activities/planned", body).id

    def remark(self) -> Json:
        """A body to comment with, which mentions who acts on it."""
        mentioned = [self.acting or self.api.actor, "bob"]
        return {"subject": self.world_customer(), "body": "Look!", "mentions": mentioned}

    def data_subject(self) -> str:
        """Somebody else has asked for its erasure."""
        asked = {"customer_id": self.customer(), "reason": "wishes so"}
        return self.api.done("/privacy/erasures", asked, actor="support").id

    def held_subject(self) -> str:
        """Nothing of it may be erased."""
        return self.api.done("/privacy/holds", {"customer_id": self.customer(), "reason": "a law suit"}).id

    def comment(self) -> str:
        """A comment of who acts on it."""
        return self.api.done("/comments", self.remark(), actor=self.acting).id

    def hand_over(self) -> str:
        """An order that waits for finance."""
        return str(HandOver.id_for(UUID(self.order())))

    def product(self) -> str:
        """A product that nobody quotes."""
        return self.api.done("/products", {"sku": self.unique("S"), "name": "Chair"}).id

    def price_book(self) -> str:
        """A price book without prices."""
        return self.api.done("/price-books", {"name": "Other", "currency": "EUR", "valid_from": "2026-01-01"}).id

    def legal_entity(self) -> Json:
        """A body to register one."""
        return {
            "name": "Süd AG",
            "address": {"country_code": "DE"},
            "currency": "EUR",
            "time_zone": "Europe/Berlin",
            "series_prefix": self.unique("P"),
        }

    def draft(self, **more: Any) -> str:
        """A drafted quote of two lines."""
        return self.api.done("/quotes", self.world.quote([("LAMP", "3"), ("CARE", "1")], **more)).id

    def sent(self, **more: Any) -> str:
        """A sent quote."""
        return self.world.sent_quote(**more)

    def overdue(self) -> str:
        """A sent quote whose last valid day has passed."""
        self.api.clock.pass_days(-1)
        quote = self.world.sent_quote(valid_until="2026-03-01")
        self.api.clock.pass_days(1)
        return quote

    def accepted(self, **more: Any) -> str:
        """An accepted quote that nothing came of yet."""
        quote = self.sent(**more)
        self.interrupted.done(f"/quotes/{quote}/accept", self.world.acceptance(quote))
        return quote

    def contract(self, **more: Any) -> str:
        """A drafted contract."""
        quote = self.sent(contract_terms=MONTHLY | more)
        self.world.accept(quote)
        return str(Contract.id_for(UUID(quote), 1))

    def agreed(self) -> Json:
        """What a body to write a contract or an order without a quote begins with."""
        lines = [{"product_id": self.world.products["LAMP"], "quantity": "2"}]
        who = {"seller_id": self.world.seller, "customer_id": self.world.customer}
        return {**who, "price_book_id": self.world.price_book, "lines": lines}

    def contract_by_hand(self) -> Json:
        """A body to draft a contract that follows from no quote."""
        return {**self.agreed(), "contract_terms": MONTHLY, "source_document": {"reference": "A-1", "sha256": "0" * 64}}

    def signed(self) -> str:
        """A signed contract that is not in force yet."""
        contract = self.contract()
        self.interrupted.done(f"/contracts/{contract}/sign", SIGNATURES)
        return contract

    def activated(self) -> str:
        """A contract in force that has no order yet."""
        contract = self.signed()
        self.interrupted.done(f"/contracts/{contract}/activate")
        return contract

    def active(self, **more: Any) -> str:
        """A contract in force, its order placed."""
        contract = self.contract(**more)
        self.api.done(f"/contracts/{contract}/sign", SIGNATURES)
        return contract

    def placed(self) -> str:
        """An order that is not confirmed yet."""
        quote = self.accepted()
        return self.interrupted.done("/orders", {"quote_id": quote, "revision": 1}).id

    def order(self, **more: Any) -> str:
        """A confirmed order for 3 lamps."""
        quote = self.sent(**more)
        self.world.accept(quote)
        return str(Order.id_for(UUID(quote), 1))

    def delivered(self, *, billed: bool) -> str:
        """An order delivered in full, and billed or not yet."""
        order = self.order()
        (self.api if billed else self.interrupted).done(f"/orders/{order}/fulfil")
        return order

    def announced(self) -> str:
        """A return that is authorised."""
        return self.api.done("/returns", {"order_id": self.delivered(billed=True), "reason": "broken"}).id

    def arrived(self) -> str:
        """A return that has been received."""
        rma = self.announced()
        self.api.done(f"/returns/{rma}/receive")
        return rma

    def invoice(self) -> str:
        """An issued invoice over 357.00."""
        return str(Invoice.id_for(UUID(self.delivered(billed=True)), 1))

    def by_hand(self, **more: Any) -> Json:
        """A body to draft an invoice by hand."""
        lines = [{"item_name": "Advice", "quantity": "2", "net_price": "80.00"}]
        who = {"seller_id": self.world.seller, "customer_id": self.world.customer}
        return {**who, "currency": "EUR", "lines": lines, **more}

    def held(self) -> str:
        """A held draft of an invoice."""
        return self.api.done("/invoices", self.by_hand(held=True)).id

    def payment(self) -> str:
        """A payment of 100.00 that settles nothing."""
        return self.world.pay("100.00").id

    def number_of(self, invoice: str) -> str:
        """What its payer names."""
        return str(self.api.get(f"/invoices/{invoice}")["document"]["number"])
