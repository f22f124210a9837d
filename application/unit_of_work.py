"""One command's work: load, act, record. Every context is written on this, and so are the policies."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar, get_type_hints
from uuid import NAMESPACE_OID, UUID, uuid5

from application.access import Scope
from domain.shared.aggregate import Aggregate
from domain.shared.identities import beside
from domain.shared.party import VatNumberCheck
from domain.shared.refusal import Refusal

A = TypeVar("A", bound=Aggregate)
T = TypeVar("T")

IDENTITIES = uuid5(NAMESPACE_OID, "q2c")


class VersionHasMoved(Refusal):
    """Somebody changed it since you read it."""


class KeyBelongsToAnotherRequest(Refusal):
    """This idempotency key was used for another request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What accompanies every command."""

    key: str
    """Idempotency key: the same actor's same key has one effect, and one answer."""
    actor: str
    at: datetime
    """When it takes effect in the business (`effective_at`)."""
    on_behalf_of: str | None = None
    reason: str | None = None
    expected_version: int | None = None
    """The version of the addressed aggregate that the actor saw; another one is refused as stale."""
    correlation_id: str | None = None
    causation_position: int | None = None
    """The event that a policy reacts to."""
    customer_id: UUID | None = None
    """The only customer on whose documents the actor may act; None for our own people."""
    scope: Scope = Scope.ALL
    """Within what the actor may act; what lies outside does not exist for them."""
    causation_depth: int = 0
    """How many policies stand between it and a person's command."""

    behind: tuple[str, ...] = ()
    """Of what a policy asks for: everybody who stood behind the command that began it."""
    other_accounts: tuple[str, ...] = ()
    """By which the same people sign in as well."""

    @property
    def named(self) -> tuple[str, ...]:
        """Who stands behind the command: the one who acts, the one on whose behalf, and those who began it all."""
        return tuple(dict.fromkeys((self.actor, *filter(None, [self.on_behalf_of]), *self.behind)))

    @property
    def people(self) -> tuple[str, ...]:
        """Every account of theirs: what rules of two persons compare, now and with what people do later."""
        return tuple(dict.fromkeys((*self.named, *self.other_accounts)))

    def new_id(self) -> UUID:
        """The identity of what this command creates: the same key always creates the same thing."""
        identity = uuid5(IDENTITIES, f"{self.actor}\n{self.key}")
        try:
            return beside(UUID(self.key), identity)
        except ValueError:
            return identity


class Read(Protocol):
    """Looks at an aggregate; raises NotFound. What it was decided on is checked again with the append."""

    def __call__(self, kind: type[Any], id: UUID) -> Awaitable[Any]: ...


class UnitOfWork(Protocol):
    """Loads aggregates, and keeps what is to be saved in one append, wholly or not at all."""

    envelope: Envelope
    vat_number_check: VatNumberCheck

    def new(self, kind: type[A], id: UUID) -> A:
        """What is about to be created; the append refuses it if it exists already."""

    async def load(self, kind: type[A], id: UUID) -> A:
        """The aggregate, to act on it. Refuses with `NotFound`."""

    async def load_alone(self, kind: type[A], id: UUID) -> A:
        """A much contended aggregate, new or not, held against every other process until the work is saved."""

    async def read(self, kind: type[A], id: UUID) -> A:
        """The aggregate, only to look at it; that it has not changed is checked again when the work is saved."""

    async def sealed(self, value: T, subject: UUID) -> T:
        """The value with everything personal in it sealed with the subject's keys: only so may events bear it."""

    async def opened(self, texts: Iterable[str]) -> set[str]:
        """What can still be read of sealed texts: only to be compared, never to be recorded."""

    async def owner_of(self, scope: str, value: str) -> UUID | None:
        """Who claimed it."""

    def save(self, *aggregates: Aggregate) -> None:
        """Their new events are part of this work."""

    def claim(self, scope: str, value: str, owner: UUID) -> None:
        """What must be unique across aggregates; the append refuses a second owner with `AlreadyTaken`."""

    def release(self, scope: str, value: str) -> None:
        """Nobody needs that claim any more."""


class Context:
    """A bounded context's commands: one method per command, whose `command` argument names the command's class."""

    COMMANDS: ClassVar[dict[type, tuple[type[Context], str]]] = {}
    """Which context and method carries out a command."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, method in vars(cls).items():
            if inspect.iscoroutinefunction(method) and not name.startswith("_"):
                Context.COMMANDS[get_type_hints(method)["command"]] = (cls, name)

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self.at = work.envelope.at


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a policy asks for: a command, what it addresses, and the business fact that it follows from."""

    key: str
    """Derived from the business fact (quote revision, instalment), so that the fact has one consequence only."""
    command: Any
    on: UUID | None = None
    """The addressed aggregate; None where the command creates one."""
