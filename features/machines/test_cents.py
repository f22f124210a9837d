"""No cent is created or lost between an agreement and the last document that follows from it."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from domain.billing import CreditAsked, Invoice, joined
from domain.contracting import Contract, Signatory
from domain.ordering import Quantity
from domain.payments import Payment
from domain.shared.contract_terms import ContractTerms, ScheduledShare
from domain.shared.document import Agreement
from domain.shared.money import Money, total
from domain.shared.refusal import Refusal
from features.machines.deals import NOON, TODAY, add_up, agreements, as_agreed, confirmed, issued, nth

SIGNATORIES = (Signatory("A", "seller"), Signatory("B", "buyer"))


@given(agreements(), st.data())
def test_deliveries_in_any_parts_and_order_are_billed_as_the_order_says(
    agreement: Agreement, data: st.DataObject
) -> None:
    order = confirmed(agreement)
    while order.state != "fulfilled":
        line_id = data.draw(st.sampled_from([key for key, left in order.open.items() if left]))
        quantity = Decimal(data.draw(st.integers(1, int(order.open[line_id]))))
        order.fulfil([Quantity(line_id, quantity)], NOON)
    deliveries = data.draw(st.permutations(range(1, len(order.deliveries) + 1)))
    invoices = [
        order.bill_delivery(number, nth(number), as_agreed, NOON).totals(order.currency) for number in deliveries
    ]
    assert add_up(invoices, agreement.totals())


@given(agreements(), st.lists(st.decimals("0.1", "100", places=2), min_size=1, max_size=13))
def test_instalments_of_any_weights_add_up_to_the_contract(agreement: Agreement, weights: list[Decimal]) -> None:
    schedule = tuple(ScheduledShare(TODAY, weight) for weight in weights)
    terms = ContractTerms(starts_on=TODAY, ends_on=TODAY, billing_trigger="schedule", schedule=schedule)
    contract = Contract(nth(0))
    contract.draft_contract(agreement, terms, NOON)
    assert (
        total((one.amount for one in contract.schedule), agreement.currency) == agreement.totals().line_extension_total
    )
    contract.sign(SIGNATORIES, NOON)
    contract.activate(NOON)
    numbers = range(1, len(weights) + 1)
    invoices = [
        contract.bill_instalment(number, nth(number), as_agreed, NOON).totals(agreement.currency) for number in numbers
    ]
    assert add_up(invoices, agreement.totals())


@given(agreements(), st.data())
def test_credits_in_any_parts_take_back_exactly_the_invoice(agreement: Agreement, data: st.DataObject) -> None:
    invoice = issued(agreement)
    assume(invoice.totals.tax_exclusive_amount)
    taken = []
    for number in range(1, data.draw(st.integers(0, 5)) + 1):
        line = data.draw(st.sampled_from(invoice.lines))
        places = Decimal(1).scaleb(-max(0, -int(line.line_extension_amount.amount.as_tuple().exponent)))
        amount = Money.of(places * data.draw(st.integers(1, 10**7)), invoice.currency)
        try:
            taken.append(invoice.credit([CreditAsked(line_id=line.line_id, amount=amount)], nth(number), NOON).totals)
        except Refusal:
            assert not amount <= line.line_extension_amount - invoice.credited_lines.get(
                line.line_id, Money.zero(invoice.currency)
            )
    if invoice.state != "credited":
        taken.append(invoice.credit([], nth(99), NOON).totals)
    assert add_up(taken, invoice.totals)
    assert (invoice.state, invoice.open_amount) == ("credited", Money.zero(invoice.currency))


@given(agreements(), st.data())
def test_pieces_and_price_reductions_in_any_order_take_back_exactly_the_invoice(
    agreement: Agreement, data: st.DataObject
) -> None:
    invoice = issued(agreement)
    assume(invoice.totals.tax_exclusive_amount)
    taken = []
    for number in range(1, data.draw(st.integers(0, 6)) + 1):
        line = data.draw(st.sampled_from(invoice.lines))
        share = Decimal(data.draw(st.integers(1, 10)))
        reduction = line.line_extension_amount.share(share, Decimal(20))
        asked = data.draw(
            st.sampled_from(
                (
                    CreditAsked(line_id=line.line_id, quantity=share),
                    CreditAsked(line_id=line.line_id, amount=reduction),
                    CreditAsked(line_id=line.line_id),
                )
            )
        )
        try:
            taken.append(invoice.credit([asked], nth(number), NOON).totals)
        except Refusal:
            continue
        assert all(invoice.credited_quantities.get(one.line_id, 0) <= one.quantity for one in invoice.lines)
    if invoice.state != "credited":
        taken.append(invoice.credit([], nth(99), NOON).totals)
    assert add_up(taken, invoice.totals)
    assert (invoice.state, invoice.open_amount) == ("credited", Money.zero(invoice.currency))


@given(st.lists(agreements(), min_size=2, max_size=4), st.data())
def test_one_credit_note_over_several_invoices_is_the_sum_of_what_each_is_credited(
    deals: list[Agreement], data: st.DataObject
) -> None:
    currency = deals[0].currency
    invoices = [issued(deal) for deal in deals if deal.currency == currency]
    assume(all(invoice.totals.tax_exclusive_amount for invoice in invoices))
    taken = {str(number): invoice.credit([], nth(number), NOON) for number, invoice in enumerate(invoices)}
    note = joined(taken, currency)
    assert add_up([credit.totals for credit in taken.values()], note.totals)
    lines, charges = [line.line_extension_amount for line in note.lines], [one.amount for one in note.charges]
    assert total(lines, currency) == note.totals.line_extension_total
    assert total(charges, currency) == note.totals.charge_total
    assert len({line.line_id for line in note.lines}) == len(note.lines)


@given(agreements(), st.data())
def test_credits_take_back_exactly_an_invoice_within_a_chain(agreement: Agreement, data: st.DataObject) -> None:
    terms = ContractTerms(
        starts_on=TODAY,
        ends_on=TODAY,
        billing_trigger="schedule",
        schedule=tuple(ScheduledShare(TODAY, Decimal(1)) for _ in range(3)),
    )
    contract = Contract(nth(0))
    contract.draft_contract(agreement, terms, NOON)
    contract.sign(SIGNATORIES, NOON)
    contract.activate(NOON)
    contract.bill_instalment(1, nth(1), as_agreed, NOON)
    invoice = issued(agreement, contract.bill_instalment(2, nth(2), as_agreed, NOON))
    assume(invoice.totals.line_extension_total)
    taken = [
        invoice.credit([CreditAsked(line_id=line.line_id, amount=line.line_extension_amount)], nth(place), NOON).totals
        for place, line in enumerate(data.draw(st.permutations(invoice.lines)), 10)
        if line.line_extension_amount
    ]
    assert add_up(taken, invoice.totals)
    assert invoice.open_amount == Money.zero(invoice.currency)


@given(agreements(), st.data())
def test_whatever_is_paid_credited_and_taken_back_nothing_is_settled_twice(
    agreement: Agreement, data: st.DataObject
) -> None:
    invoice, payment = issued(agreement), Payment(nth(1))
    nothing = Money.zero(invoice.currency)
    amount = invoice.totals.payable_amount + invoice.totals.payable_amount
    assume(amount)
    payment.record(
        Payment.Settled,
        NOON,
        number="P-1",
        customer_id=UUID(int=2),
        seller_id=UUID(int=1),
        amount=amount,
        payment_means_code="30",
        booking_date=TODAY,
        value_date=TODAY,
        remittance_information="",
        end_to_end_id=None,
        account_servicer_reference=None,
    )
    for number in range(data.draw(st.integers(1, 8))):
        part = amount.share(Decimal(data.draw(st.integers(0, 20))), Decimal(10))
        act(invoice, payment, part, data.draw(st.sampled_from(("pay", "take back", "credit", "refund"))), number)
        allocated = total(payment.allocations.values(), invoice.currency)
        assert allocated == invoice.paid
        assert nothing <= payment.unapplied
        assert nothing <= invoice.open_amount
        assert invoice.open_amount + invoice.paid + invoice.credited == invoice.totals.payable_amount


def act(invoice: Invoice, payment: Payment, part: Money, what: str, number: int) -> None:
    """Both sides of one command, or neither: what the append guarantees."""
    before = invoice.pending[:], payment.pending[:]
    try:
        if what == "pay" and part <= invoice.open_amount:
            payment.allocate(invoice.id, part, NOON)
            invoice.apply_payment(payment.id, part, NOON)
        elif what == "take back":
            payment.unallocate(invoice.id, part, NOON)
            invoice.unapply_payment(payment.id, part, NOON)
        elif what == "refund":
            payment.refund(part, "paid too much", NOON)
        elif what == "credit":
            invoice.credit([], nth(number), NOON)
            for surplus in invoice.overpaid().values():
                payment.unallocate(invoice.id, surplus, NOON)
                invoice.unapply_payment(payment.id, surplus, NOON)
    except Refusal:
        assert (invoice.pending, payment.pending) == before, "a refusal leaves nothing behind"
