"""Effects that are folded leave the rows that they would leave one after another, and are refused where those are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import AsyncConnection

from infrastructure.database import connect
from infrastructure.projecting.folding import folded
from infrastructure.sending import Sender
from projections.shared import Effect, insert, update

TABLES = """create table a (id int primary key, n int not null, sum numeric not null, name text);
    create table log (at int, text text, whole numeric)"""
STRICT = TABLES.replace("sum numeric not null", "sum numeric(6, 2) not null")
ADD = "update a set n = n + %(n)s, sum = sum + %(sum)s, name = %(name)s where id = %(id)s"
TAKE = "update a set sum = sum - %(sum)s where id = %(id)s"

ids, counts = st.integers(0, 3), st.sampled_from((0, 1, 40_000, 2_000_000_000, -7))
sums = st.sampled_from(tuple(map(Decimal, ("0.10", "2", "-3.005", "0.001", "12345678901234567890.123456789012"))))
names = st.sampled_from(("Ida", "", None, "two\nlines", "back\\slash {1,2}"))
statements = st.one_of(
    st.lists(st.builds(lambda **v: Effect(ADD, v), id=ids, n=counts, sum=sums, name=names), min_size=1),
    st.lists(st.builds(lambda **v: Effect(TAKE, v), id=ids, sum=sums), min_size=1),
    st.lists(st.builds(lambda id, **v: update("a", {"id": id}, **v), ids, n=counts, name=names), min_size=1),
    st.lists(st.builds(lambda **v: insert("log", **v), at=counts, text=names, whole=sums), min_size=1, max_size=150),
)


async def outcome(connection: AsyncConnection, definition: str, sent: Sequence[tuple[str, Any, int | None]]) -> object:
    """The rows of both tables, or None where something was refused."""
    async with connection.transaction(force_rollback=True):
        await connection.execute("create schema folding")
        await connection.execute("set local search_path to folding")
        for statement in definition.split(";"):
            await connection.execute(statement.encode())
        await connection.execute("insert into a select id, 0, 0, 'nobody' from generate_series(0, 2) as id")
        try:
            touched = await Sender.of(connection).send(connection, [(sql, values) for sql, values, _ in sent])
        except Exception:
            return None
        if any(rows not in (None, found) for (_, _, rows), found in zip(sent, touched, strict=True)):
            return None
        rows = "select 'a', a::text from a union all select 'log', log::text from log order by 1, 2"
        return await (await connection.execute(rows)).fetchall()


def test_folded_effects_leave_the_same_rows(database_url: str) -> None:
    async def same(definition: str, effects: Sequence[Effect]) -> None:
        async with await connect(database_url, None, "test") as connection:
            singly = await outcome(connection, definition, [(each.sql, each.values, each.rows) for each in effects])
            together = await outcome(connection, definition, list(folded(definition, effects)))
            assert singly == together

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from((TABLES, STRICT)), statements)
    def feature(definition: str, effects: Sequence[Effect]) -> None:
        asyncio.run(same(definition, effects))

    feature()


def test_many_effects_become_few_statements() -> None:
    rows = [insert("log", at=number, text="x", whole=Decimal(1)) for number in range(100)]
    assert [each.rows for each in folded(TABLES, rows)] == [64, 32, 4]
    sums = [Effect(ADD, {"id": 1, "n": 1, "sum": Decimal("0.10"), "name": "Ida"})] * 50
    assert [each.values for each in folded(TABLES, sums)] == [{"id": 1, "n": 50, "sum": Decimal("5.00"), "name": "Ida"}]
    assert len(list(folded(STRICT, sums))) == 50
