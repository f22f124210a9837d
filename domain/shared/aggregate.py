"""What every aggregate is: an identity, a version, and the events that made it so.

Events are the library's frozen dataclasses (`eventsourcing.domain.DomainEvent`). A rule is decided in a plain method of
the aggregate and may refuse; the effect is the event's `apply`, which never raises, so that tightening a rule never
makes an old history unloadable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from eventsourcing.domain import DomainEvent

from domain.shared.assignment import Assignment
from domain.shared.refusal import NotAllowedNow


class Event(DomainEvent):
    """One immutable fact about one aggregate; `timestamp` is when it took effect in the business (`effective_at`).

    When the log recorded it (`recorded_at`), who did it and why stand beside the event in the log.
    """

    TOPIC: ClassVar[str]
    """The stored name, `context.Aggregate.Event` (`quoting.Quote.Accepted`); versions after the first end in `@2`."""
    class_version: ClassVar[int] = 1

    def __post_init__(self) -> None:
        """Nothing: that an identity is one, types and decoders see to, and a log has many events."""

    def apply(self, aggregate: Any) -> None:
        """The effect on the aggregate. Never raises, never decides."""

    def mutate(self, aggregate: Aggregate) -> None:
        """Let the aggregate's next event have its effect."""
        if (aggregate.id, aggregate.version + 1) != (self.originator_id, self.originator_version):
            raise AssertionError(f"event {self.originator_version} cannot follow version {aggregate.version}")
        self.apply(aggregate)
        aggregate.version = self.originator_version
        aggregate.modified_on = self.timestamp

    @staticmethod
    def create_timestamp() -> datetime:
        """Refused: time is an argument of every command (the domain has no clock)."""
        raise AssertionError("an event is given its time by the command")


def fields_of(value: Any) -> dict[str, Any]:
    """The fields of a dataclass, not those within them: for an event that bears them all."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


class Aggregate:
    """A consistency boundary. Subclasses nest their `Event` classes, and refuse what their state does not allow."""

    EVENTS: ClassVar[dict[str, type[Event]]] = {}
    """Every event class of the whole domain by its topic: the only names that a stored row may bear."""
    KINDS: ClassVar[dict[str, type[Aggregate]]] = {}
    """Every aggregate class by its name, `context.Aggregate`."""
    KIND: ClassVar[str]
    ACTIONS: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """What people may do in each state, in the words of the commands."""
    CONSEQUENCES: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """What commands on other documents may do to this one in each state."""

    state: str = ""

    def __init_subclass__(cls, *, part: bool = False) -> None:
        """`part`: one of the classes that make up a large aggregate; the last subclass is the whole."""
        super().__init_subclass__()
        if part:
            return
        cls.KIND = f"{cls.__module__.removeprefix('domain.').split('.')[0]}.{cls.__name__}"
        Aggregate.KINDS[cls.KIND] = cls
        for event_class in (value for part in cls.__mro__ for value in vars(part).values()):
            if isinstance(event_class, type) and issubclass(event_class, Event):
                version = f"@{event_class.class_version}" if event_class.class_version > 1 else ""
                event_class.TOPIC = f"{cls.KIND}.{event_class.__name__}{version}"
                Aggregate.EVENTS[event_class.TOPIC] = event_class

    def __init__(self, id: UUID) -> None:
        self.id = id
        self.version = 0
        self.modified_on = datetime.min.replace(tzinfo=UTC)
        self.pending: list[Event] = []

    @classmethod
    def replay(cls, id: UUID, events: Iterable[Event]) -> Self:
        """The aggregate as these events left it."""
        aggregate = cls(id)
        for event in events:
            event.mutate(aggregate)
        return aggregate

    def belongs_to(self, customer_id: UUID) -> bool:
        """Whether people of that customer may act on it."""
        return False

    @property
    def data_subject(self) -> UUID:
        """Whose personal data its events may bear: its customer's, where it has one."""
        return self.id

    def assignment(self) -> Assignment | None:
        """Whose it is in sales; None where it is no customer's business, and for everybody who may ask."""
        return None

    def available_actions(self) -> tuple[str, ...]:
        """What people may do next."""
        return self.ACTIONS.get(self.state, ())

    def require(self, action: str) -> None:
        """Refuse what the state does not allow, and say what it does."""
        if action not in (*self.available_actions(), *self.CONSEQUENCES.get(self.state, ())):
            raise NotAllowedNow(
                f"{action} is not possible while it is {self.state}.",
                state=self.state,
                available=self.available_actions(),
            )

    def record(self, event_class: type[Event], at: datetime, **content: Any) -> None:
        """Let a fact happen at that business time: apply it and keep it for saving."""
        event = event_class(originator_id=self.id, originator_version=self.version + 1, timestamp=at, **content)
        event.mutate(self)
        self.pending.append(event)

    def collect_events(self) -> list[Event]:
        """Hand over the events not saved yet."""
        events, self.pending = self.pending, []
        return events
