"""Whatever is delivered, changed, cancelled and taken back: quantities stay within each other, and cents add up."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.ordering import Order, Quantity, Settlement, Tolerance
from domain.ordering.quantities import Balance
from domain.shared.document import Agreement, Charge, Line, line_amount
from domain.shared.money import Money, total
from domain.shared.refusal import Refusal
from domain.shared.tax import Tax
from features.machines.deals import NOON, agreements

SOME = st.integers(1, 12).map(Decimal)
ANN, BOB = ("ann",), ("bob",)


def as_agreed(taxed: Line | Charge) -> Tax:
    """The tax table has not changed since."""
    return taxed.tax


class Deliveries(RuleBasedStateMachine):
    """One order, and anything that may be asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.order = Order(UUID(int=1))
        self.billed: dict[str, Money] = {}
        self.returns = 0

    @initialize(agreement=agreements(), over=st.integers(0, 40), under=st.integers(0, 40))
    def begin(self, agreement: Agreement, over: int, under: int) -> None:
        self.order.place(agreement, "fulfilment", NOON)
        self.order.agree_tolerance(Tolerance(Decimal(over), Decimal(under)), NOON)
        self.order.confirm(NOON)

    def any_line(self, number: int) -> str:
        """One of the lines."""
        return self.order.lines[number % len(self.order.lines)].line_id

    @rule(line=st.integers(0, 3), quantity=SOME)
    def fulfil(self, line: int, quantity: Decimal) -> None:
        with suppress(Refusal):
            self.order.fulfil([Quantity(self.any_line(line), quantity)], NOON)

    @rule(line=st.integers(0, 3), quantity=SOME)
    def cancel(self, line: int, quantity: Decimal) -> None:
        with suppress(Refusal):
            self.order.cancel([Quantity(self.any_line(line), quantity)], "less", NOON)

    @rule(line=st.integers(0, 3), quantity=SOME, agreed=st.booleans())
    def change(self, line: int, quantity: Decimal, agreed: bool) -> None:
        with suppress(Refusal):
            self.order.request_change([Quantity(self.any_line(line), quantity)], "other", NOON)
            if agreed:
                self.order.confirm_change(NOON)
            else:
                self.order.decline_change("no", NOON)

    @rule(line=st.integers(0, 3), quantity=SOME, accepted=SOME, credit=st.booleans())
    def take_back(self, line: int, quantity: Decimal, accepted: Decimal, credit: bool) -> None:
        self.returns += 1
        number, line_id = uuid5(UUID(int=2), str(self.returns)), self.any_line(line)
        with suppress(Refusal):
            announced = self.order.authorise_return(number, [Quantity(line_id, quantity)], NOON)
            taken = (Quantity(line_id, min(accepted, quantity)),)
            settlement: Settlement = "credit" if credit else "replacement"
            self.order.take_back(number, announced, taken, settlement, NOON)

    @rule(number=st.integers(1, 20))
    def bill(self, number: int) -> None:
        with suppress(Refusal):
            for line in self.order.bill_delivery(number, uuid5(UUID(int=3), str(number)), as_agreed, NOON).lines:
                before = self.billed.get(line.line_id, Money.zero(self.order.currency))
                self.billed[line.line_id] = before + line.line_extension_amount

    @rule(kind=st.sampled_from(("compliance", "credit")))
    def hold_and_release(self, kind: str) -> None:
        with suppress(Refusal):
            self.order.hold("credit" if kind == "credit" else "compliance", "wait", ANN, NOON)
            self.order.release_hold("on", BOB, NOON)

    @rule()
    def close_and_reopen(self) -> None:
        with suppress(Refusal):
            self.order.close(NOON)
            self.order.reopen("again", NOON)

    @invariant()
    def quantities_stay_within_each_other(self) -> None:
        for line_id, balance in self.order.balances.items():
            assert min(balance.due, balance.owed, balance.beyond, balance.announced, balance.with_buyer) >= 0
            assert balance.returned + balance.announced <= balance.sent
            self.beyond_is_tolerated(balance)
            assert self.order.deliveries.billed_quantity.get(line_id, Decimal(0)) <= balance.delivered

    def beyond_is_tolerated(self, balance: Balance) -> None:
        """When it was delivered: what was cancelled afterwards does not undo it."""
        assert balance.beyond <= balance.ordered * self.order.tolerance.over_percent / 100

    @invariant()
    def no_more_is_credited_than_was_billed(self) -> None:
        credited: dict[tuple[int, str], Decimal] = {}
        for event in self.order.pending:
            for part in event.parts if isinstance(event, Order.TakenBack | Order.ReplacementGivenUp) else ():
                if part.invoice_id is not None:
                    key = part.delivery, part.line_id
                    credited[key] = credited.get(key, Decimal(0)) + part.quantity
        for (delivery, line_id), quantity in credited.items():
            assert quantity <= self.order.deliveries[delivery - 1].quantities[line_id]

    @invariant()
    def what_is_open_can_be_given_up(self) -> None:
        if self.order.can_be_cancelled:
            again = Order.replay(self.order.id, self.order.pending)
            again.cancel((), "no more", NOON)
            assert not again.can_be_cancelled

    @invariant()
    def what_is_billed_adds_up_to_the_line(self) -> None:
        for line in self.order.lines if self.order.state else ():
            quantity = self.order.deliveries.billed_quantity.get(line.line_id, Decimal(0))
            if quantity == line.quantity:
                assert self.billed[line.line_id] == line.line_extension_amount

    @invariant()
    def the_state_follows_from_what_is_open(self) -> None:
        if self.order.state in ("confirmed", "in_fulfilment"):
            assert any(self.order.open.values())
        if self.order.state == "fulfilled":
            assert not any(self.order.open.values())

    @invariant()
    def the_facts_alone_make_the_same_order(self) -> None:
        again = Order.replay(self.order.id, self.order.pending)
        assert (again.state, again.balances, list(again.deliveries), again.lines) == (
            self.order.state,
            self.order.balances,
            list(self.order.deliveries),
            self.order.lines,
        )


@given(
    agreement=agreements(),
    allowance=st.integers(1, 500).map(lambda cents: Decimal(cents) / 100),
    cancelled=st.integers(0, 40),
    more=SOME,
    first=SOME,
)
def test_deliveries_bill_what_is_left_and_what_is_added(
    agreement: Agreement, allowance: Decimal, cancelled: int, more: Decimal, first: Decimal
) -> None:
    line = replace(agreement.lines[0], allowance=allowance)
    less = min(Decimal(cancelled), line.quantity)
    order = Order(UUID(int=1))
    order.place(replace(agreement, lines=(line, line_of_another(line))), "fulfilment", NOON)
    order.confirm(NOON)
    if less:
        order.cancel([Quantity(line.line_id, less)], "less", NOON)
    kept = line.quantity - less
    order.request_change([Quantity(line.line_id, kept + more)], "more", NOON)
    order.confirm_change(NOON)
    added = line_amount(more, line.net_price, line.base_quantity, Decimal(0), agreement.currency)
    parts: list[Line] = []
    for quantity in (min(first, kept + more), kept + more - min(first, kept + more)):
        if quantity:
            order.fulfil([Quantity(line.line_id, quantity)], NOON)
            billed = order.bill_delivery(len(order.deliveries), uuid5(UUID(int=3), str(quantity)), as_agreed, NOON)
            parts += billed.lines
    expected = line.line_extension_amount.share(kept, line.quantity) + added
    assert total((part.line_extension_amount for part in parts), agreement.currency) == expected
    assert abs(sum(part.allowance for part in parts) - allowance * kept / line.quantity) <= Decimal("0.00000001")


def line_of_another(line: Line) -> Line:
    """So that the order goes on whatever is cancelled of the first."""
    return replace(line, line_id="another")


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
