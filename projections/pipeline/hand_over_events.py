"""What is handed over to finance, and how finance took it."""

from __future__ import annotations

from typing import Any

from domain.contracting import Contract
from domain.crm import HandOver
from domain.ordering import Order
from domain.shared.aggregate import Event
from domain.shared.party import Parties
from domain.shared.tax import TaxGroup
from projections.shared import Effect, Effects, Recorded, insert, update

STATE = """update hand_overs set state = case state when 'cancelled' then state else %(state)s end
    where hand_over_id = %(id)s"""


class HandOvers:
    """Each order with everything that finance has to know of it."""

    def contract_signed(self, event: Contract.Signed, recorded: Recorded) -> Effects:
        yield update("contract_terms", {"contract_id": event.originator_id}, signed_on=event.signed_on)

    def hand_over_prepared(self, event: HandOver.Prepared, recorded: Recorded) -> Effects:
        yield from _hand_over(event, state="waiting", ordinal=recorded.position)

    def hand_over_acknowledged(self, event: HandOver.Acknowledged, recorded: Recorded) -> Effects:
        yield from _hand_over(event, state="acknowledged")

    def hand_over_returned(self, event: HandOver.Returned, recorded: Recorded) -> Effects:
        yield from _hand_over(event, state="returned", question=event.question, answer=None)

    def hand_over_answered(self, event: HandOver.Answered, recorded: Recorded) -> Effects:
        yield from _hand_over(event, state="waiting", answer=event.answer)


def order_agreed(event: Order.Placed, recorded: Recorded) -> Effects:
    """What was agreed, as the order freezes it. Nobody was asked to take it over yet: it has no version."""
    totals = event.totals
    yield insert(
        "hand_overs",
        order_id=event.originator_id,
        hand_over_id=HandOver.id_for(event.originator_id),
        version=0,
        ordinal=recorded.position,
        state="waiting",
        number=event.number,
        source_kind=event.source.kind,
        source_id=event.source.document_id,
        **_parties(event.parties),
        purchase_order_reference=event.purchase_order_reference,
        payment_terms=event.payment_terms.note,
        billing_trigger=event.billing_trigger,
        owner=event.owner,
        currency=event.currency,
        net_amount=totals.line_extension_total.amount,
        charge_amount=totals.charge_total.amount,
        tax_amount=totals.invoice_total_vat_amount.amount,
        total_amount=totals.tax_inclusive_amount.amount,
        placed_at=event.timestamp,
    )
    for place, group in enumerate(totals.tax_breakdown, 1):
        yield insert("hand_over_taxes", order_id=event.originator_id, place=place, **_tax(group))


def contract_agreed(event: Contract.Drafted) -> Effects:
    """The term and the payment schedule."""
    yield insert(
        "contract_terms",
        contract_id=event.originator_id,
        number=event.number,
        starts_on=event.terms.starts_on,
        ends_on=event.terms.ends_on,
        billing_trigger=event.terms.billing_trigger,
    )
    for one in event.schedule:
        yield insert(
            "schedule",
            contract_id=event.originator_id,
            number=one.number,
            invoice_date=one.invoice_date,
            amount=one.amount.amount,
        )


def _parties(parties: Parties) -> dict[str, Any]:
    buyer = parties.buyer
    return {
        "seller_id": parties.seller_id,
        "seller_name": parties.seller.name,
        "seller_vat_id": parties.seller.vat_id,
        "sold_to_id": parties.sold_to_id,
        "bill_to_id": parties.bill_to_id,
        "ship_to_id": parties.ship_to_id,
        "buyer_name": buyer.name,
        "street": buyer.address.street,
        "city": buyer.address.city,
        "post_code": buyer.address.post_code,
        "subdivision": buyer.address.subdivision,
        "country_code": buyer.address.country_code,
        "buyer_vat_id": buyer.vat_id,
        "ship_to_country": parties.ship_to_country,
    }


def _tax(group: TaxGroup) -> dict[str, Any]:
    return {
        "scheme": group.tax.scheme,
        "jurisdiction": group.tax.jurisdiction,
        "vat_category_code": group.tax.category,
        "vat_rate": group.tax.rate,
        "taxable_amount": group.taxable_amount.amount,
        "tax_amount": group.vat_category_tax_amount.amount,
    }


def order_given_up(event: Order.Cancelled) -> Effects:
    """There is nothing to take over any more where the whole order was cancelled, whatever was said about it."""
    if event.whole:
        yield update("hand_overs", {"order_id": event.originator_id}, state="cancelled")


def _hand_over(event: Event, state: str, **values: Any) -> Effects:
    hand_over = {"hand_over_id": event.originator_id}
    yield update("hand_overs", hand_over, version=event.originator_version, **values)
    yield Effect(STATE, {"id": event.originator_id, "state": state})
