"""What every feature may ask for: above all a migrated database of its own on a real Postgres.

One Postgres serves a whole test run, its parallel workers included; the last of them stops it.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher
from psycopg import sql
from pytest_bdd import given, parsers, then, when

from features.api import Api, SetClock, running_api
from features.run_folder import COPYING, RUN_FOLDER
from features.world import Story, World
from infrastructure.credentials import passwords
from infrastructure.database import Role
from infrastructure.event_log import EventLog
from infrastructure.migrate import migrate
from infrastructure.projecting import read_models
from infrastructure.projecting.rebuilding import prepare
from infrastructure.servers.postgres import OWNER, SUPERUSER, Cluster, running
from infrastructure.servers.watchdog import locked

TEMPLATE = "template_q2c"
os.environ.setdefault("Q2C_CREDENTIALS_KEY", str(RUN_FOLDER / "credentials-key"))
# Names of databases are unique in the run: each worker counts for itself.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
NUMBERS = itertools.count(1)


REQUIREMENTS = {"Q2C": 10, "FC": 10, "FS": 7, "L2C": 4, "OC": 5, "CARD": 5}
"""How many requirements of each kind there are: `Q2C-1` to `Q2C-10`, and so on."""


def pytest_configure(config: pytest.Config) -> None:
    """Scenarios are tagged with the requirements that they show; what they seal is sealed with a key of this run."""
    os.environ.setdefault("Q2C_KEY_ENCRYPTION_KEY", str(RUN_FOLDER / "keys" / "key-encryption-key.json"))
    for kind, last in REQUIREMENTS.items():
        for number in range(1, last + 1):
            config.addinivalue_line("markers", f"{kind}-{number}: shows this requirement")


def pytest_collection_finish() -> None:
    """What is loaded by now stays: nobody looks through it for garbage again and again."""
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the run's folder when all of its workers have ended."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(RUN_FOLDER, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Passwords are hashed for next to nothing: a minute of each run would go into that. What it really costs,
    `identity/test_wrong_passwords.py` is about; at full size it is what it is."""
    with pytest.MonkeyPatch.context() as patch:
        if not os.environ.get("Q2C_FULL"):
            patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """A folder of the whole run, which the user that Postgres runs as can reach, unlike pytest's own."""
    RUN_FOLDER.mkdir(exist_ok=True)
    RUN_FOLDER.chmod(0o711)
    return RUN_FOLDER


@pytest.fixture
def state() -> Iterator[Path]:
    """An empty state folder, for a test that starts servers of its own."""
    folder = Path(tempfile.mkdtemp(prefix="q2c-state-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cluster(run_folder: Path) -> Iterator[Cluster]:
    """The Postgres of this run, with a migrated template database."""
    with running(run_folder) as cluster:
        with locked(run_folder / "template"), administration(cluster) as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", (TEMPLATE,)).fetchone() is None:
                create(connection, TEMPLATE, "template1")
                migrate(cluster.url(TEMPLATE))
                asyncio.run(prepared(cluster.url(TEMPLATE)))
        yield cluster


@pytest.fixture(scope="session")
def administrator(cluster: Cluster) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection of the one who makes databases and removes them."""
    with administration(cluster) as connection:
        yield connection


@pytest.fixture
def database_url(cluster: Cluster, administrator: psycopg.Connection[tuple[object, ...]]) -> Iterator[str]:
    """A migrated database with nothing in it, for one test."""
    name = f"{WORKER}_{next(NUMBERS)}"
    clone(administrator, name)
    yield cluster.url(name)
    administrator.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


async def prepared(url: str) -> None:
    """Every read model there, empty, so that no test waits for their tables."""
    async with EventLog(url) as log:
        for model in read_models().values():
            await prepare(model, log, url)


def administration(cluster: Cluster) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(cluster.url("postgres", SUPERUSER), autocommit=True)


def create(connection: psycopg.Connection[tuple[object, ...]], name: str, template: str) -> None:
    made = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY {}")
    connection.execute(made.format(*map(sql.Identifier, (name, template, OWNER, COPYING))))


def clone(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """A migrated database of that name; what is granted on a database itself is not cloned with it."""
    create(connection, name, TEMPLATE)
    granted = sql.SQL("GRANT CREATE ON DATABASE {} TO {}")
    connection.execute(granted.format(sql.Identifier(name), sql.Identifier(Role.PROJECTOR)))


@pytest.fixture
def clock() -> SetClock:
    """Monday 2 March 2026, 10:00 in Berlin, until the test moves it."""
    return SetClock()


@pytest.fixture
def api(database_url: str, clock: SetClock) -> Iterator[Api]:
    """The REST interface over an empty database."""
    with running_api(database_url, clock) as api:
        yield api


@pytest.fixture
def world(api: Api) -> World:
    """A seller, a customer, products and prices."""
    return World.made(api)


@pytest.fixture
def story(world: World) -> Story:
    """What has happened so far in this scenario."""
    return Story(world)


@given(parsers.parse("a sent quote for {quantity} lamps"))
def sent_quote(story: Story, quantity: str) -> None:
    story.quote = story.world.sent_quote([("LAMP", quantity)])


@given(parsers.parse("an order for {quantity} lamps"))
def placed_order(story: Story, quantity: str) -> None:
    sent_quote(story, quantity)
    story.world.accept(story.quote)
    story.order = story.world.the_only("/orders")["document"]["document_id"]


@given(parsers.parse("an issued invoice for {quantity} lamps"))
def issued_invoice(story: Story, quantity: str) -> None:
    placed_order(story, quantity)
    story.world.api.done(f"/orders/{story.order}/fulfil")
    story.invoice = story.world.the_only("/invoices")["document"]["document_id"]


@when(parsers.parse("{days:d} days pass"))
def days_pass(clock: SetClock, days: int) -> None:
    clock.pass_days(days)


@then(parsers.parse('it is refused as "{code}" by rule {rule}'))
def refused_by_rule(story: Story, code: str, rule: str) -> None:
    problem = story.problem()
    assert (problem["code"], problem["rule"]) == (code, rule)


@then(parsers.parse('it is refused as "{code}"'))
def refused(story: Story, code: str) -> None:
    assert story.problem()["code"] == code


@then(parsers.parse("the status code is {status:d}"))
def status_code(story: Story, status: int) -> None:
    assert story.response is not None
    assert story.response.status_code == status, story.response.text


@then(parsers.parse('the {kind} is "{state}"'))
def state_of(story: Story, kind: str, state: str) -> None:
    assert story.document(kind)["state"] == state


@then(parsers.parse('the {kind}\'s {field} is "{value}"'))
def field_of(story: Story, kind: str, field: str, value: str) -> None:
    assert str(story.document(kind)[field.replace(" ", "_")]) == value


@given(parsers.parse("the rate is {rate} from {day} on"))
@when(parsers.parse("the rate is {rate} from {day} on"))
def another_rate(story: Story, rate: str, day: str) -> None:
    rows = [("19", "2007-01-01"), (rate, day)]
    table = [{"jurisdiction": "DE", "category": "S", "rate": each, "valid_from": since} for each, since in rows]
    story.world.api.done(f"/legal-entities/{story.world.seller}/set-tax-rates", {"tax_rates": table})
