"""No cent is created or lost where an order is paid in advance."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from domain.billing import Credit, CreditAsked, Invoice
from domain.ordering import Order, Quantity
from domain.shared.document import Agreement, Charge, Line, Totals
from domain.shared.money import Money, total
from domain.shared.refusal import Refusal
from domain.shared.tax import Tax
from features.machines.deals import NOON, TAXES, add_up, agreement, agreements, as_agreed, confirmed, issued, line, nth


@given(agreements(), st.data())
def test_prepayments_and_deliveries_in_any_order_are_billed_as_the_order_says(
    agreement: Agreement, data: st.DataObject
) -> None:
    order = confirmed(agreement)
    bills, numbers = list[Totals](), dict[UUID, str]()
    for number in range(100, 100 + data.draw(st.integers(1, 3))):
        advance(order, data.draw(st.integers(1, 100)), number, bills, numbers)
        if order.state == "fulfilled":
            break
        line_id = data.draw(st.sampled_from([key for key, left in order.open.items() if left]))
        quantity = Decimal(data.draw(st.integers(1, int(order.open[line_id]))))
        order.fulfil([Quantity(line_id, quantity)], NOON)
        if data.draw(st.booleans()):
            bills.append(billed(order, len(order.deliveries), numbers))
    if order.state != "fulfilled":
        order.fulfil([], NOON)
    for number, delivery in enumerate(order.deliveries, 1):
        if delivery.invoice_id is None:
            bills.append(billed(order, number, numbers))
    assert add_up(bills, agreement.totals())
    assert not any(order.prepayments.left.values())
    assert all(Money.zero(order.currency) <= min(bill.tax_exclusive_amount, bill.payable_amount) for bill in bills)


@given(agreements(), st.data())
def test_what_was_prepaid_at_another_rate_comes_off_as_far_as_it_can(agreement: Agreement, data: st.DataObject) -> None:
    rates = data.draw(st.lists(st.sampled_from([Decimal(0), Decimal(7), Decimal("19.5"), Decimal(30)]), min_size=4))

    def changed(taxed: Line | Charge) -> Tax:
        return replace(taxed.tax, rate=rates[TAXES.index(taxed.tax)])

    order = confirmed(agreement)
    bills, numbers = list[Totals](), dict[UUID, str]()
    for number in (100, 101):
        advance(order, data.draw(st.integers(1, 100)), number, bills, numbers)
    while order.state != "fulfilled":
        line_id = data.draw(st.sampled_from([key for key, left in order.open.items() if left]))
        order.fulfil([Quantity(line_id, order.open[line_id])], NOON)
    for delivery in data.draw(st.permutations(range(1, len(order.deliveries) + 1))):
        billable = order.bill_delivery(delivery, nth(delivery), changed, NOON, numbers)
        bills.append(billable.totals(order.currency))
    net = total((bill.tax_exclusive_amount for bill in bills), order.currency)
    assert net - total(order.prepayments.left.values(), order.currency) == agreement.totals().tax_exclusive_amount
    assert all(Money.zero(order.currency) <= min(bill.tax_exclusive_amount, bill.payable_amount) for bill in bills)


def advance(order: Order, percent: int, number: int, bills: list[Totals], numbers: dict[UUID, str]) -> None:
    """Bill so much in advance, unless less is left; what is credited again counts for nothing."""
    try:
        bill = order.prepayment(Decimal(percent), as_agreed).totals(order.currency)
        order.bill_prepayment(nth(number), bill.tax_breakdown, as_agreed, NOON)
    except Refusal:
        return
    if number % 3:
        bills.append(bill)
        numbers[nth(number)] = str(number)
    else:
        order.credit_prepayment(nth(number), bill.tax_breakdown, NOON)


@given(agreements(), st.data())
def test_what_comes_back_of_prepaid_deliveries_is_credited_without_a_cent_more_or_less(
    agreement: Agreement, data: st.DataObject
) -> None:
    order = confirmed(agreement)
    bills, numbers = list[Totals](), dict[UUID, str]()
    advance(order, data.draw(st.integers(1, 100)), 100, bills, numbers)
    order.fulfil([], NOON)
    invoice = issued(agreement, order.bill_delivery(1, nth(0), as_agreed, NOON, numbers))
    assume(invoice.totals.line_extension_total)
    taken = []
    for number in range(1, data.draw(st.integers(0, 5)) + 1):
        line = data.draw(st.sampled_from([one for one in invoice.lines if not one.advance]))
        pieces = CreditAsked(line_id=line.line_id, quantity=Decimal(data.draw(st.integers(1, 10))))
        try:
            credit = invoice.credit([pieces], nth(number), NOON)
        except Refusal:
            continue
        give_back(order, invoice, credit)
        taken.append(credit.totals)
    if invoice.state != "credited":
        credit = invoice.credit([], nth(99), NOON)
        give_back(order, invoice, credit)
        taken.append(credit.totals)
    assert add_up(taken, invoice.totals)
    assert all(is_sound(one) for one in taken)
    if bills:
        order.credit_prepayment(nth(100), bills[0].tax_breakdown, NOON)
    assert not any(order.prepayments.left.values())


def is_sound(note: Totals) -> bool:
    """Nothing is asked of the buyer; each group is taxed by its rate, but for a minor unit that others left over."""
    exact = [group.taxable_amount.share(group.tax.rate, Decimal(100)) for group in note.tax_breakdown]
    taxes = [group.vat_category_tax_amount for group in note.tax_breakdown]
    most = Money.smallest(note.payable_amount.currency).amount
    off = [(tax - due).amount for tax, due in zip(taxes, exact, strict=True)]
    return note.payable_amount.amount >= 0 and all(abs(one) <= most for one in off)


def test_a_part_of_what_was_prepaid_whole_is_credited_at_nothing_and_so_is_the_rest() -> None:
    lines = tuple(
        line(str(place), Decimal(quantity), Decimal("0.01"), tax, "KWD")
        for place, (quantity, tax) in enumerate(zip((1, 6, 1), (TAXES[1], TAXES[2], TAXES[0]), strict=True), 1)
    )
    deal = agreement("KWD", lines, (Charge("Freight", Money.of("1.127", "KWD"), TAXES[0]),))
    order, bills, numbers = confirmed(deal), list[Totals](), dict[UUID, str]()
    advance(order, 100, 100, bills, numbers)
    order.fulfil([], NOON)
    invoice = issued(deal, order.bill_delivery(1, nth(0), as_agreed, NOON, numbers))
    for number, asked in enumerate(([CreditAsked(line_id="1", quantity=Decimal(1))], []), 1):
        assert not invoice.credit(asked, nth(number), NOON).totals.payable_amount
    assert invoice.state == "credited"


def give_back(order: Order, invoice: Invoice, credit: Credit) -> None:
    """What a credit note gives back of a prepayment is prepaid again."""
    amounts = {tax: -amount for tax, amount in invoice.advances(credit.credited).items()}
    order.restore_deductions(invoice.id, amounts, None, NOON)


def billed(order: Order, delivery: int, numbers: dict[UUID, str]) -> Totals:
    """What the invoice of a delivery comes to."""
    return order.bill_delivery(delivery, nth(delivery), as_agreed, NOON, numbers).totals(order.currency)
