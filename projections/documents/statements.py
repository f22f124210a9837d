"""The statements that the events of all kinds of documents share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.quoting import Quote
from domain.shared.aggregate import Event
from domain.shared.document import Charge, Line, Totals
from domain.shared.money import Money
from domain.shared.party import Parties, Party, local_date
from projections.documents.exemptions import exemption_of
from projections.shared import Effect, Effects, Recorded, as_json, delete, insert, update

_LINE_COLUMNS = (
    "document_id, revision, place, line_id, seller_item_id, item_name, product_line, quantity, open_quantity, "
    "unit_code, gross_price, net_price, base_quantity, allowance, amount, vat_category_code, vat_rate, explanation, "
    "note"
)
LINE = "insert into lines ({}) values ({})".format(
    _LINE_COLUMNS, ", ".join(f"%({name})s" for name in _LINE_COLUMNS.split(", "))
)
LINES = f"""insert into lines ({_LINE_COLUMNS})
    select {_LINE_COLUMNS} from jsonb_populate_recordset(null::lines, %(lines)s::jsonb)"""
NEXT_PLACE = """(select coalesce(max(place), 0) + 1 from lines
    where document_id = %(document_id)s and revision = %(revision)s)"""


def one_line(party: Party) -> str:
    """An address on one line."""
    address = party.address
    town = " ".join(part for part in (address.post_code, address.city) if part)
    return ", ".join(part for part in (address.street, town, address.subdivision, address.country_code) if part)


def document_row(
    event: Event, recorded: Recorded, kind: str, *, parties: Parties, totals: Totals, **values: Any
) -> Effect:
    """A new document of that kind; what is not given is not known of it yet."""
    nothing = Money.zero(totals.payable_amount.currency)
    unknown = dict.fromkeys(
        ("last_day", "document_sha256", "source_id", "source_number", "purchase_order_reference", "reason")
    )
    given: dict[str, Any] = {
        **unknown,
        "revision": 0,
        "document_date": local_date(event.timestamp, parties.time_zone),
        "paid_amount": nothing.amount,
        "credited_amount": nothing.amount,
        "currency": nothing.currency,
        **_parties(parties),
        **amounts(totals),
        **values,
    }
    return insert(
        "documents",
        document_id=event.originator_id,
        kind=kind,
        version=event.originator_version,
        ordinal=recorded.position,
        **given,
    )


def _parties(parties: Parties) -> dict[str, Any]:
    return {
        "seller_id": parties.seller_id,
        "seller_name": parties.seller.name,
        "seller_address": one_line(parties.seller),
        "seller_vat_id": parties.seller.vat_id,
        "customer_id": parties.sold_to_id,
        "bill_to_id": parties.bill_to_id,
        "buyer_name": parties.buyer.name,
        "buyer_address": one_line(parties.buyer),
        "buyer_vat_id": parties.buyer.vat_id,
    }


def amounts(totals: Totals) -> dict[str, Any]:
    return {
        "net_amount": totals.line_extension_total.amount,
        "charge_amount": totals.charge_total.amount,
        "tax_amount": totals.invoice_total_vat_amount.amount,
        "total_amount": totals.payable_amount.amount,
    }


def changed(event: Event, **values: Any) -> Effect:
    return update("documents", {"document_id": event.originator_id}, version=event.originator_version, **values)


def after_end(event: Quote.Declined | Quote.Expired, state: str, reason: str | None) -> Effect:
    """A draft beside the revision that ended lives on."""
    return Effect(
        """update documents set version = %(version)s, reason = %(reason)s,
            state = case state when 'revising' then 'draft' else %(state)s end where document_id = %(id)s""",
        {"id": event.originator_id, "version": event.originator_version, "state": state, "reason": reason},
    )


def repriced(event: Event, revision: int, totals: Totals) -> Effects:
    """The draft has other lines or prices now."""
    keys = {"document_id": event.originator_id, "revision": revision}
    yield changed(event, **amounts(totals))
    yield update("revisions", keys, **amounts(totals))
    yield delete("taxes", keys, rows=None)
    yield from taxes_of(event.originator_id, totals, revision)


def revision_row(quote_id: UUID, revision: int, last_day: date, totals: Totals) -> Effect:
    """What a revision of a quote has for itself."""
    return insert("revisions", document_id=quote_id, revision=revision, last_day=last_day, **amounts(totals))


def back_to(quote_id: UUID, revision: int) -> Effect:
    """The quote shows that revision, whatever has been drafted since."""
    return Effect(
        """update documents d set revision = r.revision, last_day = r.last_day, document_sha256 = r.document_sha256,
            net_amount = r.net_amount, charge_amount = r.charge_amount, tax_amount = r.tax_amount,
            total_amount = r.total_amount
            from revisions r
            where d.document_id = %(id)s and r.document_id = d.document_id and r.revision = %(revision)s""",
        {"id": quote_id, "revision": revision},
    )


def copied_to(event: Quote.Revised) -> Effects:
    """The next revision begins as the last one was."""
    values = {"id": event.originator_id, "revision": event.revision, "last_day": event.valid_until}
    last = "document_id = %(id)s and revision = %(revision)s - 1"
    columns = _LINE_COLUMNS.replace("revision", "%(revision)s")
    yield Effect(f"insert into lines ({_LINE_COLUMNS}) select {columns} from lines where {last}", values, None)
    yield Effect(
        f"""insert into taxes select document_id, %(revision)s, place, scheme, jurisdiction, vat_category_code,
            vat_rate, taxable_amount, tax_amount, exemption_reason, exemption_reason_code from taxes where {last}""",
        values,
        None,
    )
    yield Effect(
        f"""insert into revisions select document_id, %(revision)s, %(last_day)s, null, net_amount, charge_amount,
            tax_amount, total_amount from revisions where {last}""",
        values,
    )


def extended(event: Quote.ValidityExtended) -> Effect:
    """A draft beside it keeps its own last day."""
    return Effect(
        """update documents set version = %(version)s,
            last_day = case when revision = %(revision)s then %(last_day)s else last_day end,
            state = case when revision > %(revision)s then 'revising' else 'sent' end
            where document_id = %(id)s""",
        {
            "id": event.originator_id,
            "last_day": event.valid_until,
            "version": event.originator_version,
            "revision": event.revision,
        },
    )


def content(event: Event, lines: Iterable[Line], charges: Iterable[Charge], totals: Totals) -> Effects:
    yield from lines_of(event.originator_id, lines)
    yield from charges_of(event.originator_id, charges)
    yield from taxes_of(event.originator_id, totals)


def lines_of(document_id: UUID, lines: Iterable[Line], revision: int = 0) -> Effects:
    """All lines in one statement: a document may have a thousand."""
    rows = [line_values(document_id, revision, place, line) for place, line in enumerate(lines, 1)]
    if rows:
        yield Effect(LINES, {"lines": as_json(rows)}, len(rows))


def line_values(document_id: UUID, revision: int, place: int, line: Line) -> dict[str, Any]:
    return {
        "document_id": document_id,
        "revision": revision,
        "place": place,
        "line_id": line.line_id,
        "seller_item_id": line.seller_item_id,
        "item_name": line.item_name,
        "product_line": line.product_line,
        "quantity": line.quantity,
        "open_quantity": line.quantity,
        "unit_code": line.unit_code,
        "gross_price": line.gross_price,
        "net_price": line.net_price,
        "base_quantity": line.base_quantity,
        "allowance": line.allowance,
        "amount": line.line_extension_amount.amount,
        "vat_category_code": line.tax.category,
        "vat_rate": line.tax.rate,
        "explanation": "; ".join(f"{step.source}: {step.detail} = {step.price}" for step in line.explanation),
        "note": line.note,
    }


def charges_of(document_id: UUID, charges: Iterable[Charge]) -> Effects:
    for place, charge in enumerate(charges, 1):
        yield insert(
            "charges",
            document_id=document_id,
            place=place,
            reason=charge.reason,
            amount=charge.amount.amount,
            vat_category_code=charge.tax.category,
            vat_rate=charge.tax.rate,
        )


def taxes_of(document_id: UUID, totals: Totals, revision: int = 0) -> Effects:
    for place, group in enumerate(totals.tax_breakdown, 1):
        reason, code = exemption_of(group.tax)
        yield insert(
            "taxes",
            document_id=document_id,
            revision=revision,
            place=place,
            scheme=group.tax.scheme,
            jurisdiction=group.tax.jurisdiction,
            vat_category_code=group.tax.category,
            vat_rate=group.tax.rate,
            taxable_amount=group.taxable_amount.amount,
            tax_amount=group.vat_category_tax_amount.amount,
            exemption_reason=reason,
            exemption_reason_code=code,
        )


def instalment(event: Event, number: int, due_date: date, amount: Decimal) -> Effect:
    return insert("instalments", document_id=event.originator_id, number=number, due_date=due_date, amount=amount)


def added(event: Event, column: str, amount: Decimal) -> Effect:
    return Effect(
        f"update documents set {column} = {column} + %(amount)s where document_id = %(id)s",
        {"id": event.originator_id, "amount": amount},
    )


def relation(document_id: UUID, relation: str, other_id: UUID, amount: Decimal | None = None) -> Effect:
    """How two documents belong together; amounts of the same relation add up."""
    return Effect(
        """insert into relations values (%(document_id)s, %(relation)s, %(other_id)s, %(amount)s)
            on conflict (document_id, relation, other_id) do update set amount = relations.amount + excluded.amount""",
        {"document_id": document_id, "relation": relation, "other_id": other_id, "amount": amount},
    )


def payment_row(event: Event, *, unapplied: Decimal, refunded: Decimal = Decimal(0), state: str = "settled") -> Effect:
    return Effect(
        """update payments set version = %(version)s, state = %(state)s,
            unapplied_amount = unapplied_amount + %(unapplied)s, refunded_amount = refunded_amount + %(refunded)s
            where payment_id = %(id)s""",
        {
            "id": event.originator_id,
            "version": event.originator_version,
            "state": state,
            "unapplied": unapplied,
            "refunded": refunded,
        },
    )


def allocation(payment_id: UUID, invoice_id: UUID, amount: Decimal) -> Effect:
    return Effect(
        """insert into allocations values (%(payment_id)s, %(invoice_id)s, %(amount)s)
            on conflict (payment_id, invoice_id) do update set amount = allocations.amount + excluded.amount""",
        {"payment_id": payment_id, "invoice_id": invoice_id, "amount": amount},
    )
