"""Commands on the personal data of customers and their people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from application.constraints import LongText
from application.unit_of_work import Context
from domain.billing import Invoice
from domain.crm import Customer
from domain.privacy import DataSubject
from domain.shared.refusal import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestErasure:
    """Ask for the erasure of a customer's personal data. Somebody else approves it."""

    customer_id: UUID
    reason: LongText
    invoice_id: UUID | None = None
    """The first that names the buyer, where a one-time customer stands for them: they are meant, not the customer."""

    @property
    def natural_id(self) -> UUID:
        """A customer is one data subject, and each buyer whom a one-time customer stands for."""
        return DataSubject.id_for(self.invoice_id or self.customer_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveErasure:
    """Agree to the erasure that somebody else has asked for. `q2c erase` carries it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectErasure:
    """Do not erase, and say why."""

    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordErasure:
    """Record that keys were destroyed."""

    keys: tuple[str, ...]
    wrapping: int
    legal_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHold:
    """Let nothing of a customer's personal data be erased, because of a law suit or an inquiry."""

    customer_id: UUID
    reason: LongText
    invoice_id: UUID | None = None
    """The first that names the buyer, where a one-time customer stands for them: they are meant, not the customer."""

    @property
    def natural_id(self) -> UUID:
        """A customer is one data subject, and each buyer whom a one-time customer stands for."""
        return DataSubject.id_for(self.invoice_id or self.customer_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftHold:
    """Let the data be erased again, when somebody asks for it."""

    reason: LongText


class Privacy(Context):
    """Whose personal data is kept, and for how long."""

    async def request_erasure(self, id: UUID, command: RequestErasure) -> None:
        """Somebody wants it to be gone."""
        subject = await self._subject(id, command)
        people = self.work.envelope.people
        subject.request_erasure(command.customer_id, command.invoice_id, people, command.reason, self.at)
        self.work.save(subject)

    async def approve_erasure(self, id: UUID, command: ApproveErasure) -> None:
        """Somebody else agrees."""
        subject = await self.work.load(DataSubject, id)
        subject.approve_erasure(self.work.envelope.people, self.at)
        self.work.save(subject)

    async def reject_erasure(self, id: UUID, command: RejectErasure) -> None:
        """It stays."""
        subject = await self.work.load(DataSubject, id)
        subject.reject_erasure(command.reason, self.at)
        self.work.save(subject)

    async def record_erasure(self, id: UUID, command: RecordErasure) -> None:
        """It is gone."""
        subject = await self.work.load(DataSubject, id)
        subject.erase(command.keys, command.wrapping, command.legal_until, self.at)
        self.work.save(subject)

    async def place_hold(self, id: UUID, command: PlaceHold) -> None:
        """It has to stay."""
        subject = await self._subject(id, command)
        subject.place_hold(command.customer_id, command.invoice_id, command.reason, self.at)
        self.work.save(subject)

    async def lift_hold(self, id: UUID, command: LiftHold) -> None:
        """It need not stay."""
        subject = await self.work.load(DataSubject, id)
        subject.lift_hold(command.reason, self.at)
        self.work.save(subject)

    async def _subject(self, id: UUID, command: RequestErasure | PlaceHold) -> DataSubject:
        """Who is meant, and may not have been spoken of before. Refuses a customer that there is not, and an invoice
        that is not the first to name a buyer of the customer's."""
        await self.work.read(Customer, command.customer_id)
        if command.invoice_id is not None:
            parties = (await self.work.read(Invoice, command.invoice_id)).parties
            first = parties.buyer.subject_id
            if (first, parties.sold_to_id) != (command.invoice_id, command.customer_id):
                which = f": {first}" if first else ""
                raise Invalid(
                    f"Name the invoice that first named a buyer of that customer's{which}.", pointer="/invoice_id"
                )
        return await self.work.load_alone(DataSubject, id)
