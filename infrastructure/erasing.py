"""Erasure of personal data: the keys of its subject are destroyed, and a signed certificate says so.

What was sealed stays where it is, in the log and in every copy of it, and can be read nowhere any more; nothing that
proves the history changes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec

from application.privacy import RecordErasure
from application.unit_of_work import Envelope
from domain.privacy import DataSubject
from domain.shared.personal import KeyClass
from infrastructure.event_log import RecordedEvent
from infrastructure.history.records import effective_at, record_of
from infrastructure.idempotency import fresh_key
from infrastructure.proofs.checkpoints import Signer
from infrastructure.users import OPERATOR
from infrastructure.wiring import System

RETENTION_YEARS = 10
"""After the end of the year of the last business that bears legal-class data (§ 147 AO, § 257 HGB: the longest of
them)."""

BEARING = b"""
    SELECT position FROM log.events WHERE position > %s AND position <= %s AND position(%s::bytea in state) > 0
    ORDER BY position"""
SCANNED_AT_ONCE = 10_000
"""Events that one statement looks through, however long the log is."""
_encode = msgspec.json.Encoder(decimal_format="string").encode


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was destroyed, and what is left."""

    data_subject: str
    """What it is, and its id."""
    requested_by: tuple[str, ...]
    approved_by: tuple[str, ...]
    erased_at: datetime
    keys: tuple[str, ...]
    wrapping: int
    legal_until: date | None
    position: int
    """Of the event that records it."""

    def certificate(self, signer: Signer) -> str:
        """A signed note (C2SP) that names no person: whoever has the log's verifier key can check it."""
        rest = "nothing" if self.legal_until is None else f"data of class legal, until {self.legal_until}"
        lines = [
            f"{signer.verifier.origin} erasure",
            f"data subject: {self.data_subject}",
            f"requested by: {', '.join(self.requested_by)}",
            f"approved by: {', '.join(self.approved_by)}",
            f"recorded as event: {self.position}",
            f"erased at: {self.erased_at.isoformat()}",
            f"keys destroyed: {', '.join(self.keys) or 'none were left'}",
            f"version of the key-encryption key destroyed: {self.wrapping}",
            f"still kept by law: {rest}",
        ]
        return signer.signed("\n".join(lines) + "\n")


async def erase(system: System, subject_id: UUID) -> Erasure:
    """Carry out what was asked for and approved. Safe to repeat after a crash.

    Raises Refusal: NotFound where nobody asked, NotAllowedNow where nobody has approved, OnHold.
    """
    id, now = DataSubject.id_for(subject_id), system.clock.now()
    until = await _legal_until(system, subject_id)
    if until is not None and until < now.date():
        until = None
    # Nobody places a hold between the last look and the destruction: whoever does, takes the same turn.
    async with system.log.exclusive(str(id)):
        subject = await system.log.load(DataSubject, id)
        destroyed = await system.vault.destroy(subject_id, subject.erasable(until))
    keys = tuple(key for key in destroyed.keys if key not in subject.destroyed)
    command = RecordErasure(keys=keys, wrapping=destroyed.wrapping, legal_until=until)
    done = await system.application.execute(command, Envelope(key=fresh_key(), actor=OPERATOR, at=now), id)
    return Erasure(
        data_subject=f"{'buyer of invoice' if subject.invoice_id else 'customer'} {subject_id}",
        requested_by=subject.requested_by,
        approved_by=subject.approved_by,
        erased_at=now,
        keys=keys,
        wrapping=destroyed.wrapping,
        legal_until=until,
        position=done.position,
    )


async def personal_data(system: System, subject_id: UUID) -> AsyncIterator[bytes]:
    """Everything that is sealed for a data subject, event by event as JSON, opened: the right of access."""
    head = await system.log.head()
    for after in range(0, head, SCANNED_AT_ONCE):
        for position in await _bearing(system, subject_id.hex, after, head):
            [recorded] = await system.log.read(position - 1, 1)
            yield await system.vault.opened(_told(recorded), lambda _, subject: subject == subject_id, "json")


def _told(recorded: RecordedEvent) -> bytes:
    return _encode(record_of(recorded))


async def _legal_until(system: System, subject_id: UUID) -> date | None:
    """The last day on which the law wants what bears the subject's data of class legal; None where nothing does."""
    sealed, head = f"sealed:1:{KeyClass.LEGAL}:{subject_id.hex}", await system.log.head()
    for after in reversed(range(0, head, SCANNED_AT_ONCE)):
        if found := await _bearing(system, sealed, after, head):
            [recorded] = await system.log.read(found[-1] - 1, 1)
            return date(effective_at(recorded).year + RETENTION_YEARS, 12, 31)
    return None


async def _bearing(system: System, text: str, after: int, head: int) -> list[int]:
    """Where it stands in the next events."""
    arguments = [after, min(after + SCANNED_AT_ONCE, head), text.encode()]
    return [row[0] for row in await system.log.rows(BEARING, arguments)]
