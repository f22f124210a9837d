"""Copies of rows, which make a log and a read model long in little time; they differ from the first in identities."""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection, sql

from domain.shared.aggregate import Aggregate
from infrastructure.database import Role, connect
from interfaces.benchmark.worlds import Say
from projections.shared import ReadModel

AT_ONCE = 100_000
"""Events that are copied at a time."""

EVENTS = b"""
    INSERT INTO log.events
    SELECT %(head)s + position, other, originator_version, now() + position * interval '1 microsecond', topic,
           CASE WHEN starts_with(topic, %(kind)s)
           THEN convert_to(replace(convert_from(state, 'UTF8'), originator_id::text, other::text), 'UTF8')
           ELSE state END, metadata, actor, time || substr(md5(%(head)s || key), 13), digest
    FROM log.events, lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') AS time,
         LATERAL (SELECT (time || '8' || substr(md5(%(head)s || originator_id::text), 14))::uuid) AS made (other)
    WHERE position <= %(events)s ORDER BY position"""
"""Under other identities; in the events themselves they are the old ones, but for those aggregates that are loaded.
Identities and keys begin with a time, as the README asks of keys."""
COLUMNS = """
    SELECT table_name, column_name, udt_name FROM information_schema.columns
    WHERE table_schema = %s ORDER BY table_name, ordinal_position"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = %s"
COPIES = sql.SQL("""
    INSERT INTO {0} ({1})
    SELECT made.* FROM generate_series(1, {3}) AS copy, LATERAL (SELECT {2} FROM {0} OFFSET 0) AS made
    ON CONFLICT DO NOTHING""")
"""One copy after another, each in the order of the rows: sorted, it would go through files that drive out of the
machine's memory what is to be measured there."""


async def grow(url: str, events: int, loaded: type[Aggregate], say: Say) -> None:
    """The log up to so many events, of which aggregates of that type can be loaded."""
    async with await connect(url, None, "q2c bench", settings={"statement_timeout": 0}) as owner:
        while (head := await _head(owner)) < events:
            say(f"{head:,} of {events:,} events …")
            some = min(AT_ONCE, events - head)
            await owner.execute(EVENTS, {"head": head, "events": some, "kind": f"{loaded.KIND}."})


async def multiply(url: str, model: type[ReadModel], events: int, times: int, say: Say) -> None:
    """Every table of the read model, so many times as long; `events` made what is there."""
    async with await connect(url, Role.PROJECTOR, "q2c bench", settings={"statement_timeout": 0}) as projector:
        tables: dict[str, dict[str, sql.Composable]] = {}
        for table, column, kind in await (await projector.execute(COLUMNS, [model.NAME])).fetchall():
            tables.setdefault(table, {})[column] = _copied(column, kind, events)
        for table, columns in tables.items():
            say(f"{model.NAME}: {table} …")
            name, names = sql.Identifier(model.NAME, table), sql.SQL(", ").join(map(sql.Identifier, columns))
            values = sql.SQL(", ").join(columns.values())
            await projector.execute(COPIES.format(name, names, values, sql.Literal(times - 1)))


async def settle(url: str, model: type[ReadModel]) -> None:
    """See to the tables as is done with those that have grown for long: that they are new must not be measured."""
    async with await connect(url, None, "q2c bench", settings={"statement_timeout": 0}) as owner:
        await owner.execute(b"VACUUM (ANALYZE) log.events")
    async with await connect(url, Role.PROJECTOR, "q2c bench", settings={"statement_timeout": 0}) as projector:
        for (table,) in await (await projector.execute(TABLES, [model.NAME])).fetchall():
            await projector.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(model.NAME, table)))


async def _head(owner: AsyncConnection[Any]) -> int:
    row = await (await owner.execute(b"SELECT max(position) FROM log.events")).fetchone()
    return int(row[0]) if row else 0


def _copied(column: str, kind: str, events: int) -> sql.Composable:
    """The column in a copy: identities are others, the same in all tables, and places in the log come after."""
    name = sql.Identifier(column)
    if kind == "uuid":
        return sql.SQL("overlay(md5({} || copy || {}) placing lpad(to_hex(copy), 12, '0') from 1)::uuid").format(
            sql.Literal(f"{events} "), name
        )
    if column == "ordinal":
        return sql.SQL("{} + copy * {}").format(name, sql.Literal(events))
    return name
