"""Commands on credit notes: those that take invoices back, and those that give a customer something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from application.billing.crediting import credit_of, issue_credit_note
from application.billing.numbering import CREDIT_NOTES, claim_reference, release_reference, take_number
from application.billing.written import InvoiceLine, written_lines
from application.constraints import Amount, Code, Currency, LongText, OptionalText, Quantity
from application.trading import customer_of, parties_of, parties_towards
from application.unit_of_work import Context
from domain.billing import (
    CreditAsked,
    CreditContent,
    CreditExceedsInvoice,
    CreditKind,
    CreditNote,
    Invoice,
    LineWasReplaced,
    Period,
    as_far_as_left,
)
from domain.organisation import LegalEntity
from domain.shared.document import line_of, totals
from domain.shared.money import Money
from domain.shared.refusal import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCredit:
    """So much of a line: a net amount, or a quantity at the line's price; all that is left where neither is given."""

    line_id: Code
    amount: Amount | None = None
    quantity: Quantity | None = None
    note: OptionalText = ""
    """What the credit note says of it (BT-127)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditInvoice:
    """Issue a credit note over parts of lines, or over all that is left of the invoice where none are given.

    Where the invoice was billed anew, the one that stands in its place is credited.
    """

    invoice_id: UUID
    reason: LongText
    lines: Annotated[tuple[LineCredit, ...], MaxLen(5000)] = ()
    external_reference: Code | None = None
    """The number that it has in another system; no other document of the seller has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceCredit:
    """What is taken back of one invoice; all that is left of it where no lines are given."""

    invoice_id: UUID
    lines: Annotated[tuple[LineCredit, ...], MaxLen(5000)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditInvoices:
    """Issue one credit note over several invoices of one seller, buyer and currency; it names them all."""

    credits: Annotated[tuple[InvoiceCredit, ...], MinLen(1), MaxLen(1000)]
    reason: LongText
    external_reference: Code | None = None
    """The number that it has in another system; no other document of the seller has it."""
    as_far_as_left: bool = False
    """Of amounts, credit what is left where that is less, instead of refusing them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCreditNote:
    """Ask for a credit that names no invoice, such as a bonus on a year's volume. Another person approves it."""

    seller_id: UUID
    customer_id: UUID
    currency: Currency
    kind: CreditKind
    period: Period
    """The days that it is for."""
    reason: LongText
    lines: Annotated[tuple[InvoiceLine, ...], MinLen(1), MaxLen(1000)]
    external_reference: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveCreditNote:
    """Approve a credit that somebody else asked for; it is issued at once, in the customer's favour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectCreditNote:
    """Do not give a credit that was asked for."""

    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocateCreditNote:
    """Set a credit off against an invoice; as much as fits where no amount is given."""

    invoice_id: UUID
    amount: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnallocateCreditNote:
    """Take a set-off back; all of it where no amount is given."""

    invoice_id: UUID
    amount: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundCreditNote:
    """Pay out what is left of a credit; all of it where no amount is given."""

    reason: LongText
    amount: Amount | None = None


class Crediting(Context):
    """What is taken back or given, under which number."""

    async def credit_invoice(self, credit_note_id: UUID, command: CreditInvoice) -> None:
        """A credit note takes it back, wholly or in part; what was paid beyond the rest is unapplied cash again."""
        invoice = await self._standing(command.invoice_id, command.lines)
        taken = await credit_of(self.work, invoice, _asked(command.lines, invoice), credit_note_id)
        await issue_credit_note(self.work, credit_note_id, [taken], command.reason, command.external_reference)

    async def credit_invoices(self, credit_note_id: UUID, command: CreditInvoices) -> None:
        """One credit note takes parts of several invoices back."""
        invoices = [await self._standing(one.invoice_id, one.lines) for one in command.credits]
        if len({invoice.id for invoice in invoices}) < len(invoices):
            raise Invalid("Each invoice stands once.", pointer="/credits")
        taken = []
        for invoice, one in zip(invoices, command.credits, strict=True):
            asked = _asked(one.lines, invoice)
            if command.as_far_as_left and asked and not (asked := as_far_as_left(invoice, asked)):
                continue
            taken.append(await credit_of(self.work, invoice, asked, credit_note_id))
        if not taken:
            raise CreditExceedsInvoice("Nothing is left to credit.")
        await issue_credit_note(self.work, credit_note_id, taken, command.reason, command.external_reference)

    async def request_credit_note(self, credit_note_id: UUID, command: RequestCreditNote) -> None:
        """Somebody asks for it, somebody else decides."""
        seller = await self.work.read(LegalEntity, command.seller_id)
        customer = await customer_of(self.work, command.customer_id)
        parties = await parties_of(self.work, seller, customer)
        tax_point = min(command.period.last, seller.today(self.at))
        lines = written_lines(command.lines, command.currency, seller, parties, tax_point)
        content = CreditContent(
            parties=parties,
            currency=command.currency,
            lines=lines,
            charges=(),
            totals=totals(lines, (), command.currency),
            reason=command.reason,
            external_reference=command.external_reference,
        )
        note = self.work.new(CreditNote, credit_note_id)
        note.request(command.kind, command.period, content, self.work.envelope.people, self.at)
        claim_reference(self.work, seller.id, command.external_reference, credit_note_id)
        self.work.save(note)

    async def approve_credit_note(self, credit_note_id: UUID, command: ApproveCreditNote) -> None:
        """It is issued under its number."""
        note = await self.work.load(CreditNote, credit_note_id)
        people = self.work.envelope.people
        note.check_approval(people)
        number, issue_date = await self._number(note)
        note.approve(number, issue_date, people, self.at)
        self.work.save(note)

    async def reject_credit_note(self, credit_note_id: UUID, command: RejectCreditNote) -> None:
        """It is not given."""
        note = await self.work.load(CreditNote, credit_note_id)
        note.reject(command.reason, self.at)
        release_reference(self.work, note.parties.seller_id, note.external_reference)
        self.work.save(note)

    async def allocate_credit_note(self, credit_note_id: UUID, command: AllocateCreditNote) -> None:
        """It settles so much of that invoice."""
        note = await self.work.load(CreditNote, credit_note_id)
        invoice = await self.work.load(Invoice, command.invoice_id)
        parties = await parties_towards(self.work, invoice.parties, note.parties.sold_to_id)
        if not note.settles(parties, invoice.currency):
            raise Invalid("A credit is set off against invoices of its own seller, buyer and currency.")
        amount = _money(command.amount, note) or min(note.unapplied, invoice.open_amount)
        invoice.apply_credit(note.id, amount, self.at)
        note.allocate(invoice.id, amount, self.at)
        self.work.save(note, invoice)

    async def unallocate_credit_note(self, credit_note_id: UUID, command: UnallocateCreditNote) -> None:
        """It settles that invoice no longer."""
        note = await self.work.load(CreditNote, credit_note_id)
        invoice = await self.work.load(Invoice, command.invoice_id)
        amount = _money(command.amount, note) or note.allocated_to(invoice.id)
        note.unallocate(invoice.id, amount, self.at)
        invoice.unapply_credit(note.id, amount, self.at)
        self.work.save(note, invoice)

    async def refund_credit_note(self, credit_note_id: UUID, command: RefundCreditNote) -> None:
        """It is paid out."""
        note = await self.work.load(CreditNote, credit_note_id)
        note.refund(_money(command.amount, note) or note.unapplied, command.reason, self.at)
        self.work.save(note)

    async def _standing(self, invoice_id: UUID, lines: Sequence[LineCredit]) -> Invoice:
        """The invoice, or the one that was billed in its place: what comes back of its delivery is credited there.

        Refuses lines that are not the same any more.
        """
        asked = await self.work.load(Invoice, invoice_id)
        standing = asked
        while standing.replaced_by is not None:
            standing = await self.work.load(Invoice, standing.replaced_by)
        for index, one in enumerate(lines if standing is not asked else ()):
            if not standing.bears(line_of(asked.lines, one.line_id)):
                raise LineWasReplaced(f"See {standing.number}.", pointer=f"/lines/{index}")
        return standing

    async def _number(self, note: CreditNote) -> tuple[str, date]:
        seller_id, today = note.parties.seller_id, note.today(self.at)
        return await take_number(self.work, seller_id, CREDIT_NOTES, note.id, today, at_least=True)


def _asked(lines: Sequence[LineCredit], invoice: Invoice) -> list[CreditAsked]:
    return [
        CreditAsked(
            line_id=one.line_id,
            amount=None if one.amount is None else Money.of(one.amount, invoice.currency),
            quantity=one.quantity,
            note=one.note,
        )
        for one in lines
    ]


def _money(amount: Amount | None, note: CreditNote) -> Money | None:
    return None if amount is None else Money.of(amount, note.currency)
