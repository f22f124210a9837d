"""Many statements in one go: each is prepared once a connection, and none is waited for before all are sent.

The driver's own pipeline looks at the socket after each statement, which costs several times what Postgres does.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection
from psycopg.abc import Buffer, PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many, pipeline_communicate
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

AT_ONCE = 100
"""Statements that are put on the line before it is asked whether answers have come."""
ENTER = "select set_config('search_path', %(schema)s, true)"
"""From this statement on, until the transaction ends, unqualified names mean the tables of that schema."""
_PLACE = re.compile(r"%\((\w+)\)s")

Values = Mapping[str, Any] | Sequence[Any]
"""By the names of places like `%(name)s`; or in the order of places like `$1`, each of the type that it is put to."""
Statement = tuple[str, Values]
_Key = tuple[str, str, tuple[int, ...]]
"""What is prepared: a statement, for values of these types, within the schema that was entered: within another one it
would be planned anew each time."""


@dataclass(slots=True)
class _Call:
    """A statement that is to be prepared, where there are no values, or executed."""

    name: bytes
    query: bytes = b""
    types: Sequence[int] = ()
    values: Sequence[Buffer | None] | None = None
    formats: Sequence[int] = ()

    def put(self, line: PGconn) -> None:
        if self.values is None:
            line.send_prepare(self.name, self.query, self.types)
        else:
            line.send_query_prepared(self.name, self.values, self.formats)


class Sender:
    """What one connection has prepared."""

    _OF: ClassVar[WeakKeyDictionary[AsyncConnection, Sender]] = WeakKeyDictionary()

    def __init__(self, connection: AsyncConnection) -> None:
        self._adapt = Transformer(connection.adapters)
        self._names: dict[_Key, bytes] = {}
        self._made = 0

    @classmethod
    def of(cls, connection: AsyncConnection) -> Sender:
        """The connection's."""
        found = cls._OF.get(connection)
        if found is None:
            found = cls._OF[connection] = cls(connection)
        return found

    async def send(self, connection: AsyncConnection, statements: Iterable[Statement]) -> list[int]:
        """Execute them in order, in the transaction that the connection is in; how many rows each of them touched.

        Raises the first error of the database, or what the driver says of values that it cannot send.
        """
        new: dict[_Key, bytes] = {}
        calls = list(self._calls(statements, new))
        async with connection.lock:
            answers = await connection.wait(_exchange(connection.pgconn, calls))
        for answer in answers:
            if answer.status == ExecStatus.FATAL_ERROR:
                raise error_from_result(answer)
        # Only now: where one fails, those that were to be prepared after it are not.
        self._names |= new
        return [
            answer.command_tuples or 0 for call, answer in zip(calls, answers, strict=True) if call.values is not None
        ]

    def _calls(self, statements: Iterable[Statement], new: dict[_Key, bytes]) -> Iterator[_Call]:
        adapt, schema = self._adapt, ""
        for sql, given in statements:
            types: tuple[int, ...] = ()
            if isinstance(given, Mapping):
                query, places, formats = _compiled(sql)
                values = adapt.dump_sequence([given[place] for place in places], formats)
                types = adapt.types or ()
            else:
                values = adapt.dump_sequence(given, [PyFormat.TEXT] * len(given))
                query = sql.encode()
            key = (schema, sql, types)
            if sql is ENTER and isinstance(given, Mapping):
                schema = given["schema"]
            name = self._names.get(key) or new.get(key)
            if name is None:
                self._made += 1
                name = new[key] = b"q2c %d" % self._made
                yield _Call(name, query, types)
            yield _Call(name, values=values, formats=adapt.formats or ())


@cache
def _compiled(sql: str) -> tuple[bytes, Sequence[str], Sequence[PyFormat]]:
    """As Postgres reads it, which value is put where, and how."""
    places = list(dict.fromkeys(_PLACE.findall(sql)))
    numbers = {place: f"${number}" for number, place in enumerate(places, 1)}
    query = _PLACE.sub(lambda found: numbers[found[1]], sql)
    return query.encode(), places, [PyFormat.AUTO] * len(places)


def _exchange(line: PGconn, calls: Sequence[_Call]) -> PQGen[list[PGresult]]:
    """Put all on the line while taking off what has come; one answer for each, the first that failed among them."""
    line.enter_pipeline_mode()
    try:
        commands = deque[Callable[[], None]](
            partial(_put, line, calls[start : start + AT_ONCE]) for start in range(0, len(calls), AT_ONCE)
        )
        commands.append(line.pipeline_sync)
        answers = yield from pipeline_communicate(line, commands)
        while not answers or answers[-1][0].status != ExecStatus.PIPELINE_SYNC:
            answers.append((yield from fetch_many(line)))
        return [answer[0] for answer in answers[:-1]]
    finally:
        if line.status == ConnStatus.OK:
            line.exit_pipeline_mode()


def _put(line: PGconn, calls: Sequence[_Call]) -> None:
    for call in calls:
        call.put(line)
