"""Any read model as of any past position is, row for row, what it was then; and so are the answers of its queries.

`Q2C_FULL=1 pytest features/history/test_past.py -s` asks for 50 positions.
"""

from __future__ import annotations

import asyncio
import csv
import json
import os
import random
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx2 import Response
from psycopg.sql import SQL, Identifier
from typer.testing import CliRunner, Result

from features.api import Api, Json, SetClock
from features.house.processes import eventually
from features.invariants.story import SEED, tell
from features.operating.poison import poison
from features.projecting.working import runner
from features.rest.shop import Shop, interrupted
from features.world import World
from infrastructure.backup import backup
from infrastructure.database import Role, connect
from infrastructure.event_log import EventLog
from infrastructure.projecting import past, read_models, schemas, scratch
from infrastructure.projecting.past import AT_ONCE, Past, PastInTheMaking
from infrastructure.projecting.schemas import TableHash
from infrastructure.wiring import System
from interfaces.cli import application

COMMANDS, QUESTIONS = (60, 50) if os.environ.get("Q2C_FULL") else (8, 6)
ROUTES = ("/quotes", "/contracts", "/orders", "/invoices", "/credit-notes", "/payments", "/customers")

Hashes = dict[str, dict[str, TableHash]]
_LONG_AGO = SQL("comment on schema {} is '2001-01-01 00:00:00+00'")
SCRATCH = "select nspname from pg_namespace where nspname like '%\\_\\_as\\_of\\_%' order by 1"


class Noting(Api):
    """A user after each of whose commands it is noted what every read model holds, and what queries answer."""

    hashes: dict[int, Hashes]
    answers: dict[int, dict[str, Json]]
    database_url: str

    @classmethod
    def instead_of(cls, api: Api, database_url: str) -> Noting:
        """The same user."""
        noting = cls(api.client, api.clock, api.actor)
        noting.hashes, noting.answers, noting.database_url = {}, {}, database_url
        return noting

    def post(self, path: str, body: Json, *, key: str | None = None, if_match: str = "*", **headers: str) -> Response:
        """See `Api.post`."""
        response = super().post(path, body, key=key, if_match=if_match, **headers)
        if response.is_success:
            position, found = portal(self, _hashes_now, system(self), self.database_url)
            self.hashes[position] = found
            self.answers[position] = {route: self.client.get(route).json() for route in ROUTES}
        return response


async def _hashes_now(of: System, database_url: str) -> tuple[int, Hashes]:
    """Nobody else writes: once they are at the head, that is where they stay."""
    head = await of.log.head()
    for name in read_models():
        await of.positions.reached(name, head, 30.0)
    async with await connect(database_url, Role.READER, "feature") as connection:
        return head, {name: await schemas.table_hashes(connection, name) for name in read_models()}


@pytest.fixture
def noting(api: Api, database_url: str) -> Noting:
    return Noting.instead_of(api, database_url)


@pytest.fixture
def shop(noting: Noting, database_url: str, clock: SetClock) -> Iterator[Shop]:
    with interrupted(database_url, clock) as api:
        yield Shop(World.made(noting), api)


def test_a_read_model_as_of_a_past_position_is_what_it_was_then(shop: Shop, noting: Noting) -> None:
    tell(shop, COMMANDS)
    chance = random.Random(SEED)
    asked = chance.sample(sorted(noting.hashes), min(QUESTIONS, len(noting.hashes)))
    assert len(asked) == QUESTIONS
    for position in asked:
        found = portal(noting, _hashes_of_the_past, system(noting).past, position)
        differing = {name: tables for name, tables in found.items() if tables != noting.hashes[position][name]}
        assert differing == {}, position
    for position in asked[:5]:
        then = {route: noting.client.get(route, params={"position": position}).json() for route in ROUTES}
        assert then == noting.answers[position], position
    print(f"{QUESTIONS} positions of {max(noting.hashes)}, {len(read_models())} read models each: rows are the same")


async def _hashes_of_the_past(of: Past, position: int) -> Hashes:
    names = list(read_models())
    return dict(zip(names, await asyncio.gather(*(of.hashes(name, position) for name in names)), strict=True))


def test_what_was_asked_for_is_kept_but_not_for_ever(world: World, database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log:
            asked, head = Past(log, database_url, read_models()), await log.head()
            await asyncio.gather(*(asked.made("directory", head) for _ in range(20)))
            assert await _scratch(database_url) == [f"directory__as_of_{head}"]
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(scratch, "KEPT", 3)
                for position in range(5):
                    await asked.made("directory", position)
            assert await _scratch(database_url) == [f"directory__as_of_{position}" for position in (2, 3, 4)]
            await asked.aclose()

    asyncio.run(feature())


def test_who_is_impatient_is_told_how_far_it_is_and_finds_it_later(world: World, database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log:
            asked, head = Past(log, database_url, read_models()), await log.head()
            with pytest.raises(PastInTheMaking, match=rf"documents as of {head}: 0 of {head} events"):
                await asked.reader_for("documents", head, 0)
            await asked.reader_for("documents", head)
            await asked.aclose()

    asyncio.run(feature())


def test_what_was_begun_by_one_who_died_is_gone_on_with(world: World, database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log:
            model, head = read_models()["directory"], await log.head()
            first = Past(log, database_url, read_models())
            async with await schemas.projector(database_url) as connection:
                await schemas.create(connection, model, f"directory__as_of_{head}")
            live = await _rows(database_url, "directory")
            assert await first.hashes("directory", head) == live
            await first.aclose()

    asyncio.run(feature())


def test_what_is_made_waits_for_nothing_that_is_being_made(world: World, database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log:
            asked, head = Past(log, database_url, read_models()), await log.head()
            made = await asked.made("directory", head)
            async with AsyncExitStack() as busy:
                for _ in range(AT_ONCE):
                    await busy.enter_async_context(asked._at_once)
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(past, "MOST_WAITING", 0)
                    assert await asked.made("directory", head, 0) == made
                    with pytest.raises(PastInTheMaking):
                        await asked.made("directory", head - 1)
            await asked.aclose()

    asyncio.run(feature())


def test_a_reader_trusts_no_name(world: World, database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log:
            asked, head = Past(log, database_url, read_models()), await log.head()
            reader = await asked.reader_for("directory", head)
            assert await reader.row(int, "select count(*)::integer from products") == 2
            async with await schemas.projector(database_url) as connection:
                await schemas.create(connection, read_models()["directory"], f"directory__as_of_{head}")
            with pytest.raises(PastInTheMaking, match=f"0 of {head} events"):
                await reader.row(int, "select count(*)::integer from products")
            await asked.aclose()

    asyncio.run(feature())


def test_what_nobody_asks_for_is_dropped_by_the_worker_and_in_no_backup(database_url: str, tmp_path: Path) -> None:
    async def feature() -> None:
        model = read_models()["directory"]
        async with await schemas.projector(database_url) as connection, EventLog(database_url) as log:
            for position in range(3):
                await schemas.create(connection, model, scratch.name_of(model, position))
            await scratch.note_use(connection, scratch.name_of(model, 0))
            for position in (1, 2):
                await connection.execute(_LONG_AGO.format(Identifier(scratch.name_of(model, position))))
            await asyncio.to_thread(backup, database_url, tmp_path / "backup")
            assert b"directory__as_of_" not in (tmp_path / "backup").read_bytes()
            async with schemas.alone(connection, scratch.name_of(model, 2)), runner(log, database_url, model):
                await asyncio.to_thread(eventually, lambda: len(_now(database_url)) == 2, "the worker has tidied up")
            assert await _scratch(database_url) == [scratch.name_of(model, position) for position in (0, 2)]

    asyncio.run(feature())


def test_a_past_that_cannot_be_made_is_a_problem_that_says_so(world: World, database_url: str) -> None:
    position = max(poison(database_url, uuid4(), "crm.Customer.Registered", b"{") for _ in range(60))
    answer = world.api.client.get("/customers", params={"position": position})
    assert (answer.status_code, answer.json()["code"]) == (503, "past_cannot_be_made")
    assert int(answer.headers["Retry-After"]) > 0


def test_the_past_does_not_wait_for_what_is_to_come(world: World) -> None:
    answer = world.api.client.get("/customers", params={"position": 1, "after": 2})
    assert (answer.status_code, answer.json()["code"]) == (422, "parameter_invalid")


def test_the_past_is_written_to_files_that_spreadsheets_take_for_data(
    world: World, database_url: str, tmp_path: Path
) -> None:
    world.api.done("/products", {"sku": "=1+1", "name": "@SUM(A1)"})
    head = portal(world.api, system(world.api).log.head)
    said = _past("directory", "--as-of", str(head), "--export", str(tmp_path), "--json", database_url=database_url)
    tables = json.loads(said.output)["tables"]
    assert tables["products"]["rows"] == 3
    with (tmp_path / "products.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["sku"]: row["name"] for row in rows}["'=1+1"] == "'@SUM(A1)"
    earlier = _past(
        "directory", "--as-of", str(head - 1), "--export", str(tmp_path), "--format", "jsonl", database_url=database_url
    )
    assert "products" in earlier.output
    lines = (tmp_path / "products.jsonl").read_text().splitlines()
    assert {json.loads(line)["sku"] for line in lines} == {"LAMP", "CARE"}


def test_what_cannot_be_made_is_said_in_a_line(world: World, database_url: str) -> None:
    assert "there is no read model 'orders'" in _past("orders", "--as-of", "1", database_url=database_url).output
    said = _past("sales", "--as-of", "999999", database_url=database_url)
    assert "There is no position 999999 yet" in str(said.exception)


def _past(*words: str, database_url: str) -> Result:
    env = {"DATABASE_URL": database_url, "COLUMNS": "200"}
    return CliRunner().invoke(application(), ["projection", "past", *words], env=env)


async def _scratch(database_url: str) -> list[Any]:
    async with await connect(database_url, Role.READER, "feature") as connection:
        return [row[0] for row in await (await connection.execute(SCRATCH)).fetchall()]


def _now(database_url: str) -> list[Any]:
    return asyncio.run(_scratch(database_url))


async def _rows(database_url: str, schema: str) -> dict[str, TableHash]:
    async with await connect(database_url, Role.READER, "feature") as connection:
        return await schemas.table_hashes(connection, schema)


def system(api: Api) -> System:
    """What the interface runs on."""
    assert isinstance(api.client.app, FastAPI)
    found: System = api.client.app.state.system
    return found


def portal(api: Api, what: Any, *arguments: Any) -> Any:
    """Do it in the interface's own event loop."""
    assert api.client.portal is not None
    return api.client.portal.call(what, *arguments)
