"""The tables of all documents; what each event does to them is said by each kind of document."""

from __future__ import annotations

from projections.documents.contracts import Contracts
from projections.documents.credit_limits import CreditLimits
from projections.documents.invoices import CreditNotes, Invoices
from projections.documents.orders import Orders
from projections.documents.payments import Payments
from projections.documents.quotes import Quotes
from projections.documents.returns import Returns
from projections.shared import ALIASES, DELIVERIES, Aliases, ReadModel


class Documents(Aliases, Quotes, Contracts, Orders, CreditLimits, Returns, Invoices, CreditNotes, Payments, ReadModel):
    """One row for each document, whatever its kind; its lines, charges and tax groups beside it."""

    tables = f"""{ALIASES}{DELIVERIES}
        create table documents (
            document_id uuid primary key, kind text not null, version integer not null, ordinal bigint not null unique,
            number text not null, state text not null, seller_id uuid not null, seller_name text not null,
            seller_address text not null, seller_vat_id text, customer_id uuid not null, bill_to_id uuid not null,
            buyer_name text not null, buyer_address text not null, buyer_vat_id text, currency text not null,
            owner text not null, purchase_order_reference text, document_date date not null, last_day date,
            revision integer not null, document_sha256 text, source_id uuid, source_number text, reason text, hold text,
            warnings text[] not null default '{{}}',
            net_amount numeric not null, charge_amount numeric not null, tax_amount numeric not null,
            total_amount numeric not null, paid_amount numeric not null, credited_amount numeric not null,
            set_off_amount numeric not null default 0,
            payment_terms text not null, type_code text, external_reference text, tax_point_date date, delivered_on date
        );
        create index on documents (kind, ordinal desc);
        create index on documents (customer_id, ordinal desc);
        create index on documents (number);
        create index on documents (external_reference);
        create index on documents (source_id);
        create table lines (
            document_id uuid not null, revision integer not null, place integer not null, line_id text not null,
            seller_item_id text not null, item_name text not null, product_line text not null,
            quantity numeric not null, open_quantity numeric not null, unit_code text not null,
            delivered_quantity numeric not null default 0, beyond_quantity numeric not null default 0,
            returned_quantity numeric not null default 0,
            gross_price numeric not null, net_price numeric not null, base_quantity numeric not null,
            allowance numeric not null, amount numeric not null, vat_category_code text not null,
            vat_rate numeric not null, explanation text not null, note text not null,
            primary key (document_id, revision, line_id)
        );
        create table order_changes (
            document_id uuid not null, change integer not null, line_id text not null, quantity numeric not null,
            state text not null, reason text not null, primary key (document_id, change, line_id)
        );
        create table returns (
            return_id uuid primary key, version integer not null, ordinal bigint not null unique, number text not null,
            state text not null, order_id uuid not null, order_number text not null, seller_id uuid not null,
            customer_id uuid not null, buyer_name text not null, reason text not null, settlement text,
            finding text, authorised_on date not null, received_on date, credit_note_id uuid
        );
        create index on returns (customer_id, ordinal desc);
        create index on returns (order_id);
        create index on returns (number);
        create index on returns (credit_note_id);
        create table return_lines (
            return_id uuid not null, place integer not null, line_id text not null, item_name text not null,
            unit_code text not null, authorised_quantity numeric not null, received_quantity numeric not null,
            accepted_quantity numeric not null, primary key (return_id, line_id)
        );
        create table credit_limits (
            account_id uuid primary key, version integer not null, ordinal bigint not null unique,
            seller_id uuid not null, customer_id uuid not null, currency text not null, credit_limit numeric not null,
            exposure numeric not null, waiting uuid[] not null default '{{}}'
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
            taxable_amount numeric not null, tax_amount numeric not null, exemption_reason text,
            exemption_reason_code text, primary key (document_id, revision, place)
        );
        create table relations (
            document_id uuid not null, relation text not null, other_id uuid not null, amount numeric,
            primary key (document_id, relation, other_id)
        );
        create index on relations (other_id);
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
        create index on payments (number);
        create table allocations (
            payment_id uuid not null, invoice_id uuid not null, amount numeric not null,
            primary key (payment_id, invoice_id)
        );
        create index on allocations (invoice_id);
    """
