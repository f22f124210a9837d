"""Commands on returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen

from application.constraints import Code, LongText
from application.trading import parties_towards
from application.unit_of_work import Context
from domain.billing import CreditNote
from domain.ordering import CreditsSomethingElse, Order, Quantity, Return, ReturnLine, Settlement
from domain.shared.document import line_of
from domain.shared.reference import reference

ISSUED = ("issued", "open", "settled")
"""States of a credit note that has its number."""
Quantities = Annotated[tuple[Quantity, ...], MaxLen(5000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoriseReturn:
    """Let the buyer send back what was delivered: all of it where no quantities are given."""

    order_id: UUID
    reason: LongText
    quantities: Quantities = ()
    number: Code | None = None
    """Of the return (RMA); derived where not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelReturn:
    """Do not wait for it any longer."""

    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveReturn:
    """Record what has arrived; all that was authorised where no quantities are given."""

    quantities: Quantities = ()
    received_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectReturn:
    """Accept what has arrived, all of it where nothing is said, and credit or replace it; the rest goes back."""

    settlement: Settlement
    accepted: Quantities | None = None
    finding: LongText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditReturn:
    """Name the credit note over a return; the policies do it by themselves."""

    credit_note_id: UUID | None = None


class Returning(Context):
    """What comes back."""

    async def authorise_return(self, return_id: UUID, command: AuthoriseReturn) -> None:
        """It gets its number."""
        order = await self.work.load(Order, command.order_id)
        announced = order.authorise_return(return_id, command.quantities, self.at)
        lines = [line_of(order.lines, one.line_id) for one in announced]
        number = command.number or reference("RMA", return_id)
        rma = self.work.new(Return, return_id)
        rma.authorise(
            number,
            (order.id, order.number),
            order.parties,
            tuple(
                ReturnLine(line.line_id, line.item_name, line.unit_code, one.quantity)
                for line, one in zip(lines, announced, strict=True)
            ),
            command.reason,
            self.at,
        )
        self.work.claim("return_number", f"{order.parties.seller_id} {number}", return_id)
        self.work.save(order, rma)

    async def cancel_return(self, return_id: UUID, command: CancelReturn) -> None:
        """It stays with the buyer."""
        rma = await self.work.load(Return, return_id)
        order = await self.work.load(Order, rma.order_id)
        rma.cancel(command.reason, self.at)
        order.cancel_return(rma.id, rma.authorised_quantities(), self.at)
        self.work.save(rma, order)

    async def receive_return(self, return_id: UUID, command: ReceiveReturn) -> None:
        """It has arrived."""
        rma = await self.work.load(Return, return_id)
        rma.receive(command.quantities, command.received_on, self.at)
        self.work.save(rma)

    async def inspect_return(self, return_id: UUID, command: InspectReturn) -> None:
        """What is accepted of it is credited, the latest invoice first, or open to be delivered again."""
        rma = await self.work.load(Return, return_id)
        order = await self.work.load(Order, rma.order_id)
        accepted, rejected = rma.judge(command.accepted)
        parts = order.take_back(rma.id, rma.authorised_quantities(), accepted, command.settlement, self.at)
        rma.inspect(accepted, rejected, command.settlement, command.finding or "", parts, self.at)
        self.work.save(rma, order)

    async def credit_return(self, return_id: UUID, command: CreditReturn) -> None:
        """Its credit note is issued. Refuses any other."""
        rma = await self.work.load(Return, return_id)
        note = await self.work.read(CreditNote, command.credit_note_id or Return.credit_note_of(return_id))
        parties = await parties_towards(self.work, rma.parties, note.parties.sold_to_id)
        order = await self.work.read(Order, rma.order_id)
        if note.state not in ISSUED or not note.settles(parties, order.currency):
            raise CreditsSomethingElse
        rma.credit(note.id, self.at)
        self.work.save(rma)
