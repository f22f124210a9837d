"""Effects of events, executed: fast together, or one by one to find the event that cannot be processed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import psycopg
from psycopg import AsyncConnection, errors

from domain.shared.aggregate import Aggregate
from infrastructure.database import DatabaseUnavailable
from infrastructure.event_log import RecordedEvent
from infrastructure.projecting.folding import folded
from infrastructure.projecting.grouping import groups
from infrastructure.projecting.sending import Sender
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


def plan(model: ReadModel, recorded: Iterable[RecordedEvent]) -> list[Step]:
    """What these events do to the tables, in order. Raises `CannotApply` where a handler itself fails."""
    return [step for each in filter(_cares(model), recorded) for step in _steps(model, each)]


def _steps(model: ReadModel, recorded: RecordedEvent) -> Iterator[Step]:
    try:
        where = Recorded(recorded.position, recorded.recorded_at, str(recorded.metadata.get("actor", "")))
        for effect in model.effects(recorded.event, where):
            yield Step(effect, recorded.topic, recorded.position)
    except Exception as error:
        # Neither the error's text nor its chain: both may quote values.
        raise CannotApply(model.NAME, recorded.topic, recorded.position, "effects", type(error).__name__) from None


def _cares(model: ReadModel) -> Callable[[RecordedEvent], bool]:
    """Events that no handler asks for need not be decoded, and cannot trouble the read model.

    One that this code does not know may matter to whoever follows its kind of aggregate; of an unknown kind, to all.
    """
    if type(model).effects is not ReadModel.effects:
        return lambda recorded: True
    _know_the_domain()
    asked = {_without_version(event_class.TOPIC) for event_class in model.HANDLERS}
    kinds = {_kind(topic) for topic in asked}
    known = {_without_version(topic) for topic in Aggregate.EVENTS}

    def cares(recorded: RecordedEvent) -> bool:
        topic = _without_version(recorded.topic)
        if topic in known:
            return topic in asked
        return _kind(topic) in kinds or _kind(topic) not in Aggregate.KINDS

    return cares


@cache
def _know_the_domain() -> None:
    """Otherwise an event would be unknown for no other reason than that nobody has imported its module."""
    from infrastructure.history import import_domain  # here, since histories of read models build on this module

    import_domain()


def _without_version(topic: str) -> str:
    return topic.partition("@")[0]


def _kind(topic: str) -> str:
    return topic.rpartition(".")[0]


async def execute_together(connection: AsyncConnection, model: type[ReadModel], steps: Sequence[Step]) -> None:
    """All steps in one go, those of one statement folded. Raises `CannotApply` or the database's error."""
    if not steps:
        return
    effects = [step.effect for step in steps]
    together = [(group[0], folded(model.tables, [effects[each] for each in group])) for group in groups(model, effects)]
    sent = [(first, one) for first, statements in together for one in statements]
    touched = await Sender.of(connection).send(connection, [(one.sql, one.values) for _, one in sent])
    for (first, one), rows in zip(sent, touched, strict=True):
        _check(model, steps[first], rows, one.rows)


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
