"""Erasure of personal data, as those who ask for it, approve it and carry it out see it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from domain.privacy import DataSubject
from domain.shared.refusal import Refusal
from features.api import NOBODY, Json, SetClock
from features.billing.conftest import by_hand
from features.house.processes import environment, q2c
from features.privacy.people import erase, personal_data, system_of
from features.privacy.words import Search, Words, in_files, in_valkey, logged
from features.world import Story
from infrastructure import erasing
from infrastructure.database import connect_sync
from infrastructure.event_log import LogBusy, exclusive
from infrastructure.proofs.checkpoints import CheckpointRefused
from infrastructure.proofs.keys import signer_of, signing_key
from infrastructure.proofs.reading import log_name
from infrastructure.proofs.sealer import Sealer
from infrastructure.proofs.sink import Sink
from infrastructure.servers import valkey
from infrastructure.servers.postgres import SUPERUSER, Cluster
from infrastructure.servers.valkey import Valkey
from infrastructure.settings import Settings

scenarios("erasing.feature")

MANY = 200 if os.environ.get("Q2C_FULL") else 10
COPY = "SELECT subject, class, version, wrapped, wrapped_by, made_at, destroyed_at FROM vault.keys"
PUT_BACK = """
    INSERT INTO vault.keys (subject, class, version, wrapped, wrapped_by, made_at, destroyed_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s)"""


@dataclass
class Customers:
    """Whose data there is, and what became of it."""

    story: Story
    ids: dict[str, str] = field(default_factory=dict)
    quotes: dict[str, str] = field(default_factory=dict)
    invoices: dict[str, str] = field(default_factory=dict)
    """To unregistered buyers, each erased with the customer of that name."""
    words: dict[str, list[str]] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    position: int = 0
    outcome: Any = None
    certificate: str = ""
    keys: list[tuple[Any, ...]] = field(default_factory=list)

    def subject(self, name: str) -> str:
        """The data subject's id."""
        return str(DataSubject.id_for(UUID(self.ids[name])))

    def told(self, name: str, **at: int) -> str:
        """Everything that the interface tells of a customer."""
        api, customer, quote = self.story.world.api, self.ids[name], self.quotes[name]
        paths = f"/history/{customer}", f"/history/{quote}", f"/customers/{customer}", f"/quotes/{quote}"
        more = [] if at else [f"/support/customers/{customer}", f"/support/customers/{customer}/timeline"]
        if invoice := self.invoices.get(name):
            more += [f"/invoices/{invoice}", f"/invoices/{invoice}/page", f"/history/{invoice}"]
        told = "\n".join(api.query(path, **at).text for path in (*paths, *more))
        return re.sub(r'"as_of":\d+', "", told)  # whatever else has happened since

    def erase(self, name: str) -> None:
        """As an operator does."""
        try:
            self.outcome = erase(self.story.world.api, self.ids[name])
        except (Refusal, LogBusy) as refusal:
            self.outcome = refusal


@pytest.fixture(autouse=True)
def server(state: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Valkey]:
    """Where the interface counts requests."""
    with valkey.running(state) as server:
        monkeypatch.setenv("REDIS_URL", server.url)
        yield server


@pytest.fixture
def customers(story: Story, monkeypatch: pytest.MonkeyPatch) -> Customers:
    """None yet; their log is looked through in many steps, as a long one is."""
    monkeypatch.setattr(erasing, "SCANNED_AT_ONCE", 7)
    return Customers(story)


@given(parsers.parse('a customer "{name}" with the contact "{contact}" and a quote that "{person}" has accepted'))
def customer(customers: Customers, name: str, contact: str, person: str) -> None:
    world = customers.story.world
    body = {"name": name, "address": {"country_code": "DE"}, "contacts": [{"name": contact}]}
    customers.ids[name] = world.api.done("/customers", body).id
    quote = customers.quotes[name] = world.sent_quote(customer_id=customers.ids[name])
    evidence = {"consent_text": "We order.", "accepted_by": person, "identified_by": "e-mail"}
    customers.position = world.accept(quote, evidence=evidence).position
    customers.before = {known: customers.told(known) for known in customers.ids}
    assert person in customers.before[name]
    assert contact in customers.before[name]


@when(parsers.parse('ann asks for the erasure of "{name}"'))
def asks(customers: Customers, name: str, actor: str = "ann") -> None:
    asked = {"customer_id": customers.ids[name], "reason": "wishes so"}
    customers.story.world.api.done("/privacy/erasures", asked, actor=actor)
    customers.outcome = name


@when(parsers.re("(?P<actor>ann|bob) approves it(?P<behalf> for ann)?"))
def approves(customers: Customers, actor: str, behalf: str | None) -> None:
    path = f"/privacy/data-subjects/{customers.subject('Nordlicht')}/approve-erasure"
    headers = {"Q2C-On-Behalf-Of": "ann"} if behalf else {}
    if behalf:
        customers.story.world.api.client.get("/whoami", headers={"As": actor})  # a user from then on
        customers.story.world.api.done("/delegations", {"to": actor}, actor="ann")
    customers.story.tries(path, None, As=actor, **headers)


@then(parsers.parse('it is refused as "{code}"'))
def refused_as(customers: Customers, code: str) -> None:
    assert customers.story.problem()["code"] == code


@given(parsers.parse('the erasure of "{name}" was asked for and approved'))
def approved(customers: Customers, name: str) -> None:
    asks(customers, name, actor="support")
    customers.story.world.api.done(f"/privacy/data-subjects/{customers.subject(name)}/approve-erasure")


@given(parsers.parse('there is a legal hold on "{name}"'))
def held(customers: Customers, name: str) -> None:
    customers.story.world.api.done("/privacy/holds", {"customer_id": customers.ids[name], "reason": "a law suit"})


@given(parsers.parse('somebody is about to place a legal hold on "{name}"'))
def about_to_hold(customers: Customers, name: str, monkeypatch: pytest.MonkeyPatch, stack: ExitStack) -> None:
    monkeypatch.setattr(exclusive, "WAIT", 0.1)
    api = customers.story.world.api
    turn = system_of(api).log.exclusive(customers.subject(name))
    assert api.client.portal is not None
    stack.enter_context(api.client.portal.wrap_async_context_manager(turn))


@when("they have done so")
def have_held(customers: Customers, stack: ExitStack) -> None:
    stack.close()
    held(customers, "Nordlicht")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What somebody has begun."""
    with ExitStack() as stack:
        yield stack


@when("the hold is lifted")
def lifted(customers: Customers) -> None:
    path = f"/privacy/data-subjects/{customers.subject('Nordlicht')}/lift-hold"
    customers.story.world.api.done(path, {"reason": "the law suit is over"})


@when(parsers.parse('the operator erases "{name}"'))
def erased(customers: Customers, name: str) -> None:
    customers.erase(name)


@then(parsers.parse("the operator is told {what}"))
def told_why(customers: Customers, what: str) -> None:
    codes = {"that it was not approved": "NotAllowedNow", "of the hold": "OnHold"}
    codes |= {"that nobody has asked for more": "NotAllowedNow", "to try again later": "LogBusy"}
    assert type(customers.outcome).__name__ == codes[what]


@then(parsers.parse("a signed certificate tells what was destroyed and what stays until {day}"))
def certified(customers: Customers, database_url: str, day: str) -> None:
    settings = Settings()
    signer = signer_of(signing_key(settings), log_name(database_url))
    note = customers.outcome.certificate(signer)
    assert "requested by: support\napproved by: ann\n" in note
    assert "keys destroyed: profile 1\n" in note
    assert f"data of class legal, until {day}\n" in note
    signer.verifier.check(note)
    with pytest.raises(CheckpointRefused):
        signer.verifier.check(note.replace(day, "2099-12-31"))


@then(parsers.parse('"{gone}" is "[erased]" in everything that tells of "{name}", and "{kept}" is not'))
def gone_but(customers: Customers, gone: str, name: str, kept: str) -> None:
    told = customers.told(name)
    assert gone not in told
    assert "[erased]" in told
    assert kept in told


@then(parsers.parse('"{gone}" is "[erased]" in everything that tells of "{name}"'))
def gone_too(customers: Customers, gone: str, name: str) -> None:
    told = customers.told(name)
    assert gone not in told
    assert "[erased]" in told


@then(parsers.parse('nobody is found by "{name}"'))
def nobody(customers: Customers, name: str) -> None:
    assert customers.story.world.api.get("/support/find", q=name)["items"] == []


@then(parsers.parse('everything that tells of "{name}" is as it was'))
def intact(customers: Customers, name: str) -> None:
    assert customers.told(name) == customers.before[name]


@then('the history as of yesterday has "[erased]", too')
def past(customers: Customers) -> None:
    told = customers.told("Nordlicht", position=customers.position)
    assert "Ida Lund" not in told
    assert "[erased]" in told


@when(parsers.parse('ten years and a year have passed, and the operator erases "{name}" again'))
def years_later(customers: Customers, clock: SetClock, name: str) -> None:
    clock.pass_days(4_020)
    customers.erase(name)
    assert customers.outcome.legal_until is None


@then("the proofs of the whole log verify")
def verifies(database_url: str, tmp_path: Path) -> None:
    log = log_name(database_url)
    sink = Sink(tmp_path / "checkpoints.jsonl")
    asyncio.run(Sealer(database_url, signer_of(signing_key(Settings()), log), sink).seal())
    files = {"Q2C_CHECKPOINTS": str(sink.file), "Q2C_SIGNING_KEY": str(signing_key(Settings()))}
    verified = q2c("verify", env=environment(tmp_path, DATABASE_URL=database_url, **files))
    assert verified.returncode == 0, verified.stdout + verified.stderr


@given("a copy of the keys as they are now")
def copied(customers: Customers, database_url: str) -> None:
    with connect_sync(database_url, None, "test") as connection:
        customers.keys = connection.execute(COPY).fetchall()


@when("the copy of the keys is put back")
def put_back(customers: Customers, database_url: str) -> None:
    assert customers.outcome.keys
    with connect_sync(database_url, None, "test") as connection, connection.transaction():
        connection.execute("DELETE FROM vault.keys")
        for row in customers.keys:
            connection.execute(PUT_BACK, row)
    system_of(customers.story.world.api).vault.forget()


@then(parsers.parse('"{gone}" cannot be read in what tells of "{name}"'))
def unreadable(customers: Customers, gone: str, name: str) -> None:
    told = customers.told(name)
    assert gone not in told
    assert "[unreadable]" in told


@when(parsers.parse('the operator prints the personal data of "{name}"'))
def prints(customers: Customers, name: str) -> None:
    customers.outcome = personal_data(customers.story.world.api, customers.ids[name])


@then(parsers.parse('it tells of "{one}" and "{other}", and of nobody else'))
def tells_of(customers: Customers, one: str, other: str) -> None:
    told = json.dumps(customers.outcome, ensure_ascii=False)
    assert one in told
    assert other in told
    assert not [name for name in ("Eva Ruiz", "Leo Paz", "[hidden]", "sealed:") if name in told]


@when(parsers.parse('the contact "{contact}" is added to "{name}"'))
def added(customers: Customers, contact: str, name: str) -> None:
    path = f"/customers/{customers.ids[name]}/add-contact"
    customers.story.world.api.done(path, {"contact": {"name": contact}})


@then(parsers.parse('"{contact}" is a contact of "{name}", beside somebody who is "[erased]"'))
def beside(customers: Customers, contact: str, name: str) -> None:
    contacts = customers.story.world.api.get(f"/customers/{customers.ids[name]}")["contacts"]
    assert sorted(each["name"] for each in contacts) == [contact, "[erased]"]


@given("many customers and unregistered buyers with words that are found nowhere else")
def many(customers: Customers, words: Words, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    world = customers.story.world
    walk_ins = {"name": "Walk-ins", "address": {"country_code": "DE"}, "one_time": True}
    one_time = customers.ids["Walk-ins"] = world.api.done("/customers", walk_ins).id
    for number in range(MANY):
        name, used = f"Customer {number}", len(words.used)
        contacts = [{"name": words("name"), "email": f"{words('mail')}@x.example"}]
        body = {"name": name, "address": {"country_code": "DE"}, "contacts": contacts, "vat_id": words.vat_number()}
        customers.ids[name] = world.api.done("/customers", body).id
        quote = customers.quotes[name] = world.sent_quote(customer_id=customers.ids[name])
        evidence = {"consent_text": "We order.", "accepted_by": words("person"), "identified_by": "e-mail"}
        world.accept(quote, evidence=evidence)
        invoice = by_hand(customers.story, customer_id=one_time, buyer=_buyer(words))
        customers.invoices[name] = world.api.done("/invoices", invoice).id
        customers.words[name] = words.used[used:]
    customers.before = {name: customers.told(name) for name in customers.words}
    for name, told in customers.before.items():
        assert [word for word in words.used if word in told] == customers.words[name]


def _buyer(words: Words) -> Json:
    address = {"country_code": "DE", "street": words("street"), "city": words("city"), "post_code": words("code")}
    return {"name": words("buyer"), "address": address, "vat_id": words.vat_number()}


@given("refused commands with more of such words")
def refused(customers: Customers, words: Words) -> None:
    api, by_name = customers.story.world.api, customers.ids
    abroad = {"country_code": "Germany"}
    buyer = {**_buyer(words), "vat_id": words("number")}
    asked = {"login": words("login"), "password": words("password")}
    words.answers = [
        api.post("/customers", {"name": "N", "address": abroad, "contacts": [{"name": words("name")}]}),
        api.post("/customers", {"name": "N", "address": {"country_code": "DE"}, "vat_id": words("number")}),
        api.post(f"/customers/{by_name['Customer 0']}/merge", {"into": by_name["Customer 1"]}),
        api.post("/invoices", by_hand(customers.story, customer_id=by_name["Walk-ins"], buyer=buyer)),
        api.post("/invoices", by_hand(customers.story, buyer=_buyer(words))),
        api.client.post("/sessions", json=asked, headers={"As": NOBODY}),
    ]
    assert [answer.status_code // 100 for answer in words.answers] == [4] * len(words.answers)


@when("every other one of them is erased")
def half_erased(customers: Customers, clock: SetClock) -> None:
    clock.pass_days(4_020)  # the law wants nothing any more
    for name in list(customers.before)[::2]:
        approved(customers, name)
        customers.erase(name)
        assert customers.outcome.legal_until is None
        _erase_buyer(customers, customers.invoices[name])


def _erase_buyer(customers: Customers, invoice: str) -> None:
    api, customer = customers.story.world.api, customers.ids["Walk-ins"]
    body = {"customer_id": customer, "invoice_id": invoice, "reason": "wishes so"}
    subject = api.done("/privacy/erasures", body, actor="support").id
    api.done(f"/privacy/data-subjects/{subject}/approve-erasure")
    assert erase(api, invoice).legal_until is None


@then("the words of those are read nowhere, and those of the others where they were")
def half_read(customers: Customers, words: Words) -> None:
    told = {name: customers.told(name) for name in customers.before}
    for number, (name, text) in enumerate(told.items()):
        own = customers.words[name]
        assert [word for word in words.used if word in text] == ([] if number % 2 == 0 else own), name
        assert ("[erased]" in text) is (number % 2 == 0)
        assert number % 2 == 0 or len(text) == len(customers.before[name])


@then("none of the words is in the files of the database")
def not_in_files(cluster: Cluster, database_url: str, words: Words) -> None:
    with connect_sync(cluster.url("postgres", SUPERUSER), None, "test") as connection:
        connection.execute("CHECKPOINT")
    assert in_files(cluster, database_url, [*words.used, "Customer 1"]) == {"Customer 1"}


@then("none of the words is in Valkey, in the metrics, in the logs or in what was refused")
def nowhere_else(customers: Customers, server: Valkey, words: Words, caplog: pytest.LogCaptureFixture) -> None:
    told = [customers.story.world.api.query("/metrics").content, logged(caplog)]
    assert in_valkey(server, [*words.used, "q2c:queries"]) == {"q2c:queries"}
    assert all(told)
    assert Search(words.used)(b"\n".join([*told, *(answer.content for answer in words.answers)])) == set()
