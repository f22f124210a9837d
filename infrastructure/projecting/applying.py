"""Effects of events, executed: fast together, or one by one to find the event that cannot be processed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

import msgspec
import psycopg
from psycopg import AsyncConnection, errors

from domain.shared.aggregate import Aggregate
from infrastructure.database import DatabaseUnavailable
from infrastructure.event_log import RecordedEvent
from infrastructure.projecting.folding import folded
from infrastructure.projecting.grouping import groups
from infrastructure.sending import Sender, Statement
from projections.shared import Effect, ReadModel, Recorded

DATABASE_GONE = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    errors.IdleInTransactionSessionTimeout,
    errors.TransactionTimeout,
    errors.ReadOnlySqlTransaction,
    DatabaseUnavailable,
    OSError,
)
"""What says nothing about the event: the same again may well succeed."""
TABLES_GONE = (errors.UndefinedTable, errors.InvalidSchemaName, errors.InsufficientPrivilege)
"""What says nothing about the event either, but will not pass by itself."""
REFUSED = (
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.ProgrammingError,
    psycopg.NotSupportedError,
    ValueError,
    TypeError,
)
"""What an effect's own statement or values may meet with, in the database or on the way there."""


class CannotApply(Exception):
    """An event that this read model cannot process. Names no value: values may be personal."""

    def __init__(self, model: str, topic: str, position: int, statement: str, problem: str) -> None:
        super().__init__(f"{model} cannot process {topic} at position {position}: {statement}: {problem}")
        self.model, self.topic, self.position, self.statement, self.problem = model, topic, position, statement, problem


class Step(NamedTuple):
    """One effect, and the event that it is of."""

    effect: Effect
    topic: str
    position: int


class _Said(msgspec.Struct):
    """What read models want to know of an event's metadata."""

    actor: Any = ""


_said = msgspec.json.Decoder(_Said)


def plan(model: ReadModel, recorded: Iterable[RecordedEvent]) -> list[Step]:
    """What these events do to the tables, in order. Raises `CannotApply` where a handler itself fails."""
    steps: list[Step] = []
    cares, effects = _cares(model), model.effects
    for each in recorded:
        topic, position = each.topic, each.position
        if not cares(topic):
            continue
        try:
            where = Recorded(position, each.recorded_at, str(_said.decode(each.raw_metadata).actor))
            steps += [Step(effect, topic, position) for effect in effects(each.event, where)]
        except Exception as error:
            # Neither the error's text nor its chain: both may quote values.
            raise CannotApply(model.NAME, topic, position, "effects", type(error).__name__) from None
    return steps


def passes(model: ReadModel, recorded: Iterable[RecordedEvent]) -> bool:
    """Whether none of these events is anything to the read model."""
    cares = _cares(model)
    return not any(cares(each.topic) for each in recorded)


def _cares(model: ReadModel) -> Callable[[str], bool]:
    """Events that no handler asks for need not be decoded, and cannot trouble the read model."""
    if type(model).effects is not ReadModel.effects:
        return lambda topic: True
    _know_the_domain()
    topics = tuple(event_class.TOPIC for event_class in model.HANDLERS)
    return _asks(topics, tuple(Aggregate.EVENTS), tuple(Aggregate.KINDS))


@cache
def _asks(topics: Sequence[str], events: Sequence[str], known_kinds: Sequence[str]) -> Callable[[str], bool]:
    """One that this code does not know matters to whoever follows its kind of aggregate; of an unknown kind, to all."""
    asked, known = set(map(_without_version, topics)), set(map(_without_version, events))
    kinds = set(map(_kind, asked))

    @cache
    def asks(topic: str) -> bool:
        name = _without_version(topic)
        if name in known:
            return name in asked
        return _kind(name) in kinds or _kind(name) not in known_kinds

    return asks


@cache
def _know_the_domain() -> None:
    """Otherwise an event would be unknown for no other reason than that nobody has imported its module."""
    from infrastructure.history import import_domain  # here, since histories of read models build on this module

    import_domain()


def _without_version(topic: str) -> str:
    return topic.partition("@")[0]


def _kind(topic: str) -> str:
    return topic.rpartition(".")[0]


class Together:
    """What is executed in one go for one read model: some statements first, all steps, those of one statement folded,
    and a last statement."""

    def __init__(
        self, model: type[ReadModel], first: Sequence[Statement], steps: Sequence[Step], last: Statement
    ) -> None:
        effects = [step.effect for step in steps]
        sent = [
            (steps[group[0]], one)
            for group in groups(model, effects)
            for one in folded(model.tables, [effects[each] for each in group])
        ]
        self._model, self._first, self._sent = model, len(first), sent
        self.statements = [*first, *((one.sql, one.values) for _, one in sent), last]

    def check(self, touched: Sequence[int]) -> int:
        """How many rows the last statement touched, of all that each did. Raises `CannotApply`."""
        for (step, one), rows in zip(self._sent, touched[self._first : -1], strict=True):
            _check(self._model, step, rows, one.rows)
        return touched[-1]


async def execute_together(
    connection: AsyncConnection, begin: Sequence[Statement], together: Sequence[Together]
) -> list[int]:
    """What begins it and all of them in one go; how many rows each one's last statement touched.

    Raises `CannotApply` or the database's error.
    """
    statements = [*begin, *(statement for each in together for statement in each.statements)]
    touched = islice(await Sender.of(connection).send(connection, statements), len(begin), None)
    return [each.check(list(islice(touched, len(each.statements)))) for each in together]


async def execute_singly(connection: AsyncConnection, model: type[ReadModel], steps: Sequence[Step]) -> None:
    """One step after another, so that one which fails is known. Raises `CannotApply`, or that the database is gone."""
    for step in steps:
        try:
            cursor = await connection.execute(step.effect.sql.encode(), step.effect.values)
        except (*DATABASE_GONE, *TABLES_GONE):
            raise
        except REFUSED as error:
            raise _refused(model, step, type(error).__name__) from None
        _check(model, step, cursor.rowcount, step.effect.rows)


def _check(model: type[ReadModel], step: Step, rows: int, expected: int | None) -> None:
    if expected is not None and rows != expected:
        raise _refused(model, step, f"touched {rows} rows instead of {expected}")


def _refused(model: type[ReadModel], step: Step, problem: str) -> CannotApply:
    # The first words name the statement; what follows could hold a value that a handler wrote into it.
    statement = " ".join(step.effect.sql.split()[:3])
    return CannotApply(model.NAME, step.topic, step.position, statement, problem)
