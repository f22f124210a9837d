"""Where personal data is, and who may see it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from psycopg.conninfo import conninfo_to_dict
from pytest_bdd import given, parsers, scenarios, then, when

from domain.identity import Role
from features.api import Api, Json, SetClock, running_api
from features.billing.conftest import by_hand
from features.privacy.people import found_by, signed_in, system_of
from features.privacy.words import Search, Words, in_files, logged
from features.world import Story
from infrastructure.database import connect_sync
from infrastructure.proofs.bundles import write_bundle
from infrastructure.proofs.keys import signer_of, signing_key
from infrastructure.proofs.reading import log_name
from infrastructure.proofs.sealer import Sealer
from infrastructure.proofs.sink import Sink
from infrastructure.servers.postgres import SUPERUSER, Cluster
from infrastructure.settings import Settings

scenarios("sealing.feature")

PHONE = "+49 221 5550123"


@pytest.fixture
def kept() -> dict[str, Any]:
    """What a step leaves for the next."""
    return {}


@given("a deal whose every personal text is a word that is found nowhere else", target_fixture="customer_name")
def whole_deal(story: Story, words: Words, caplog: pytest.LogCaptureFixture) -> str:
    caplog.set_level(logging.DEBUG)
    api, world = story.world.api, story.world
    name = f"Zqcompany{os.urandom(6).hex()}X"
    contact = {"name": words("name"), "email": f"{words('mail')}@x.example", "phone": PHONE}
    body = {"name": name, "address": {"country_code": "DE"}, "contacts": [contact], "vat_id": words.vat_number()}
    world.customer = api.done("/customers", body).id
    api.done(f"/customers/{world.customer}/add-contact", {"contact": {"name": words("second")}})
    _talk(story, words)
    quote = _agree(story, words)
    _invoice_to_nobody_known(story, words)
    words.answers = [
        api.post("/customers", {"name": words("refused"), "address": {}}),
        api.post(f"/customers/{world.customer}/add-contact", {"contact": {"name": words("odd"), "mail": words("odd")}}),
        api.post(f"/quotes/{quote}/decline", {"reason": words("late")}),
        api.query(f"/customers/{words('path')}"),
    ]
    api.get(f"/support/customers/{world.customer}")
    api.get(f"/history/{world.customer}")
    return name


def _agree(story: Story, words: Words) -> str:
    """A quote that was accepted, and handed over with questions; money comes in."""
    api, world = story.world.api, story.world
    quote = world.sent_quote()
    evidence = {
        "consent_text": "We order.",
        "accepted_by": words("acceptor"),
        "identified_by": "e-mail",
        "address": words("address"),
        "user_agent": words("agent"),
    }
    world.accept(quote, evidence=evidence)
    (item,) = api.get("/pipeline/hand-overs")["items"]
    hand_over = item["hand_over_id"]
    api.done(f"/hand-overs/{hand_over}/return", {"question": words("question")})
    api.done(f"/hand-overs/{hand_over}/answer", {"answer": words("answer")})
    world.pay("100.00", words("remittance"))
    api.query("/support/find", q=words("sought"))
    return quote


def _invoice_to_nobody_known(story: Story, words: Words) -> None:
    """A person whom a one-time customer stands for."""
    api = story.world.api
    customer = api.done("/customers", {"name": "Walk-ins", "address": {"country_code": "DE"}, "one_time": True}).id
    address = {"country_code": "DE", **{line: words(line) for line in ("street", "city", "subdivision")}}
    buyer = {"name": words("buyer"), "address": {**address, "post_code": words("code")}, "vat_id": words.vat_number()}
    api.done("/invoices", by_hand(story, customer_id=customer, buyer=buyer))


def _talk(story: Story, words: Words) -> None:
    """What people do and say about the customer."""
    api = story.world.api
    subject = {"kind": "customer", "id": story.world.customer}
    doing = {"kind": "call", "subject": subject, "summary": words("summary"), "notes": words("notes")}
    task = api.done("/activities/planned", {**doing, "with_whom": words("whom"), "due_date": "2026-04-30"}).id
    api.done(f"/activities/{task}/complete", {"outcome": words("outcome")})
    comment = api.done("/comments", {"subject": subject, "body": words("comment")}).id
    api.done(f"/comments/{comment}/edit", {"body": words("edited")})


@when("the database has written everything to its disk")
def checkpointed(cluster: Cluster) -> None:
    with connect_sync(cluster.url("postgres", SUPERUSER), None, "test") as connection:
        connection.execute("CHECKPOINT")


@then("the customer's name is in its files, and none of the words is, however encoded")
def nowhere(cluster: Cluster, database_url: str, customer_name: str, words: Words) -> None:
    assert in_files(cluster, database_url, [customer_name, *words.used]) == {customer_name}


@then("none of the words is in a dump of the database")
def not_dumped(cluster: Cluster, database_url: str, customer_name: str, words: Words) -> None:
    name = str(conninfo_to_dict(database_url)["dbname"])
    dumped = cluster.account.run([cluster.bin / "pg_dump", "--dbname", cluster.url(name, SUPERUSER)])
    assert dumped.returncode == 0, dumped.stderr
    dump = dumped.stdout
    assert customer_name in dump or customer_name.encode().hex() in dump
    assert Search(words.used)(dump.encode()) == set()


@then("none of the words is in a bundle, in the metrics, in the logs or in what was refused")
def nowhere_else(
    story: Story, database_url: str, tmp_path: Path, words: Words, caplog: pytest.LogCaptureFixture
) -> None:
    log, bundle = log_name(database_url), tmp_path / "bundle.zip"
    signer, sink = signer_of(signing_key(Settings()), log), Sink(tmp_path / "checkpoints.jsonl")
    asyncio.run(Sealer(database_url, signer, sink).seal())
    write_bundle(database_url, sink, signer.verifier, bundle, lambda *_: None)
    with ZipFile(bundle) as files:
        told = [files.read(name) for name in files.namelist()]
    told += [answer.content for answer in words.answers]
    told += [story.world.api.query("/metrics").content, logged(caplog)]
    assert all(not answer.is_success for answer in words.answers)
    assert Search(words.used)(b"\n".join(told)) == set()


@given(parsers.parse('a customer with the contact "{name}", reached at "{email}"'))
def customer_with(story: Story, name: str, email: str) -> None:
    contact = {"name": name, "email": email, "phone": PHONE}
    story.world.api.done(f"/customers/{story.world.customer}/add-contact", {"contact": contact})


@when("sales looks at the customer")
def looks(story: Story) -> None:
    token = signed_in(story.world.api, "sally", Role.SALES_OPERATIONS)
    story.response = story.world.api.client.get(
        f"/customers/{story.world.customer}",
        params={"after": story.world.api.position},
        headers={"Authorization": token},
    )


@when(parsers.parse('the contact "{name}" is reached at "{email}"'))
def reached_at(story: Story, name: str, email: str) -> None:
    customer_with(story, name, email)
    looks(story)


@then(parsers.parse('the contact is "{name}", reached at "{email}"'))
def contact_is(story: Story, name: str, email: str) -> None:
    assert story.response is not None
    contacts = [each for each in story.response.json()["contacts"] if each["name"] == name]
    assert contacts == [{"name": name, "email": email, "phone": PHONE}]


@when(parsers.parse('compliance looks at its history as "{name}" was added'))
def history(story: Story, kept: dict[str, Any], name: str) -> None:
    token = signed_in(story.world.api, "cora", Role.COMPLIANCE)
    headers = {"Authorization": token, "Q2C-Purpose": "CASE-7"}
    answer = story.world.api.client.get(f"/history/{story.world.customer}", headers=headers)
    kept["told"] = answer.text


@then(parsers.parse('what happened names "{name}"'))
def names(kept: dict[str, Any], name: str) -> None:
    assert name in kept["told"]
    assert "sealed:" not in kept["told"]


@when(parsers.parse('finance and an analyst look at a payment on which "{name}" stands'))
def look_at_payment(story: Story, kept: dict[str, Any], name: str) -> None:
    api = story.world.api
    payment = story.world.pay("100.00", name).id
    for login, role in (("fin", Role.FINANCE), ("anna", Role.ANALYST)):
        headers = {"Authorization": signed_in(api, login, role)}
        answer = api.client.get(f"/payments/{payment}", params={"after": api.position}, headers=headers)
        kept[login] = answer.json()["payment"]["remittance_information"]


@then(parsers.parse('finance reads "{name}", and the analyst "{word}"'))
def read(kept: dict[str, Any], name: str, word: str) -> None:
    assert (kept["fin"], kept["anna"]) == (name, word)


@then(parsers.parse('support finds the customer by "{first}", "{second}" and "{third}"'))
def found(story: Story, first: str, second: str, third: str) -> None:
    on = {text: [(hit["id"], hit["matched_on"]) for hit in found_by(story, text)] for text in (first, second, third)}
    customer = story.world.customer
    assert on == {first: [(customer, "email")], second: [(customer, "contact")], third: [(customer, "phone")]}


@then(parsers.parse('support finds nobody by "{first}" and "{second}"'))
def not_found(story: Story, first: str, second: str) -> None:
    assert [found_by(story, first), found_by(story, second)] == [[], []]


def sealed_texts(api: Api, aggregate: str) -> list[str]:
    """As the log holds them."""
    assert api.client.portal is not None
    events = api.client.portal.call(partial(system_of(api).log.events_of, UUID(aggregate)))
    return [text for event in events for text in re.findall(r'sealed:[^"]+', event.state.decode())]


@when(parsers.parse('somebody writes what the log holds of "{name}" into the reason of a command'))
def writes(story: Story, name: str) -> None:
    sealed = sealed_texts(story.world.api, story.world.customer)[0]
    quote = story.world.sent_quote()
    story.tries(f"/quotes/{quote}/decline", {"reason": f"see {sealed}"})


@then(parsers.parse('it is refused as "{code}"'))
def refused_as(story: Story, code: str) -> None:
    assert story.problem()["code"] == code


@when(parsers.parse('the contact "{name}" is added twice under one key'))
def twice(story: Story, kept: dict[str, Any], name: str) -> None:
    path, body = f"/customers/{story.world.customer}/add-contact", {"contact": {"name": name}}
    kept["answers"] = [story.world.api.post(path, body, key="one key").json() for _ in range(2)]


@then("it is done once")
def once(kept: dict[str, Any]) -> None:
    first, second = kept["answers"]
    assert first == second


@when(parsers.parse('the contact "{name}" is added under that key'))
def another(story: Story, name: str) -> None:
    story.tries(f"/customers/{story.world.customer}/add-contact", {"contact": {"name": name}}, key="one key")


@when("the key-encryption key is replaced 3 times while contacts are added")
def replaced(story: Story, kept: dict[str, Any]) -> None:
    api, portal = story.world.api, story.world.api.client.portal
    assert portal is not None
    kept["names"] = [f"Person {number}" for number in range(30)]
    customers = [story.world.customer, *(api.done("/customers", _customer(each)).id for each in range(4))]
    rotations = []
    for number, name in enumerate(kept["names"]):
        if number % 10 == 5:
            rotations.append(portal.start_task_soon(system_of(api).vault.rotate))
        api.done(f"/customers/{customers[number % 5]}/add-contact", {"contact": {"name": name}})
    assert sorted(rotation.result() for rotation in rotations) == [1, 2, 3]
    kept["customers"] = customers


def _customer(number: int) -> Json:
    return {"name": f"Customer {number}", "address": {"country_code": "DE"}}


@then("every contact can be read")
def all_read(story: Story, kept: dict[str, Any]) -> None:
    api = story.world.api
    system_of(api).vault.forget()
    told = [api.get(f"/customers/{customer}")["contacts"] for customer in kept["customers"]]
    assert sorted(set(kept["names"]) - {each["name"] for contacts in told for each in contacts}) == []


@then("only the newest version of the key-encryption key is left")
def newest(key_file: Path) -> None:
    assert list(json.loads(key_file.read_text())) == ["4"]
    assert key_file.stat().st_mode & 0o077 == 0


@when("the service starts with another folder for its keys", target_fixture="elsewhere")
def restarted(
    story: Story, database_url: str, clock: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    other = tmp_path / "other" / "key-encryption-key.json"
    monkeypatch.setenv("Q2C_KEY_ENCRYPTION_KEY", str(other))
    with running_api(database_url, clock) as api:
        story.world.api = api
        yield other


@when("a contact is added")
def one_more(story: Story) -> None:
    story.tries(f"/customers/{story.world.customer}/add-contact", {"contact": {"name": "Ola"}})


@then("nothing was made in that folder")
def nothing_made(elsewhere: Path) -> None:
    assert not elsewhere.exists()
