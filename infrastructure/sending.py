"""Statements prepared once a connection and sent without a cursor, one or many in one go.

The driver's cursors cost several times what Postgres does for a row that it finds by its key; so does its pipeline,
which looks at the socket after each statement.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from time import monotonic
from typing import Any, ClassVar, TypeVar
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection, OperationalError
from psycopg.abc import Buffer, PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, error_from_result
from psycopg.generators import execute, fetch_many, pipeline_communicate
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult

T = TypeVar("T")
AT_ONCE = 100
"""Statements that are put on the line before it is asked whether answers have come."""
ENTER = "select set_config('search_path', %(schema)s, true)"
"""From this statement on, until the transaction ends, unqualified names mean the tables of that schema."""
_PLACE = re.compile(r"%(?:\((\w+)\)s|s|%)")

Values = Mapping[str, Any] | Sequence[Any]
"""By the names of places like `%(name)s`; or in the order of places like `$1`, each of the type that it is put to."""
Statement = tuple[str, Values]
_Key = tuple[str, str | bytes, tuple[int, ...]]
"""What is prepared: a statement, for values of these types, within the schema that was entered: within another one it
would be planned anew each time."""


Columns = Sequence[str]
RowOf = Callable[[Columns], Callable[[Sequence[Any]], T]]
"""Of the names of the columns, what makes a row of their values."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query that is prepared."""

    name: bytes
    columns: Columns


@dataclass(slots=True)
class _Call:
    """A statement that is to be prepared, where there are no values, or executed."""

    name: bytes
    query: bytes = b""
    types: Sequence[int] = ()
    values: Sequence[Buffer | None] | None = None
    formats: Sequence[int] = ()
    form: Format = Format.TEXT

    def put(self, line: PGconn) -> None:
        if self.values is None:
            line.send_prepare(self.name, self.query, self.types)
        else:
            line.send_query_prepared(self.name, self.values, self.formats, self.form)


class Sender:
    """What one connection has prepared."""

    _OF: ClassVar[WeakKeyDictionary[AsyncConnection, Sender]] = WeakKeyDictionary()

    def __init__(self, connection: AsyncConnection) -> None:
        # What the driver prepares by itself it deallocates after a rollback, together with all else that is prepared.
        connection.prepare_threshold = None
        self._adapt = Transformer(connection.adapters)  # not of the connection, or it would be kept for ever
        self._names: dict[_Key, bytes] = {}
        self._asked: dict[_Key, _Asked] = {}
        self._made = 0
        self.since = monotonic()
        """When the connection was first used, by the monotonic clock."""

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
        self._keep(new, calls, answers)
        _first_failed(answers)
        return [
            answer.command_tuples or 0 for call, answer in zip(calls, answers, strict=True) if call.values is not None
        ]

    async def ask(
        self,
        connection: AsyncConnection,
        sql: str | bytes,
        given: Mapping[str, Any] | Sequence[Any],
        row_of: RowOf[T],
        form: Format = Format.TEXT,
    ) -> list[T]:
        """The rows that a query answers, sent in that form. Nobody else may use the connection meanwhile.

        Raises what the database or the driver says.
        """
        query, values, types = self._bound(sql, given)
        key = ("", sql, types)
        asked = self._asked.get(key)
        if asked is None:
            answer = await self._ask_first(connection, key, query, values, form)
            columns = [(answer.fname(number) or b"").decode() for number in range(answer.nfields)]
            asked = self._asked[key] = _Asked(self._names[key], columns)
        else:
            connection.pgconn.send_query_prepared(asked.name, values, self._adapt.formats, form)
            try:
                answer = _first_failed(await connection.wait(execute(connection.pgconn)))
            except FeatureNotSupported:
                # A column is of another type since, as in a read model that was remade: it is prepared anew.
                del self._asked[key], self._names[key]
                return await self.ask(connection, sql, given, row_of, form)
        self._adapt.set_pgresult(answer)
        return self._adapt.load_rows(0, answer.ntuples, row_of(asked.columns))

    async def _ask_first(
        self, connection: AsyncConnection, key: _Key, query: bytes, values: Sequence[Buffer | None], form: Format
    ) -> PGresult:
        new: dict[_Key, bytes] = {}
        name, calls = self._named(key, query, new)
        calls.append(_Call(name, values=values, formats=self._adapt.formats or (), form=form))
        answers = await connection.wait(_exchange(connection.pgconn, calls))
        self._keep(new, calls, answers)
        return _first_failed(answers)

    def _named(self, key: _Key, query: bytes, new: dict[_Key, bytes]) -> tuple[bytes, list[_Call]]:
        """Its name, and what prepares it where nothing has done so yet."""
        name = self._names.get(key) or new.get(key)
        if name is not None:
            return name, []
        self._made += 1
        name = new[key] = b"q2c %d" % self._made
        return name, [_Call(name, query, key[-1])]

    def _keep(self, new: Mapping[_Key, bytes], calls: Sequence[_Call], answers: Sequence[PGresult]) -> None:
        """Remember what is prepared, which no rollback undoes: all of it but what came after a call that failed."""
        if not new:
            return
        answered = zip(calls, answers, strict=False)  # no answers at all, where the connection was lost
        done = {call.name for call, answer in answered if answer.status == ExecStatus.COMMAND_OK}
        self._names |= {key: name for key, name in new.items() if name in done}

    def _bound(
        self, sql: str | bytes, given: Mapping[str, Any] | Sequence[Any]
    ) -> tuple[bytes, Sequence[Buffer | None], tuple[int, ...]]:
        """The query as Postgres reads it, the values of its places, and their types."""
        query, places, formats = _compiled(sql)
        values = self._adapt.dump_sequence([given[place] for place in places], formats)
        return query, values, self._adapt.types or ()

    def _calls(self, statements: Iterable[Statement], new: dict[_Key, bytes]) -> Iterator[_Call]:
        adapt, schema = self._adapt, ""
        for sql, given in statements:
            types: tuple[int, ...] = ()
            if isinstance(given, Mapping):
                query, values, types = self._bound(sql, given)
            else:
                values = adapt.dump_sequence(given, [PyFormat.TEXT] * len(given))
                query = sql.encode()
            key = (schema, sql, types)
            if sql is ENTER and isinstance(given, Mapping):
                schema = given["schema"]
            name, preparing = self._named(key, query, new)
            yield from preparing
            yield _Call(name, values=values, formats=adapt.formats or ())


def _first_failed(answers: Sequence[PGresult]) -> PGresult:
    """The last of them, if none failed."""
    if not answers:
        raise OperationalError("the connection was lost before an answer came")
    for answer in answers:
        if answer.status == ExecStatus.FATAL_ERROR:
            raise error_from_result(answer)
    return answers[-1]


@cache
def _compiled(sql: str | bytes) -> tuple[bytes, Sequence[Any], Sequence[PyFormat]]:
    """As Postgres reads it, which value is put where, and how."""
    places: dict[str | int, str] = {}

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        return places.setdefault(found[1] or len(places), f"${len(places) + 1}")

    query = _PLACE.sub(number, sql if isinstance(sql, str) else sql.decode())
    return query.encode(), list(places), [PyFormat.AUTO] * len(places)


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
            answer = yield from fetch_many(line)
            if not answer:
                raise OperationalError("the connection was lost amid the answers")
            answers.append(answer)
        return [answer[0] for answer in answers[:-1]]
    finally:
        if line.status == ConnStatus.OK:
            line.exit_pipeline_mode()


def _put(line: PGconn, calls: Sequence[_Call]) -> None:
    for call in calls:
        call.put(line)
