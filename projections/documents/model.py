"""The tables of all documents, and what each event does to them."""

from __future__ import annotations

from typing import Any

from domain.billing import CreditNote, Invoice
from domain.contracting import Contract
from domain.ordering import Order
from domain.payments import Payment
from domain.quoting import Quote
from domain.shared.money import Money
from projections.documents.statements import (
    LINE,
    NEXT_PLACE,
    STILL_OPEN,
    added,
    after_end,
    allocation,
    amounts,
    back_to,
    changed,
    charges_of,
    content,
    copied_to,
    document_row,
    extended,
    instalment,
    less_open,
    line_values,
    lines_of,
    order_state,
    payment_row,
    repriced,
    revision_row,
    taxes_of,
)
from projections.shared import Effect, Effects, ReadModel, Recorded, delete, insert, update


class Documents(ReadModel):
    """One row for each document, whatever its kind; its lines, charges and tax groups beside it."""

    tables = """
        create table documents (
            document_id uuid primary key, kind text not null, version integer not null, ordinal bigint not null unique,
            number text not null, state text not null, seller_id uuid not null, seller_name text not null,
            seller_address text not null, seller_vat_id text, customer_id uuid not null, bill_to_id uuid not null,
            buyer_name text not null, buyer_address text not null, buyer_vat_id text, currency text not null,
            owner text not null, purchase_order_reference text, document_date date not null, last_day date,
            revision integer not null, document_sha256 text, source_id uuid, source_number text, reason text,
            net_amount numeric not null, charge_amount numeric not null, tax_amount numeric not null,
            total_amount numeric not null, paid_amount numeric not null, credited_amount numeric not null,
            payment_terms text not null
        );
        create index on documents (kind, ordinal desc);
        create index on documents (customer_id, ordinal desc);
        create index on documents (number);
        create table lines (
            document_id uuid not null, revision integer not null, place integer not null, line_id text not null,
            seller_item_id text not null, item_name text not null, product_line text not null,
            quantity numeric not null, open_quantity numeric not null, unit_code text not null,
            gross_price numeric not null, net_price numeric not null, base_quantity numeric not null,
            allowance numeric not null, amount numeric not null, vat_category_code text not null,
            vat_rate numeric not null, explanation text not null, primary key (document_id, revision, line_id)
        );
        create table charges (
            document_id uuid not null, place integer not null, reason text not null, amount numeric not null,
            vat_category_code text not null, vat_rate numeric not null, primary key (document_id, place)
        );
        create table revisions (
            document_id uuid not null, revision integer not null, last_day date, document_sha256 text,
            net_amount numeric not null, charge_amount numeric not null, tax_amount numeric not null,
            total_amount numeric not null, primary key (document_id, revision)
        );
        create table taxes (
            document_id uuid not null, revision integer not null, place integer not null, scheme text not null,
            jurisdiction text not null, vat_category_code text not null, vat_rate numeric not null,
            taxable_amount numeric not null, tax_amount numeric not null, primary key (document_id, revision, place)
        );
        create table instalments (
            document_id uuid not null, number integer not null, due_date date not null, amount numeric not null,
            invoice_id uuid, primary key (document_id, number)
        );
        create table payments (
            payment_id uuid primary key, version integer not null, ordinal bigint not null unique, number text not null,
            state text not null, seller_id uuid not null, customer_id uuid not null, currency text not null,
            amount numeric not null, unapplied_amount numeric not null, refunded_amount numeric not null,
            booking_date date not null, value_date date not null, payment_means_code text not null,
            remittance_information text not null, end_to_end_id text
        );
        create index on payments (customer_id, ordinal desc);
        create table allocations (
            payment_id uuid not null, invoice_id uuid not null, amount numeric not null,
            primary key (payment_id, invoice_id)
        );
        create index on allocations (invoice_id);
    """

    def quote_drafted(self, event: Quote.Drafted, recorded: Recorded) -> Effects:
        offer = event.offer
        yield document_row(
            event,
            recorded,
            "quote",
            number=offer.number,
            state="draft",
            parties=offer.parties,
            totals=event.totals,
            owner=offer.owner,
            last_day=event.valid_until,
            revision=1,
            payment_terms=offer.payment_terms.note,
        )
        yield from lines_of(event.originator_id, event.lines, revision=1)
        yield from charges_of(event.originator_id, offer.charges)
        yield from taxes_of(event.originator_id, event.totals, revision=1)
        yield revision_row(event.originator_id, 1, event.valid_until, event.totals)

    def quote_line_added(self, event: Quote.LineAdded, recorded: Recorded) -> Effects:
        yield Effect(
            LINE.replace("%(place)s", NEXT_PLACE),
            line_values(event.originator_id, event.revision, 0, event.line),
        )
        yield from repriced(event, event.revision, event.totals)

    def quote_line_changed(self, event: Quote.LineChanged, recorded: Recorded) -> Effects:
        values = line_values(event.originator_id, event.revision, 0, event.line)
        keys = {name: values.pop(name) for name in ("document_id", "revision", "line_id")}
        del values["place"]
        yield update("lines", keys, **values)
        yield from repriced(event, event.revision, event.totals)

    def quote_line_removed(self, event: Quote.LineRemoved, recorded: Recorded) -> Effects:
        keys = {"document_id": event.originator_id, "revision": event.revision, "line_id": event.line_id}
        yield delete("lines", keys)
        yield from repriced(event, event.revision, event.totals)

    def quote_sent(self, event: Quote.Sent, recorded: Recorded) -> Effects:
        shown: dict[str, Any] = {"document_sha256": event.document_sha256, "last_day": event.valid_until}
        keys = {"document_id": event.originator_id, "revision": event.revision}
        yield changed(event, state="sent", revision=event.revision, **shown, **amounts(event.totals))
        yield update("revisions", keys, **shown)

    def quote_accepted(self, event: Quote.Accepted, recorded: Recorded) -> Effects:
        yield changed(event, state="accepted", purchase_order_reference=event.purchase_order_reference)
        yield back_to(event.originator_id, event.revision)

    def quote_declined(self, event: Quote.Declined, recorded: Recorded) -> Effects:
        yield after_end(event, "declined", event.reason)

    def quote_expired(self, event: Quote.Expired, recorded: Recorded) -> Effects:
        yield after_end(event, "expired", None)

    def quote_withdrawn(self, event: Quote.Withdrawn, recorded: Recorded) -> Effects:
        yield changed(event, state="withdrawn", reason=event.reason)

    def quote_extended(self, event: Quote.ValidityExtended, recorded: Recorded) -> Effects:
        keys = {"document_id": event.originator_id, "revision": event.revision}
        yield update("revisions", keys, last_day=event.valid_until)
        yield extended(event)

    def quote_revised(self, event: Quote.Revised, recorded: Recorded) -> Effects:
        yield from copied_to(event)
        yield Effect(
            """update documents set version = %(version)s, revision = %(revision)s, document_sha256 = null,
                state = case state when 'sent' then 'revising' else 'draft' end, last_day = %(last_day)s
                where document_id = %(id)s""",
            {
                "id": event.originator_id,
                "version": event.originator_version,
                "revision": event.revision,
                "last_day": event.valid_until,
            },
        )

    def quote_converted(self, event: Quote.Converted, recorded: Recorded) -> Effects:
        yield changed(event, state="converted")

    def contract_drafted(self, event: Contract.Drafted, recorded: Recorded) -> Effects:
        yield document_row(
            event,
            recorded,
            "contract",
            number=event.number,
            state="draft",
            parties=event.parties,
            totals=event.totals,
            owner=event.owner,
            last_day=event.terms.ends_on,
            source_id=event.source.document_id,
            source_number=event.source.number,
            purchase_order_reference=event.purchase_order_reference,
            payment_terms=event.payment_terms.note,
        )
        yield from content(event, event.lines, event.charges, event.totals)
        for one in event.schedule:
            yield instalment(event, one.number, one.invoice_date, one.amount.amount)

    def contract_sent_for_signature(self, event: Contract.SentForSignature, recorded: Recorded) -> Effects:
        yield changed(event, state="in_signature")

    def contract_returned_to_draft(self, event: Contract.ReturnedToDraft, recorded: Recorded) -> Effects:
        yield changed(event, state="draft", reason=event.reason)

    def contract_declined(self, event: Contract.Declined, recorded: Recorded) -> Effects:
        yield changed(event, state="declined", reason=event.reason)

    def contract_signed(self, event: Contract.Signed, recorded: Recorded) -> Effects:
        yield changed(event, state="signed")

    def contract_activated(self, event: Contract.Activated, recorded: Recorded) -> Effects:
        yield changed(event, state="active")

    def contract_order_placed(self, event: Contract.OrderPlaced, recorded: Recorded) -> Effects:
        yield changed(event)

    def instalment_billed(self, event: Contract.InstalmentBilled, recorded: Recorded) -> Effects:
        keys = {"document_id": event.originator_id, "number": event.number}
        yield update("instalments", keys, invoice_id=event.invoice_id)
        yield changed(event)

    def contract_terminated(self, event: Contract.Terminated, recorded: Recorded) -> Effects:
        yield changed(event, state="terminated", last_day=event.last_day, reason=event.reason)

    def contract_expired(self, event: Contract.Expired, recorded: Recorded) -> Effects:
        yield changed(event, state="expired")

    def order_placed(self, event: Order.Placed, recorded: Recorded) -> Effects:
        yield document_row(
            event,
            recorded,
            "order",
            number=event.number,
            state="placed",
            parties=event.parties,
            totals=event.totals,
            owner=event.owner,
            source_id=event.source.document_id,
            source_number=event.source.number,
            purchase_order_reference=event.purchase_order_reference,
            payment_terms=event.payment_terms.note,
        )
        yield from content(event, event.lines, event.charges, event.totals)

    def order_confirmed(self, event: Order.Confirmed, recorded: Recorded) -> Effects:
        yield changed(event, state="confirmed")

    def order_fulfilled(self, event: Order.Fulfilled, recorded: Recorded) -> Effects:
        yield from less_open(event, event.quantities)
        yield order_state(event, "fulfilled", "in_fulfilment")

    def delivery_billed(self, event: Order.DeliveryBilled, recorded: Recorded) -> Effects:
        yield changed(event)

    def order_cancelled(self, event: Order.Cancelled, recorded: Recorded) -> Effects:
        yield from less_open(event, event.quantities)
        yield Effect(
            f"""update documents set version = %(version)s, reason = %(reason)s, state = case
                when {STILL_OPEN} then state when state = 'in_fulfilment' then 'fulfilled' else 'cancelled' end
                where document_id = %(id)s""",
            {"id": event.originator_id, "version": event.originator_version, "reason": event.reason},
        )

    def order_closed(self, event: Order.Closed, recorded: Recorded) -> Effects:
        yield changed(event, state="closed")

    def invoice_drafted(self, event: Invoice.Drafted, recorded: Recorded) -> Effects:
        yield document_row(
            event,
            recorded,
            "invoice",
            number="",
            state="held" if event.held else "draft",
            parties=event.parties,
            totals=event.totals,
            owner="",
            source_id=event.source.document_id if event.source else None,
            source_number=event.source.number if event.source else None,
            purchase_order_reference=event.purchase_order_reference,
            payment_terms=event.payment_terms.note,
        )
        yield from content(event, event.lines, event.charges, event.totals)

    def invoice_released(self, event: Invoice.Released, recorded: Recorded) -> Effects:
        yield changed(event, state="draft")

    def invoice_discarded(self, event: Invoice.Discarded, recorded: Recorded) -> Effects:
        yield changed(event, state="discarded", reason=event.reason)

    def invoice_issued(self, event: Invoice.Issued, recorded: Recorded) -> Effects:
        yield changed(
            event, state="issued", number=event.number, document_date=event.issue_date, last_day=event.due_date
        )
        for number, one in enumerate(event.due, 1):
            yield instalment(event, number, one.due_date, one.amount.amount)

    def invoice_credited(self, event: Invoice.Credited, recorded: Recorded) -> Effects:
        state = {"state": "credited"} if event.fully else {}
        yield changed(event, **state)
        yield added(event, "credited_amount", event.amount.amount)

    def payment_applied(self, event: Invoice.PaymentApplied, recorded: Recorded) -> Effects:
        yield changed(event)
        yield added(event, "paid_amount", event.amount.amount)

    def payment_unapplied(self, event: Invoice.PaymentUnapplied, recorded: Recorded) -> Effects:
        yield changed(event)
        yield added(event, "paid_amount", -event.amount.amount)

    def credit_note_issued(self, event: CreditNote.Issued, recorded: Recorded) -> Effects:
        yield document_row(
            event,
            recorded,
            "credit_note",
            number=event.number,
            state="issued",
            parties=event.parties,
            totals=event.totals,
            owner="",
            document_date=event.issue_date,
            source_id=event.invoice_id,
            source_number=event.preceding_invoice_reference,
            reason=event.reason,
            payment_terms="",
        )
        yield from content(event, event.lines, event.charges, event.totals)

    def payment_settled(self, event: Payment.Settled, recorded: Recorded) -> Effects:
        yield insert(
            "payments",
            payment_id=event.originator_id,
            version=event.originator_version,
            ordinal=recorded.position,
            number=event.number,
            state="settled",
            seller_id=event.seller_id,
            customer_id=event.customer_id,
            currency=event.amount.currency,
            amount=event.amount.amount,
            unapplied_amount=event.amount.amount,
            refunded_amount=Money.zero(event.amount.currency).amount,
            booking_date=event.booking_date,
            value_date=event.value_date,
            payment_means_code=event.payment_means_code,
            remittance_information=event.remittance_information,
            end_to_end_id=event.end_to_end_id,
        )

    def payment_allocated(self, event: Payment.Allocated, recorded: Recorded) -> Effects:
        yield payment_row(event, unapplied=-event.amount.amount)
        yield allocation(event.originator_id, event.invoice_id, event.amount.amount)

    def payment_unallocated(self, event: Payment.Unallocated, recorded: Recorded) -> Effects:
        yield payment_row(event, unapplied=event.amount.amount)
        yield allocation(event.originator_id, event.invoice_id, -event.amount.amount)

    def payment_refunded(self, event: Payment.Refunded, recorded: Recorded) -> Effects:
        yield payment_row(event, unapplied=-event.amount.amount, refunded=event.amount.amount)

    def payment_reversed(self, event: Payment.Reversed, recorded: Recorded) -> Effects:
        yield payment_row(event, unapplied=-event.amount.amount, state="reversed")
