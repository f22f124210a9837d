"""Orders: what is to be delivered, what was, and what of it may be billed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from domain.shared.aggregate import Aggregate, Event, fields_of
from domain.shared.contract_terms import BillingTrigger
from domain.shared.document import Agreement, Billable, Charge, Line, Source, TaxAt, Totals, line_of, part_of_line
from domain.shared.party import Parties, local_date
from domain.shared.refusal import Invalid, Refusal
from domain.shared.tax import TaxGroup, accumulated
from domain.shared.terms import PaymentTerms


class MoreThanOrdered(Refusal):
    """No more can be delivered than is open."""

    rule = "O1"


class DeliveryAlreadyBilled(Refusal):
    """This delivery is on an invoice already."""

    rule = "O2"


class BilledByTheContract(Refusal):
    """The contract's schedule bills this order; deliveries do not."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """So much of one line."""

    line_id: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was delivered, and when."""

    quantities: tuple[Quantity, ...]
    delivered_on: date


class Order(Aggregate):
    """A buyer's order."""

    ACTIONS = {
        "placed": ("confirm", "cancel"),
        "confirmed": ("fulfil", "cancel"),
        "in_fulfilment": ("fulfil", "cancel"),
        "fulfilled": ("close",),
        "closed": (),
        "cancelled": (),
    }
    CONSEQUENCES = dict.fromkeys(("in_fulfilment", "fulfilled", "closed"), ("bill_delivery",))

    number: str
    source: Source
    parties: Parties
    currency: str
    lines: tuple[Line, ...]
    charges: tuple[Charge, ...]
    payment_terms: PaymentTerms
    billing_trigger: BillingTrigger
    purchase_order_reference: str | None
    opportunity_id: UUID | None

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.open: dict[str, Decimal] = {}
        """Not delivered and not cancelled yet, by line."""
        self.deliveries: list[Delivery] = []
        self.billed: dict[int, UUID] = {}
        self.billed_quantity: dict[str, Decimal] = {}
        self.documented: tuple[TaxGroup, ...] = ()

    class Placed(Event):
        number: str
        source: Source
        parties: Parties
        currency: str
        lines: tuple[Line, ...]
        charges: tuple[Charge, ...]
        payment_terms: PaymentTerms
        billing_trigger: BillingTrigger
        purchase_order_reference: str | None
        owner: str
        totals: Totals
        opportunity_id: UUID | None = None

        def apply(self, order: Order) -> None:
            order.state = "placed"
            order.number, order.source, order.parties = self.number, self.source, self.parties
            order.currency, order.lines, order.charges = self.currency, self.lines, self.charges
            order.payment_terms, order.billing_trigger = self.payment_terms, self.billing_trigger
            order.purchase_order_reference = self.purchase_order_reference
            order.opportunity_id = self.opportunity_id
            order.open = {line.line_id: line.quantity for line in self.lines}

    class Confirmed(Event):
        opportunity_id: UUID | None = None

        def apply(self, order: Order) -> None:
            order.state = "confirmed"

    class Fulfilled(Event):
        delivery: int
        quantities: tuple[Quantity, ...]
        delivered_on: date
        tracking_reference: str | None
        billable: bool
        """Whether this delivery is billed (billing by fulfilment)."""

        def apply(self, order: Order) -> None:
            for done in self.quantities:
                order.open[done.line_id] -= done.quantity
            order.deliveries.append(Delivery(self.quantities, self.delivered_on))
            order.state = "in_fulfilment" if any(order.open.values()) else "fulfilled"

    class DeliveryBilled(Event):
        delivery: int
        invoice_id: UUID
        tax_breakdown: tuple[TaxGroup, ...]

        def apply(self, order: Order) -> None:
            order.billed[self.delivery] = self.invoice_id
            for done in order.deliveries[self.delivery - 1].quantities:
                before = order.billed_quantity.get(done.line_id, Decimal(0))
                order.billed_quantity[done.line_id] = before + done.quantity
            order.documented = accumulated(order.documented, self.tax_breakdown)

    class Cancelled(Event):
        quantities: tuple[Quantity, ...]
        reason: str
        opportunity_id: UUID | None = None
        whole: bool = False
        """Nothing was delivered, and nothing will be."""

        def apply(self, order: Order) -> None:
            for cancelled in self.quantities:
                order.open[cancelled.line_id] -= cancelled.quantity
            if not any(order.open.values()):
                order.state = "fulfilled" if order.deliveries else "cancelled"

    class Closed(Event):
        def apply(self, order: Order) -> None:
            order.state = "closed"

    def place(self, agreement: Agreement, billing_trigger: BillingTrigger, at: datetime) -> None:
        """What the buyer ordered, as the accepted quote or the signed contract says."""
        self.record(
            self.Placed,
            at,
            **fields_of(agreement),
            billing_trigger=billing_trigger,
            totals=agreement.totals(),
        )

    def confirm(self, at: datetime) -> None:
        """The seller will deliver."""
        self.require("confirm")
        self.record(self.Confirmed, at, opportunity_id=self.opportunity_id)

    def fulfil(
        self,
        quantities: Sequence[Quantity],
        at: datetime,
        *,
        delivered_on: date | None = None,
        tracking_reference: str | None = None,
    ) -> None:
        """A delivery; of everything open where no quantities are given. Refuses more than is open (O1)."""
        self.require("fulfil")
        today = local_date(at, self.parties.time_zone)
        delivered_on = delivered_on or today
        if delivered_on > today:
            raise Invalid("A delivery is recorded once it has happened.", pointer="/delivered_on")
        self.record(
            self.Fulfilled,
            at,
            delivery=len(self.deliveries) + 1,
            quantities=self._within_open(quantities),
            delivered_on=delivered_on,
            tracking_reference=tracking_reference,
            billable=self.billing_trigger == "fulfilment",
        )

    def bill_delivery(self, delivery: int, invoice_id: UUID, tax_at: TaxAt, at: datetime) -> Billable:
        """What the invoice of that delivery bears; charges are on the first one. Refuses to bill twice (O2)."""
        if self.billing_trigger == "schedule":
            raise BilledByTheContract
        self.require("bill_delivery")
        self.delivered_on(delivery)
        if delivery in self.billed:
            raise DeliveryAlreadyBilled(f"Delivery {delivery} is billed.")
        billable = Billable(
            lines=tuple(self._delivered_line(done) for done in self.deliveries[delivery - 1].quantities),
            charges=() if self.billed else self.charges,
            before=self.documented,
        ).taxed(tax_at)
        groups = billable.totals(self.currency).tax_breakdown
        self.record(self.DeliveryBilled, at, delivery=delivery, invoice_id=invoice_id, tax_breakdown=groups)
        return billable

    def delivered_on(self, delivery: int) -> date:
        """The day of a delivery: its tax point."""
        if not 1 <= delivery <= len(self.deliveries):
            raise Invalid(f"There is no delivery {delivery}.", pointer="/delivery")
        return self.deliveries[delivery - 1].delivered_on

    def cancel(self, quantities: Sequence[Quantity], reason: str, at: datetime) -> None:
        """Open quantity is no longer wanted (O4); all of it where none is given."""
        self.require("cancel")
        cancelled = self._within_open(quantities)
        left = sum(self.open.values(), Decimal(0)) - sum((one.quantity for one in cancelled), Decimal(0))
        self.record(
            self.Cancelled,
            at,
            quantities=cancelled,
            reason=reason,
            opportunity_id=self.opportunity_id,
            whole=not left and not self.deliveries,
        )

    def close(self, at: datetime) -> None:
        """Nothing more happens to it, but the billing of what was delivered."""
        self.require("close")
        self.record(self.Closed, at)

    def _within_open(self, quantities: Sequence[Quantity]) -> tuple[Quantity, ...]:
        if not quantities:
            return tuple(Quantity(line_id, left) for line_id, left in self.open.items() if left)
        asked: Mapping[str, Decimal] = {one.line_id: one.quantity for one in quantities}
        if len(asked) < len(quantities):
            raise Invalid("Each line stands once.", pointer="/quantities")
        for index, one in enumerate(quantities):
            left = self.open.get(one.line_id)
            if left is None:
                raise Invalid(f"There is no line {one.line_id}.", pointer=f"/quantities/{index}/line_id")
            if one.quantity <= 0:
                raise Invalid("A quantity is positive.", pointer=f"/quantities/{index}/quantity")
            if one.quantity > left:
                raise MoreThanOrdered(f"{left} of line {one.line_id} are open.", pointer=f"/quantities/{index}")
        return tuple(quantities)

    def _delivered_line(self, done: Quantity) -> Line:
        line = line_of(self.lines, done.line_id)
        return part_of_line(line, self.billed_quantity.get(done.line_id, Decimal(0)), done.quantity)

    @staticmethod
    def id_for(agreement_id: UUID, part: int) -> UUID:
        """One order for an accepted revision or a signed contract, whoever asks for it."""
        return uuid5(agreement_id, f"order {part}")
