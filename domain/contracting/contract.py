"""The contract and its life."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from domain.contracting.facts import ContractFacts, Signatory, SourceDocument
from domain.contracting.schedule import Instalment, part_of, schedule_of
from domain.contracting.termination import UnusedPart, UsedInstalment, used_part, used_share
from domain.shared.aggregate import fields_of
from domain.shared.approval import check_second_person
from domain.shared.assignment import Assignment
from domain.shared.contract_terms import ContractTerms
from domain.shared.document import Agreement, Billable, Line, TaxAt
from domain.shared.identities import derived
from domain.shared.money import Money, total
from domain.shared.refusal import Invalid, Refusal


class InstalmentNotDue(Refusal):
    """An instalment is not billed before its day."""


class InstalmentAlreadyBilled(Refusal):
    """This instalment is on an invoice already."""


class NothingAccruesAfterTermination(Refusal):
    """Nothing is billed for the time after a termination."""

    rule = "C6"


class Contract(ContractFacts):
    """An agreement for a term."""

    ACTIONS = {
        "in_approval": ("approve", "reject"),
        "rejected": (),
        "draft": ("send_for_signature", "sign", "decline"),
        "in_signature": ("sign", "decline", "return_to_draft"),
        "signed": ("activate", "terminate"),
        "active": ("terminate", "expire"),
        "declined": (),
        "terminated": (),
        "expired": (),
    }
    CONSEQUENCES = {
        "signed": ("place_order",),
        "active": ("place_order", "bill_instalment"),
        "terminated": ("bill_instalment",),
        "expired": ("bill_instalment",),
    }

    def draft_contract(
        self,
        agreement: Agreement,
        terms: ContractTerms,
        at: datetime,
        *,
        source_document: SourceDocument | None = None,
        requested_by: tuple[str, ...] = (),
    ) -> None:
        """The agreement as the accepted quote says, not signed yet; as a source document says, not approved yet."""
        self.record(
            self.Drafted,
            at,
            **fields_of(agreement),
            terms=terms,
            schedule=schedule_of(agreement.lines, terms, agreement.currency),
            totals=agreement.totals(),
            source_document=source_document,
            requested_by=requested_by,
        )

    @property
    def data_subject(self) -> UUID:
        """Its customer."""
        return self.parties.sold_to_id

    def belongs_to(self, customer_id: UUID) -> bool:
        """Of the customer that it was sent to, once it was."""
        return self.state not in ("in_approval", "rejected", "draft") and self.parties.sold_to_id == customer_id

    def assignment(self) -> Assignment:
        """Its owner's, and whoever looks after the customer's."""
        return Assignment(customer_id=self.parties.sold_to_id, owners=(self.owner,))

    def approve(self, people: tuple[str, ...], at: datetime) -> None:
        """Somebody else than who wrote it has looked at it (A1)."""
        self.require("approve")
        check_second_person(self.requested_by, people)
        self.record(self.Approved, at, approved_by=people)

    def reject(self, reason: str, at: datetime) -> None:
        """It will not be a contract."""
        self.require("reject")
        self.record(self.Rejected, at, reason=reason)

    def send_for_signature(self, at: datetime) -> None:
        """Show it to the signatories."""
        self.require("send_for_signature")
        self.record(self.SentForSignature, at)

    def return_to_draft(self, reason: str, at: datetime) -> None:
        """Not to be signed like this."""
        self.require("return_to_draft")
        self.record(self.ReturnedToDraft, at, reason=reason)

    def decline(self, reason: str, at: datetime) -> None:
        """It will not be signed."""
        self.require("decline")
        self.record(self.Declined, at, reason=reason)

    def sign(self, signatories: Sequence[Signatory], at: datetime) -> None:
        """Both sides have signed (C8)."""
        self.require("sign")
        if {signatory.side for signatory in signatories} != {"seller", "buyer"}:
            raise Invalid("Somebody signs for the seller and somebody for the buyer.", pointer="/signatories")
        self.record(self.Signed, at, signatories=tuple(signatories), signed_on=self.parties.today(at))

    def activate(self, at: datetime) -> None:
        """In force."""
        self.require("activate")
        self.record(self.Activated, at)

    def place_order(self, order_id: UUID, at: datetime) -> None:
        """The delivery of what was agreed is ordered, once."""
        self.require("place_order")
        if self.order_id is not None:
            raise Invalid("The contract has its order already.")
        self.record(self.OrderPlaced, at, order_id=order_id)

    def bill_instalment(self, number: int, invoice_id: UUID, tax_at: TaxAt, at: datetime) -> Billable:
        """What the invoice of that instalment bears. Document charges are on the first one."""
        self.require("bill_instalment")
        instalment = self._instalment(number)
        if number in self.billed:
            raise InstalmentAlreadyBilled(f"Instalment {number} is billed.")
        if instalment.invoice_date > self.parties.today(at):
            raise InstalmentNotDue(f"Its day is {instalment.invoice_date}.")
        if self.terminated_on is not None and instalment.accrues_from > self.terminated_on:
            raise NothingAccruesAfterTermination(f"The contract ended on {self.terminated_on}.")
        billable = Billable(
            lines=tuple(self._instalment_lines(instalment)),
            charges=() if self.billed else self.charges,
            before=self.documented,
        ).taxed(tax_at)
        groups = billable.totals(self.currency).tax_breakdown
        self.record(self.InstalmentBilled, at, number=number, invoice_id=invoice_id, tax_breakdown=groups)
        return billable

    def due_on(self, number: int) -> date:
        """The day on which an instalment is invoiced: its tax point."""
        return self._instalment(number).invoice_date

    def terminate(self, last_day: date, reason: str, at: datetime, *, order_open: bool = False) -> None:
        """No longer in force after that day."""
        self.require("terminate")
        if not self.terms.starts_on <= last_day <= self.terms.ends_on:
            raise Invalid("The last day lies within the term.", pointer="/last_day")
        shares = {one.number: used_share(self.terms, self.schedule, one.number, last_day) for one in self.schedule}
        cut = [(one.number, shares[one.number], self._parts(one)) for one in self.schedule if shares[one.number] < 1]
        self.record(
            self.Terminated,
            at,
            reason=reason,
            last_day=last_day,
            order_id=self.order_id,
            used=tuple(UsedInstalment(number, self._used(share, parts)) for number, share, parts in cut),
            unused=tuple(part for number, share, parts in cut for part in self._unused(number, share, parts)),
            order_open=order_open,
        )

    def expire(self, at: datetime) -> None:
        """The term is over."""
        self.require("expire")
        if self.parties.today(at) <= self.terms.ends_on:
            raise Invalid(f"Its last day is {self.terms.ends_on}.")
        self.record(self.Expired, at)

    def _instalment(self, number: int) -> Instalment:
        for one in self.schedule:
            if one.number == number:
                return one
        raise Invalid(f"The schedule has no instalment {number}.", pointer="/number")

    def _used(self, share: Fraction, parts: Mapping[str, Money]) -> Money:
        return total((used_part(part, share) for part in parts.values()), self.currency)

    def _unused(self, number: int, share: Fraction, parts: Mapping[str, Money]) -> Iterator[UnusedPart]:
        invoice_id = self.billed.get(number)
        for line_id, part in parts.items() if invoice_id else ():
            unused = part - used_part(part, share)
            if invoice_id and unused.amount:
                yield UnusedPart(invoice_id, line_id, unused)

    def _parts(self, instalment: Instalment) -> dict[str, Money]:
        """The whole instalment's part of each line; all parts add up to the line."""
        done = sum((one.weight for one in self.schedule if one.number < instalment.number), Decimal(0))
        whole = sum((one.weight for one in self.schedule), Decimal(0))
        return {
            line.line_id: part_of(line.line_extension_amount, done, instalment.weight, whole) for line in self.lines
        }

    def _instalment_lines(self, instalment: Instalment) -> Iterator[Line]:
        used = Fraction(1)
        if self.terminated_on is not None:
            used = used_share(self.terms, self.schedule, instalment.number, self.terminated_on)
        parts = self._parts(instalment)
        for line in self.lines:
            part = used_part(parts[line.line_id], used)
            yield replace(
                line,
                item_name=f"{line.item_name} (instalment {instalment.number} of {len(self.schedule)})",
                quantity=Decimal(1),
                base_quantity=Decimal(1),
                gross_price=part.amount,
                net_price=part.amount,
                allowance=Decimal(0),
                line_extension_amount=part,
                explanation=(),
            )

    @staticmethod
    def id_for(quote_id: UUID, revision: int) -> UUID:
        """One contract for an accepted revision (Q6), whoever asks for it."""
        return derived(quote_id, f"agreement {revision}")
