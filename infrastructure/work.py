"""The unit of work over the event log: what one attempt at one command loads, and what it will save."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import Any, TypeVar
from uuid import UUID

from application.unit_of_work import Envelope, VersionHasMoved
from domain.organisation import NumberSeries
from domain.shared.aggregate import Aggregate, Event
from domain.shared.party import VatNumberCheck
from domain.shared.personal import NOT_TOLD, PersonalData, is_personal, is_sealed, with_personal
from domain.shared.refusal import NotFound
from infrastructure.event_log import Aggregates, EventLog, Kept, OfAnotherKind, Save, Stale, Turn
from infrastructure.reach import Reach
from infrastructure.sealing import Vault

A = TypeVar("A", bound=Aggregate)
T = TypeVar("T")

ALWAYS_ALONE = NumberSeries
"""What is never loaded otherwise: only that is passed on before it is saved, since nobody else can take what was never
saved for what is."""


class Library:
    """Aggregates that commands only look at: shared, never changed, replaced once an append has found them stale."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._kept = Kept()

    async def borrow(self, kind: type[A], id: UUID) -> tuple[A, bool]:
        """The aggregate (version 0: there is none), and whether it may be out of date."""
        kept = self._kept.get(id)
        if isinstance(kept, kind):
            return kept, True
        aggregate = await self._log.load(kind, id)
        if aggregate.version:
            self._kept.put(aggregate)
        return aggregate, False

    def forget(self, id: UUID) -> None:
        """It has changed."""
        self._kept.pop(id)


class Work:
    """One attempt. `fresh` attempts look at the log only, so that what they refuse is refused for good."""

    def __init__(
        self,
        *,
        log: EventLog,
        aggregates: Aggregates,
        library: Library,
        vault: Vault,
        envelope: Envelope,
        target: UUID,
        command: Any,
        vat_number_check: VatNumberCheck,
        fresh: bool,
    ) -> None:
        self._log, self._aggregates, self._library = log, aggregates, library
        self._vault = vault
        self.envelope, self.vat_number_check = envelope, vat_number_check
        self._target, self._fresh = target, fresh
        self._held = AsyncExitStack()
        self._loaded: dict[UUID, Aggregate] = {}
        self._read: dict[UUID, Aggregate] = {}
        self._saved: dict[UUID, Aggregate] = {}
        self._turns: dict[UUID, Turn] = {}
        self._claims: list[tuple[str, str, UUID]] = []
        self._releases: list[tuple[str, str]] = []
        self._is_customers = False
        self._reach = Reach(envelope, target, command, self._looked_at)
        self.trusted_a_copy = False
        """Something came out of a cache: another process may have changed it since."""
        self.found_free: set[str] = set()
        """Scopes in which a value was looked up that nobody had claimed."""

    async def __aenter__(self) -> Work:
        return self

    async def __aexit__(self, *_: object) -> None:
        del self._reach  # which knows this work, too: only the garbage collector would ever find the two
        await self._held.aclose()

    def new(self, kind: type[A], id: UUID) -> A:
        """See `application.unit_of_work.UnitOfWork`, as for the methods below."""
        aggregate = kind(id)
        self._loaded[id] = aggregate
        return aggregate

    async def load(self, kind: type[A], id: UUID) -> A:
        assert not issubclass(kind, ALWAYS_ALONE), kind
        aggregate = await self._check_out(kind, id)
        if aggregate.version == 0:
            raise NotFound(f"There is no {kind.__name__} of that id.")
        self._check_customer(kind, aggregate)
        await self._reach.check(aggregate)
        expected = self.envelope.expected_version
        if id == self._target and expected is not None and aggregate.version - len(aggregate.pending) != expected:
            raise VersionHasMoved(f"It is at version {aggregate.version}.", available=aggregate.available_actions())
        return aggregate

    def _check_customer(self, kind: type[Aggregate], aggregate: Aggregate) -> None:
        """What is another customer's does not exist for this one."""
        only = self.envelope.customer_id
        if only is not None and aggregate.id == self._target:
            if not aggregate.belongs_to(only):
                raise NotFound(f"There is no {kind.__name__} of that id.")
            self._is_customers = True

    async def load_alone(self, kind: type[A], id: UUID) -> A:
        if id in self._loaded:
            return self._of_kind(kind, self._loaded[id])
        turn = await self._held.enter_async_context(self._log.exclusive(str(id)))
        if issubclass(kind, ALWAYS_ALONE):
            self._turns[id] = turn
        if self._fresh or not self._aggregates.has(id):
            await turn.others_over()
        aggregate = await self._check_out(kind, id)
        if turn.is_new:
            for recorded in await self._log.events_of(id, after_version=aggregate.version):
                recorded.event.mutate(aggregate)
            self._check_looked_at(aggregate)
        return aggregate

    async def read(self, kind: type[A], id: UUID) -> A:
        aggregate = await self._looked_at(kind, id)
        await self._reach.check(aggregate)
        return aggregate

    async def _looked_at(self, kind: type[A], id: UUID) -> A:
        assert not issubclass(kind, ALWAYS_ALONE), kind
        if id in self._loaded:
            return self._of_kind(kind, self._loaded[id])
        if id not in self._read:
            if self._fresh:
                self._library.forget(id)
            try:
                # That there is none is something seen, too: the save must not be kept if there is one by then.
                self._read[id], from_cache = await self._library.borrow(kind, id)
            except OfAnotherKind:
                raise NotFound(f"There is no {kind.__name__} of that id.") from None
            self.trusted_a_copy |= from_cache and not self._fresh
        aggregate = self._of_kind(kind, self._read[id])
        if aggregate.version == 0:
            raise NotFound(f"There is no {kind.__name__} of that id.")
        return aggregate

    async def sealed(self, value: T, subject: UUID) -> T:
        return await self._vault.sealed(value, subject, self._target)

    async def opened(self, texts: Iterable[str]) -> set[str]:
        return set(await self._vault.opened_value(tuple(texts))) - NOT_TOLD

    async def owner_of(self, scope: str, value: str) -> UUID | None:
        owner = await self._log.owner_of(scope, value)
        if owner is None:
            self.found_free.add(scope)
        return owner

    def save(self, *aggregates: Aggregate) -> None:
        for aggregate in aggregates:
            self._saved[aggregate.id] = aggregate

    def claim(self, scope: str, value: str, owner: UUID) -> None:
        self._claims.append((scope, value, owner))

    def release(self, scope: str, value: str) -> None:
        self._releases.append((scope, value))

    def as_save(self, digest: bytes, metadata: dict[str, Any]) -> Save:
        """Everything to be kept. Every command records something, if only that it was carried out."""
        events: list[Event] = [event for aggregate in self._saved.values() for event in aggregate.pending]
        if any(one.pending and one.id not in self._saved for one in self._loaded.values()):
            raise AssertionError("an aggregate was acted on, but not saved")
        for event in events:
            _check_sealed(event)
        if self.envelope.customer_id is not None and not self._is_customers:
            raise AssertionError("nobody has looked whether it is this customer's")
        looked_at = {**self._read, **self._loaded}
        reads = [(id, one.version) for id, one in looked_at.items() if not one.pending]
        return Save(
            key=self.envelope.key,
            actor=self.envelope.actor,
            digest=digest,
            events=events,
            metadata={**metadata, "events": len(events)},
            reads=reads,
            claims=self._claims,
            releases=self._releases,
            successions=[turn.succession for turn in self._turns.values()],
        )

    def version_of(self, id: UUID) -> int:
        """The version of what was worked on, the new events included."""
        aggregate = self._loaded.get(id)
        return aggregate.version if aggregate is not None else 0

    @property
    def holds_turns(self) -> bool:
        """Whether it holds what can be passed on."""
        return bool(self._turns)

    def pass_on(self) -> None:
        """The save is on its way: whoever waits for what was held alone goes on from there, and fails if it does."""
        for id, turn in self._turns.items():
            self._keep(self._loaded.pop(id))
            turn.pass_on()

    def keep(self) -> None:
        """The log took it: what was changed serves the next command."""
        for aggregate in self._loaded.values():
            self._keep(aggregate)

    def _keep(self, aggregate: Aggregate) -> None:
        if aggregate.collect_events():
            self._library.forget(aggregate.id)
        self._aggregates.check_in(aggregate)

    def take_back(self) -> None:
        """The log did not take it: what was passed on never was."""
        for turn in self._turns.values():
            turn.succession.is_broken = True
        self.forget(*self._turns)

    def forget(self, *ids: UUID) -> None:
        """These have changed elsewhere."""
        for id in ids:
            self._library.forget(id)
            self._aggregates.forget(id)

    async def _check_out(self, kind: type[A], id: UUID) -> A:
        if id in self._loaded:
            return self._of_kind(kind, self._loaded[id])
        if self._fresh:
            self._aggregates.forget(id)
        try:
            aggregate, from_cache = await self._aggregates.check_out(kind, id)
        except OfAnotherKind:
            raise NotFound(f"There is no {kind.__name__} of that id.") from None
        self.trusted_a_copy |= from_cache
        self._check_looked_at(aggregate)
        self._loaded[id] = aggregate
        return aggregate

    def _check_looked_at(self, aggregate: Aggregate) -> None:
        """Raises Stale where it is not as it was looked at before: what was seen then may have been decided on."""
        seen = self._read.get(aggregate.id)
        if seen is not None and seen.version != aggregate.version:
            raise Stale((aggregate.id,), only_read=True)

    @staticmethod
    def _of_kind(kind: type[A], aggregate: Aggregate) -> A:
        if not isinstance(aggregate, kind):
            raise NotFound(f"There is no {kind.__name__} of that id.")
        return aggregate


def _check_sealed(event: Event) -> None:
    """No event bears personal data in plain, whatever a command has forgotten."""

    def checked(text: str, data: PersonalData, field: str) -> str:
        if not (is_sealed(text) or data.carried):
            raise AssertionError(f"{event.TOPIC}: {field} is in plain")
        return text

    if is_personal(type(event)):
        with_personal(event, checked)
