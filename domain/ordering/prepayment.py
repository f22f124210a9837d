"""Prepayments: what of an order is billed before it is delivered, and taken off the invoices of its deliveries (I7).

A prepayment invoice (386) belongs to the order's chain of documents. The invoice of a delivery bears a line of negative
quantity for each of them, so that the chain bears every cent of net and tax once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count
from uuid import UUID

from domain.shared.document import Billable, Line
from domain.shared.money import Money, total
from domain.shared.refusal import Refusal
from domain.shared.tax import Tax, TaxGroup


class PrepaymentExceedsOrder(Refusal):
    """No more is billed in advance than is left to be billed."""

    rule = "I7"


class PrepaymentStands(Refusal):
    """What was billed in advance is credited before less is wanted than that."""

    rule = "I7"


class PrepaymentTakenOffAlready(Refusal):
    """The invoice of a delivery has taken this prepayment off: credit that one first."""

    rule = "I7"


@dataclass(frozen=True, slots=True)
class Deduction:
    """So much of a prepayment, without tax, that the invoice of a delivery takes off."""

    invoice_id: UUID
    """Of the prepayment."""
    tax: Tax
    amount: Money


class Prepayments:
    """All prepayments of an order, and what of each is not taken off yet, the oldest first."""

    def __init__(self) -> None:
        self.left: dict[tuple[UUID, Tax], Money] = {}
        self.taken_off: dict[UUID, dict[tuple[UUID, Tax], Money]] = {}
        """The same by the invoice that took it off."""

    def bill(self, invoice_id: UUID, groups: Iterable[TaxGroup]) -> None:
        """Billed in advance."""
        self.left |= {(invoice_id, group.tax): group.taxable_amount for group in groups}

    def take_off(self, invoice_id: UUID, deductions: Iterable[Deduction]) -> None:
        """That invoice takes these off."""
        taken = self.taken_off.setdefault(invoice_id, {})
        for one in deductions:
            key = one.invoice_id, one.tax
            self.left[key] -= one.amount
            taken[key] = taken.get(key, one.amount - one.amount) + one.amount

    def give_back(self, invoice_id: UUID, deductions: Iterable[Deduction]) -> None:
        """That invoice takes these off no longer."""
        for one in deductions:
            key = one.invoice_id, one.tax
            self.left[key] += one.amount
            self.taken_off[invoice_id][key] -= one.amount

    def to_give_back(self, invoice_id: UUID, amounts: Mapping[Tax, Money]) -> tuple[Deduction, ...]:
        """Of which prepayments these amounts are that the invoice took off, the latest first."""
        rest, back = dict(amounts), []
        for (prepayment, tax), taken in reversed(self.taken_off.get(invoice_id, {}).items()):
            amount = min(taken, rest.get(tax, taken - taken))
            if amount:
                rest[tax] -= amount
                back.append(Deduction(prepayment, tax, amount))
        return tuple(back)

    def credit(self, invoice_id: UUID, groups: Iterable[TaxGroup]) -> None:
        """So much of a prepayment is credited."""
        for group in groups:
            self.left[invoice_id, group.tax] -= group.taxable_amount

    def check_creditable(self, invoice_id: UUID, groups: Iterable[TaxGroup]) -> None:
        """Refuse what was taken off already."""
        for group in groups:
            if group.taxable_amount > self.left[invoice_id, group.tax]:
                raise PrepaymentTakenOffAlready

    def check_wanted(self, net: Money, documented: Iterable[TaxGroup]) -> None:
        """Refuse that only so much is wanted, where more is billed in advance than what is still to be delivered."""
        left = total(self.left.values(), net.currency)
        over = min(left, total((group.taxable_amount for group in documented), net.currency) - net)
        if over.amount > 0:
            raise PrepaymentStands(f"Credit {over} net of what was billed in advance first.")

    def open_invoices(self) -> list[UUID]:
        """Those that are not wholly taken off."""
        return list(dict.fromkeys(invoice_id for (invoice_id, _), left in self.left.items() if left))

    def to_take_off(
        self, net: Mapping[Tax, Money], issued: Iterable[UUID], superseded: Mapping[Tax, Money]
    ) -> tuple[Deduction, ...]:
        """What the invoice of a delivery with these net amounts takes off: of its own taxes first, never more than all.

        What was prepaid at a tax that is wanted no more comes off at its own: the delivery's day decides the rate. Of
        taxes that are wanted still, it waits for theirs.
        """
        known, room, beyond = set(issued), dict(net), dict(superseded)
        open_ones = {key: left for key, left in self.left.items() if left and key[0] in known}
        taken: dict[tuple[UUID, Tax], Money] = {}
        for (invoice_id, tax), left in open_ones.items():
            if tax in room:
                taken[invoice_id, tax] = min(left, room[tax])
                room[tax] -= taken[invoice_id, tax]
        for (invoice_id, tax), left in open_ones.items():
            if tax in beyond and tax not in net:
                part = _from_others(min(left, beyond[tax]), tax, room)
                taken[invoice_id, tax] = part
                beyond[tax] -= part
        return tuple(Deduction(*key, amount) for key, amount in taken.items() if amount)


def _from_others(amount: Money, tax: Tax, room: dict[Tax, Money]) -> Money:
    """As much of it as there is room for with other taxes, neither without tax nor with it coming to more than theirs;
    that room is taken."""
    rest = amount
    for other, free in room.items():
        part = min(rest, free, free.share(100 + other.rate, 100 + tax.rate))
        room[other] -= min(free, max(part, part.share(100 + tax.rate, 100 + other.rate)))
        rest -= part
    return amount - rest


def superseded(wanted: Mapping[Tax, Money], documented: Iterable[TaxGroup]) -> dict[Tax, Money]:
    """What documents bear of each tax beyond what is wanted of it by now: the rate has changed, or less is wanted."""
    before = {group.tax: group.taxable_amount for group in documented}
    beyond = {tax: amount - wanted.get(tax, amount - amount) for tax, amount in before.items()}
    return {tax: amount for tax, amount in beyond.items() if amount.amount > 0}


def less_prepaid(
    billable: Billable, deductions: tuple[Deduction, ...], numbers: Mapping[UUID, str], currency: str
) -> tuple[Billable, tuple[Deduction, ...]]:
    """With the deductions, and so much of them that it does not ask for less than nothing: of two rates, each is
    rounded by itself."""
    less = replace(billable, lines=billable.lines + deduction_lines(deductions, numbers, billable.lines))
    if not deductions or less.totals(currency).payable_amount.amount >= 0:
        return less, deductions
    *others, last = deductions
    smaller = replace(last, amount=last.amount - Money.smallest(currency))
    return less_prepaid(billable, (*others, smaller) if smaller.amount else tuple(others), numbers, currency)


def prepayment_lines(order_number: str, groups: Mapping[Tax, Money]) -> tuple[Line, ...]:
    """One line of a prepayment invoice for each tax."""
    named = ((tax, amount, f"Prepayment of {order_number}") for tax, amount in groups.items() if amount)
    return tuple(_line(str(place), name, Decimal(1), amount, tax) for place, (tax, amount, name) in enumerate(named, 1))


def deduction_lines(
    deductions: Iterable[Deduction], numbers: Mapping[UUID, str], lines: Iterable[Line]
) -> tuple[Line, ...]:
    """One line of negative quantity for each, beside the others: prices are never negative (BR-27)."""
    known = {line.line_id for line in lines}
    free = (line_id for place in count(1) if (line_id := f"less-{place}") not in known)
    return tuple(
        _line(line_id, f"Less prepayment {numbers[one.invoice_id]}", Decimal(-1), one.amount, one.tax)
        for one, line_id in zip(deductions, free, strict=False)
    )


def shares(net: Mapping[Tax, Money], percent: Decimal) -> dict[Tax, Money]:
    """So many percent of each."""
    return {tax: amount.share(percent, Decimal(100)) for tax, amount in net.items()}


def check_left(asked: Mapping[Tax, Money], net: Mapping[Tax, Money], documented: Iterable[TaxGroup]) -> None:
    """Refuse more than earlier documents have left of any tax, or of all together: the rate may have changed."""
    before = {group.tax: group.taxable_amount for group in documented}
    for tax, amount in asked.items():
        left = net.get(tax, amount - amount) - before.get(tax, amount - amount)
        if amount > left:
            raise PrepaymentExceedsOrder(f"{left} are left at {tax.rate} %.")
    currency = next(iter(net.values())).currency if net else ""
    in_all, left = total(asked.values(), currency), total(net.values(), currency) - total(before.values(), currency)
    if in_all > left or not in_all:
        raise PrepaymentExceedsOrder(f"{left} are left.")


def negative(groups: Iterable[TaxGroup]) -> tuple[TaxGroup, ...]:
    """The same, taken back."""
    return tuple(TaxGroup(group.tax, -group.taxable_amount, -group.vat_category_tax_amount) for group in groups)


def _line(line_id: str, name: str, quantity: Decimal, price: Money, tax: Tax) -> Line:
    return Line(
        line_id=line_id,
        product_id=None,
        item_name=name,
        seller_item_id="",
        product_line="",
        quantity=quantity,
        unit_code="C62",
        gross_price=price.amount,
        net_price=price.amount,
        base_quantity=Decimal(1),
        allowance=Decimal(0),
        line_extension_amount=price if quantity > 0 else -price,
        tax=tax,
        tax_class=None,
        goods=False,
        advance=True,
    )
