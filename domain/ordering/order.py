"""The order and its life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from domain.ordering.billed import DeliveryPart
from domain.ordering.changes import Change, covered, lengthened, less, more, to_change
from domain.ordering.facts import HoldKind, OrderFacts
from domain.ordering.prepayment import check_left, less_prepaid, prepayment_lines, shares, superseded
from domain.ordering.quantities import NOTHING, Quantity, Tolerance
from domain.ordering.refusals import BilledByTheContract, NoSuchChange, OneChangeAtATime
from domain.ordering.returns import Settlement
from domain.shared.aggregate import fields_of
from domain.shared.approval import check_second_person
from domain.shared.assignment import Assignment
from domain.shared.contract_terms import BillingTrigger
from domain.shared.document import Agreement, Billable, Line, TaxAt, Totals, line_of, totals
from domain.shared.identities import derived
from domain.shared.money import Money, total
from domain.shared.purchase_order import PurchaseOrder, differences
from domain.shared.refusal import Invalid
from domain.shared.tax import Tax, TaxGroup

CHANGING = ("request_change", "confirm_change", "decline_change")


class Order(OrderFacts):
    """A buyer's order."""

    ACTIONS = {
        "placed": ("confirm", "hold", "agree_tolerance", "cancel"),
        "confirmed": ("fulfil", "hold", "agree_tolerance", *CHANGING, "cancel"),
        "in_fulfilment": ("fulfil", "hold", "agree_tolerance", *CHANGING, "cancel", "close"),
        "fulfilled": (*CHANGING, "close"),
        "on_hold": ("release_hold", "cancel"),
        "closed": ("reopen",),
        "cancelled": (),
    }
    CONSEQUENCES = {
        **dict.fromkeys(
            ("in_fulfilment", "fulfilled", "on_hold", "closed"),
            ("bill_delivery", "bill_prepayment", "authorise_return", "take_back"),
        ),
        **dict.fromkeys(("placed", "confirmed"), ("bill_prepayment",)),
    }

    def assignment(self) -> Assignment:
        """Its owner's, and whoever looks after the customer's."""
        return Assignment(customer_id=self.parties.sold_to_id, owners=(self.owner,))

    def place(
        self,
        agreement: Agreement,
        billing_trigger: BillingTrigger,
        at: datetime,
        *,
        warnings: Sequence[str] = (),
        purchase_order: PurchaseOrder | None = None,
    ) -> None:
        """What the buyer ordered. It is held where the buyer's purchase order says something else (O6)."""
        whole = agreement.totals()
        found: tuple[str, ...] = ()
        if purchase_order is not None:
            today = agreement.parties.today(at)
            found = differences(purchase_order, agreement.lines, whole.line_extension_total, today)
        self.record(
            self.Placed,
            at,
            **fields_of(agreement),
            billing_trigger=billing_trigger,
            totals=whole,
            warnings=(*warnings, *found),
            differences=found,
        )
        if found:
            self.hold("information", " ".join(found), (), at)

    def confirm(self, at: datetime) -> None:
        """The seller will deliver."""
        self.require("confirm")
        self.record(self.Confirmed, at, opportunity_id=self.opportunity_id)

    def agree_tolerance(self, tolerance: Tolerance, at: datetime) -> None:
        """Deliveries may miss what was ordered by so much."""
        self.require("agree_tolerance")
        self.record(self.ToleranceAgreed, at, tolerance=tolerance)

    def hold(self, kind: HoldKind, reason: str, people: tuple[str, ...], at: datetime) -> None:
        """Nothing is delivered until the hold is released."""
        self.require("hold")
        self.record(self.Held, at, kind=kind, reason=reason, held_by=people)

    def release_hold(
        self, reason: str, people: tuple[str, ...], at: datetime, limit_set_by: Sequence[str] = ()
    ) -> None:
        """It goes on where it was held. Beyond the credit limit, somebody else says so, nor who set it (A1)."""
        self.require("release_hold")
        if self.hold_kind == "credit":
            check_second_person((*self.held_by, *limit_set_by), people)
        self.record(self.HoldReleased, at, kind=self.hold_kind, reason=reason, resumes=self.held_in, hold=self.holds)

    def fulfil(
        self,
        quantities: Sequence[Quantity],
        at: datetime,
        *,
        delivered_on: date | None = None,
        tracking_reference: str | None = None,
    ) -> None:
        """A delivery; of everything open where no quantities are given. Refuses more than is tolerated (O1)."""
        self.require("fulfil")
        today = self.parties.today(at)
        delivered_on = delivered_on or today
        if delivered_on > today:
            raise Invalid("A delivery is recorded once it has happened.", pointer="/delivered_on")
        delivered = self.balances.to_deliver(quantities or self.balances.left(), self.tolerance)
        self.record(
            self.Fulfilled,
            at,
            delivery=len(self.deliveries) + 1,
            quantities=tuple(Quantity(one.line_id, one.quantity) for one in delivered),
            delivered_on=delivered_on,
            tracking_reference=tracking_reference,
            billable=self.billing_trigger == "fulfilment" and any(one.due for one in delivered),
            replacing=tuple(Quantity(one.line_id, one.replacing) for one in delivered if one.replacing),
            beyond=tuple(Quantity(one.line_id, one.beyond) for one in delivered if one.beyond),
        )

    def bill_delivery(
        self, delivery: int, invoice_id: UUID, tax_at: TaxAt, at: datetime, prepaid: Mapping[UUID, str] | None = None
    ) -> Billable:
        """What the invoice of that delivery bears; charges are on the first one. Refuses to bill twice (O2).

        `prepaid` are the numbers of the prepayment invoices that may be taken off (I7).
        """
        if self.billing_trigger == "schedule":
            raise BilledByTheContract
        self.require("bill_delivery")
        billable = Billable(
            lines=self.deliveries.to_bill(delivery, self.lines),
            charges=() if any(one.invoice_id for one in self.deliveries) else self.charges,
            before=self.documented,
        ).taxed(tax_at)
        numbers, beyond = prepaid or {}, superseded(self._wanted(tax_at), self.documented)
        due = self.prepayments.to_take_off(billable.net(), numbers, beyond)
        billable, deductions = less_prepaid(billable, due, numbers, self.currency)
        self.record(
            self.DeliveryBilled,
            at,
            delivery=delivery,
            invoice_id=invoice_id,
            tax_breakdown=billable.totals(self.currency).tax_breakdown,
            deductions=deductions,
        )
        return billable

    def prepayment(self, percent: Decimal, tax_at: TaxAt) -> Billable:
        """So many percent of what is wanted, to be billed before it is delivered."""
        if self.billing_trigger == "schedule":
            raise BilledByTheContract("An instalment can be due before the term begins.")
        self.require("bill_prepayment")
        whole = self._wanted(tax_at)
        asked = shares(whole, percent)
        check_left(asked, whole, self.documented)
        return Billable(lines=prepayment_lines(self.number, asked), charges=(), before=self.documented)

    def bill_prepayment(self, invoice_id: UUID, groups: Sequence[TaxGroup], tax_at: TaxAt, at: datetime) -> None:
        """A prepayment invoice over these is issued. Refuses more than is left to be billed (I7)."""
        self.require("bill_prepayment")
        check_left({group.tax: group.taxable_amount for group in groups}, self._wanted(tax_at), self.documented)
        self.record(self.PrepaymentBilled, at, invoice_id=invoice_id, tax_breakdown=tuple(groups))

    def credit_prepayment(self, invoice_id: UUID, groups: Sequence[TaxGroup], at: datetime) -> None:
        """So much of a prepayment invoice is credited. Refuses what deliveries' invoices have taken off."""
        self.prepayments.check_creditable(invoice_id, groups)
        self.record(self.PrepaymentCredited, at, invoice_id=invoice_id, tax_breakdown=tuple(groups))

    def restore_deductions(
        self, invoice_id: UUID, amounts: Mapping[Tax, Money], replaced_by: UUID | None, at: datetime
    ) -> None:
        """So much of what the invoice of a delivery took off is credited with it; another one may take it off."""
        back = self.prepayments.to_give_back(invoice_id, amounts)
        self.record(self.DeductionsRestored, at, invoice_id=invoice_id, deductions=back, replaced_by=replaced_by)

    def delivered_on(self, delivery: int) -> date:
        """The day of a delivery: its tax point."""
        return self.deliveries.number(delivery).delivered_on

    def request_change(self, quantities: Sequence[Quantity], reason: str, at: datetime) -> None:
        """Other quantities at the same prices are asked for."""
        self.require("request_change")
        if self.change is not None:
            raise OneChangeAtATime(f"Change {self.change.number} waits for an answer.")
        different = to_change(self.balances, quantities)
        longer = any(one.quantity > self.balances[one.line_id].wanted for one in different)
        if longer and self.billing_trigger == "schedule":
            raise BilledByTheContract("More than the contract says is agreed in a contract of its own.")
        self.record(self.ChangeRequested, at, change=self.changes + 1, quantities=different, reason=reason)

    def decline_change(self, reason: str, at: datetime) -> None:
        """It stays as it was ordered."""
        self.require("decline_change")
        self.record(self.ChangeDeclined, at, change=self._change().number, reason=reason)

    def confirm_change(self, at: datetime) -> None:
        """It is ordered like that now; what was delivered beyond it before is billed (O1)."""
        self.require("confirm_change")
        change = self._change()
        # Looked at again: deliveries may have gone on since it was asked for.
        to_change(self.balances, change.quantities)
        increases, decreases = more(self.balances, change), less(self.balances, change)
        belongs, longer = covered(self.balances, increases), tuple(self._longer(one) for one in increases)
        self.record(
            self.ChangeConfirmed,
            at,
            change=change.number,
            increases=increases,
            lines=longer,
            covered=belongs,
            delivery=len(self.deliveries) + 1 if belongs else 0,
            delivered_on=self.deliveries[-1].delivered_on if belongs else self.parties.today(at),
            billable=bool(belongs) and self.billing_trigger == "fulfilment",
            totals=self._totals_with(longer),
        )
        if decreases:
            self._cancel(decreases, change.reason, at)

    def cancel(self, quantities: Sequence[Quantity], reason: str, at: datetime) -> None:
        """Open quantity is no longer wanted (O4); all of it where none is given. What came back is not replaced."""
        self.require("cancel")
        due, owed = self.balances.to_cancel(quantities)
        if due:
            self._cancel(due, reason, at)
        if owed:
            beyond, rest = self.balances.beyond_first(owed)
            parts = self.deliveries.to_take_back(rest)
            content = {"quantities": owed, "beyond": beyond, "parts": parts, "reason": reason}
            self.record(self.ReplacementGivenUp, at, number=self.given_up + 1, **content)

    def authorise_return(self, return_id: UUID, quantities: Sequence[Quantity], at: datetime) -> tuple[Quantity, ...]:
        """What was delivered may come back. Refuses more than the buyer has."""
        self.require("authorise_return")
        announced = self.balances.to_return(quantities)
        self.record(self.ReturnAuthorised, at, return_id=return_id, quantities=announced)
        return announced

    def cancel_return(self, return_id: UUID, quantities: tuple[Quantity, ...], at: datetime) -> None:
        """It stays with the buyer."""
        self.record(self.ReturnCancelled, at, return_id=return_id, quantities=quantities)

    def take_back(
        self,
        return_id: UUID,
        announced: tuple[Quantity, ...],
        accepted: tuple[Quantity, ...],
        settlement: Settlement,
        at: datetime,
    ) -> tuple[DeliveryPart, ...]:
        """What came back is owed again, or is not billed or credited: the parts that it was billed in."""
        self.require("take_back")
        beyond, rest = self.balances.beyond_first(accepted) if settlement == "credit" else ((), ())
        if rest and self.billing_trigger == "schedule":
            raise BilledByTheContract("Replace it, or credit an instalment.", pointer="/settlement")
        parts = self.deliveries.to_take_back(rest)
        self.record(
            self.TakenBack,
            at,
            return_id=return_id,
            announced=announced,
            accepted=accepted,
            settlement=settlement,
            beyond=beyond,
            parts=parts,
        )
        return parts

    def close(self, at: datetime) -> None:
        """Nothing more happens to it, but the billing of what was delivered. What is open is cancelled if tolerated."""
        self.require("close")
        short = self.balances.to_close(self.tolerance)
        if short:
            self._cancel(short, "closed short", at)
        self.record(self.Closed, at, short=bool(short))

    def reopen(self, reason: str, at: datetime) -> None:
        """Changes and deliveries are possible again."""
        self.require("reopen")
        self.record(self.Reopened, at, reason=reason)

    @property
    def can_be_cancelled(self) -> bool:
        """Whether anything of it is open, and may be cancelled as it stands."""
        return "cancel" in self.available_actions() and any(self.open.values())

    def wanted_total(self) -> Money:
        """What all that is wanted comes to, with charges and tax."""
        whole = self._all_wanted()
        return totals(whole.lines, whole.charges, self.currency).payable_amount

    def _cancel(self, quantities: tuple[Quantity, ...], reason: str, at: datetime) -> None:
        self.prepayments.check_wanted(
            total(self._all_wanted(quantities).net().values(), self.currency), self.documented
        )
        left = sum(self.open.values(), NOTHING) - sum((one.quantity for one in quantities), NOTHING)
        self.record(
            self.Cancelled,
            at,
            quantities=quantities,
            reason=reason,
            opportunity_id=self.opportunity_id,
            whole=not left and not self.deliveries,
        )

    def _wanted(self, tax_at: TaxAt) -> dict[Tax, Money]:
        """What everything that is ordered and not cancelled comes to, by tax."""
        return self._all_wanted().taxed(tax_at).net()

    def _all_wanted(self, but: Sequence[Quantity] = ()) -> Billable:
        """Everything that is ordered and not cancelled, but for these."""
        less = {one.line_id: one.quantity for one in but}
        lines = tuple(
            replace(line, line_extension_amount=line.line_extension_amount.share(wanted, line.quantity))
            for line in self.lines
            if (wanted := self.balances[line.line_id].wanted - less.get(line.line_id, NOTHING))
        )
        return Billable(lines=lines, charges=self.charges if lines else (), before=())

    def _change(self) -> Change:
        if self.change is None:
            raise NoSuchChange
        return self.change

    def _longer(self, more: Quantity) -> Line:
        return lengthened(line_of(self.lines, more.line_id), self.balances[more.line_id].wanted, more.quantity)

    def _totals_with(self, longer: Sequence[Line]) -> Totals:
        known = {line.line_id: line for line in longer}
        return totals([known.get(line.line_id, line) for line in self.lines], self.charges, self.currency)

    @staticmethod
    def id_for(agreement_id: UUID, part: int) -> UUID:
        """One order for an accepted revision or a signed contract, whoever asks for it."""
        return derived(agreement_id, f"order {part}")
