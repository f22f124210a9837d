"""Carries out commands: load, act, append; and, right after, what the policies make of it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import msgspec

from application.constraints import check_values
from application.policies import reactions_to
from application.unit_of_work import Context, Envelope, KeyBelongsToAnotherRequest, Reaction
from domain.identity import SYSTEM_ACTORS
from domain.shared.party import VatNumberCheck
from domain.shared.personal import is_personal
from domain.shared.refusal import AlreadyTaken, Refusal
from infrastructure.database import DatabaseUnavailable
from infrastructure.event_log import (
    Aggregates,
    Appended,
    ClaimTaken,
    EventLog,
    FoundSave,
    KeyReused,
    LogBusy,
    RecordedEvent,
    Save,
    Stale,
)
from infrastructure.metrics import APPENDED, observed
from infrastructure.policies import PolicyState
from infrastructure.sealing import Vault
from infrastructure.work import Library, Work

ATTEMPTS = 20
"""How often a command is decided again because others wrote meanwhile, before it is told to come back later."""
DEEPEST = 16
POLICY = "policy"
"""The actor of what policies ask for; on whose behalf is the person whose command began it."""

_encode = msgspec.json.Encoder(decimal_format="string").encode


@dataclass(frozen=True, slots=True)
class Done:
    """What every command answers."""

    id: UUID
    """What it created or changed."""
    position: int
    """Of the last event that it and its policies caused: a query `after` it sees everything."""
    version: int
    """Of the aggregate, right after the command."""


class Application:
    """The write side of one process."""

    def __init__(
        self,
        log: EventLog,
        vat_number_check: VatNumberCheck,
        policies: PolicyState,
        vault: Vault,
        who_may_act_changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.log = log
        self._aggregates = Aggregates(log)
        self._library = Library(log)
        self._vat_number_check = vat_number_check
        self._policies = policies
        self._vault = vault
        self._who_may_act_changed = who_may_act_changed

    async def execute(self, command: Any, envelope: Envelope, on: UUID | None = None) -> Done:
        """Carry a command out, once for its actor and key, however often it is asked.

        Raises Refusal, LogBusy (nothing happened) and LogUnavailable (unknown: ask again with the same key).
        """
        target = on or getattr(command, "natural_id", None) or envelope.new_id()
        with observed(command, envelope, target) as observation:
            check_values(command)
            for text in (envelope.key, envelope.reason, envelope.on_behalf_of):
                check_values(text)
            digest = await self._digest(command, on)
            async with self._aggregates.lock(target):
                done, recorded = await self._decided(command, envelope, target, digest)
            observation.position = max(done.position, await self.react(recorded, envelope))
        return replace(done, position=observation.position)

    async def _digest(self, command: Any, on: UUID | None) -> bytes:
        """What tells a command that comes again from another one; nobody can try what a person's data may have been."""
        content = _encode((type(command).__name__, on, command))
        if is_personal(type(command)):
            return await self._vault.digest(content)
        return hashlib.sha256(content).digest()

    async def react(self, recorded: Sequence[RecordedEvent], envelope: Envelope) -> int:
        """Carry out what the policies ask for after these events; the last position that they caused, or 0.

        A reaction that is refused or breaks is recorded, and stops neither the others nor the command that caused it.
        """
        position = 0
        for event in recorded:
            for reaction in reactions_to(event.event):
                done = await self._react(reaction, event, envelope)
                position = max(position, done.position if done else 0)
        return position

    async def _react(self, reaction: Reaction, cause: RecordedEvent, envelope: Envelope) -> Done | None:
        if envelope.causation_depth >= DEEPEST:
            raise RuntimeError(f"policies react to each other without end at position {cause.position}")
        consequence = Envelope(
            key=reaction.key,
            actor=POLICY,
            at=cause.event.timestamp,
            on_behalf_of=envelope.on_behalf_of or envelope.actor,
            correlation_id=envelope.correlation_id or envelope.key,
            causation_position=cause.position,
            causation_depth=envelope.causation_depth + 1,
            behind=tuple(one for one in envelope.named if one not in SYSTEM_ACTORS),
            other_accounts=envelope.other_accounts,
        )
        try:
            return await self.execute(reaction.command, consequence, reaction.on)
        except (LogBusy, DatabaseUnavailable):
            raise
        except Exception as problem:
            # Refused or broken: somebody has to look at it, and what comes after it must go on.
            await self._policies.record_refusal(reaction, cause.position, problem)
            return None

    async def _decided(
        self, command: Any, envelope: Envelope, target: UUID, digest: bytes
    ) -> tuple[Done, Sequence[RecordedEvent]]:
        fresh = False
        for _ in range(ATTEMPTS):
            async with self._work(command, envelope, target, fresh) as work:
                try:
                    return await self._attempt(command, work, target, digest)
                except Refusal:
                    found = await self.log.find(envelope.actor, envelope.key)
                    if found is not None:
                        return await self._replayed(found, digest, target)
                    if fresh or not work.trusted_a_copy:
                        raise
                except Stale as stale:
                    work.forget(*stale.aggregate_ids)
                fresh = True
        raise LogBusy("too many others write what this command depends on")

    async def _attempt(
        self, command: Any, work: Work, target: UUID, digest: bytes
    ) -> tuple[Done, Sequence[RecordedEvent]]:
        context, method = Context.COMMANDS[type(command)]
        await getattr(context(work), method)(target, command)
        save = work.as_save(digest, _metadata(command, work.envelope))
        version = work.version_of(target)
        appended = await self._append(save, work)
        if appended.replayed:
            return await self._replayed(FoundSave(digest, appended.position, target), digest, target)
        APPENDED.inc(len(save.events))
        work.keep()
        if any(event.TOPIC.startswith("identity.") for event in save.events):
            self._who_may_act_changed()
        first = appended.position - len(save.events) + 1
        return Done(target, appended.position, version), [
            RecordedEvent.just_appended(event, position, appended.recorded_at)
            for position, event in enumerate(save.events, first)
        ]

    async def _append(self, save: Save, work: Work) -> Appended:
        appending: Awaitable[Appended] = self._append_or_take_back(save, work)
        if work.holds_turns:
            # Begun before those who go on from it, it comes before them in the queue.
            appending = asyncio.ensure_future(appending)
            work.pass_on()
        try:
            return await appending
        except KeyReused:
            raise KeyBelongsToAnotherRequest from None
        except ClaimTaken as taken:
            if taken.scope in work.found_free:
                raise Stale((), only_read=True) from None
            raise AlreadyTaken(f"Another one has this {taken.scope.replace('_', ' ')}.") from None

    async def _append_or_take_back(self, save: Save, work: Work) -> Appended:
        appended = None
        try:
            appended = await self.log.append(save)
        finally:
            if appended is None or appended.replayed:
                work.take_back()
        return appended

    async def _replayed(self, found: FoundSave, digest: bytes, target: UUID) -> tuple[Done, Sequence[RecordedEvent]]:
        """The answer of the first time, read from the log."""
        if found.digest != digest:
            raise KeyBelongsToAnotherRequest
        last = await self.log.read(found.position - 1, 1)
        events = int(last[0].metadata["events"])
        recorded = await self.log.read(found.position - events, events)
        versions = [each.originator_version for each in recorded if each.originator_id == target]
        return Done(target, found.position, max(versions, default=0)), recorded

    def _work(self, command: Any, envelope: Envelope, target: UUID, fresh: bool) -> Work:
        return Work(
            log=self.log,
            aggregates=self._aggregates,
            library=self._library,
            vault=self._vault,
            envelope=envelope,
            target=target,
            command=command,
            vat_number_check=self._vat_number_check,
            fresh=fresh,
        )


def _metadata(command: Any, envelope: Envelope) -> dict[str, Any]:
    return {
        "actor": envelope.actor,
        "on_behalf_of": envelope.on_behalf_of,
        "command": type(command).__name__,
        "reason": envelope.reason,
        "correlation_id": envelope.correlation_id or envelope.key,
        "causation_position": envelope.causation_position,
        "causation_depth": envelope.causation_depth,
        **({"behind": envelope.behind} if len(envelope.behind) > 1 else {}),
        **({"other_accounts": envelope.other_accounts} if envelope.other_accounts else {}),
    }
