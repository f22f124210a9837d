"""The tables of what customers see."""

from projections.shared import ALIASES, DELIVERIES

TABLES = f"""{ALIASES}{DELIVERIES}
    create table customers (customer_id uuid primary key, name text not null);
    create table quotes (
        quote_id uuid primary key, version integer not null, ordinal bigint not null unique,
        customer_id uuid not null, number text not null, seller_name text not null, time_zone text not null,
        currency text not null, state text not null, revision integer not null, valid_until date not null,
        document_sha256 text not null, net_amount numeric not null, charge_amount numeric not null,
        tax_amount numeric not null, total_amount numeric not null, payment_terms text not null
    );
    create index on quotes (customer_id, ordinal desc);
    create table quote_lines (
        quote_id uuid not null, revision integer not null, place integer not null, line_id text not null,
        item_name text not null, seller_item_id text not null, quantity numeric not null, unit_code text not null,
        net_price numeric not null, base_quantity numeric not null, allowance numeric not null,
        amount numeric not null, vat_category_code text not null, vat_rate numeric not null,
        primary key (quote_id, revision, line_id)
    );
    create table contracts (
        contract_id uuid primary key, ordinal bigint not null unique,
        customer_id uuid not null, number text not null, state text not null, starts_on date not null,
        ends_on date not null, currency text not null, net_amount numeric not null,
        charge_amount numeric not null, tax_amount numeric not null, total_amount numeric not null
    );
    create index on contracts (customer_id, ordinal desc);
    create table orders (
        order_id uuid primary key, ordinal bigint not null unique,
        customer_id uuid not null, number text not null, state text not null, purchase_order_reference text,
        placed_on date not null, delivered_on date, tracking_reference text, currency text not null,
        net_amount numeric not null, charge_amount numeric not null, tax_amount numeric not null,
        total_amount numeric not null
    );
    create index on orders (customer_id, ordinal desc);
    create table order_lines (
        order_id uuid not null, place integer not null, line_id text not null, item_name text not null,
        seller_item_id text not null, unit_code text not null, ordered_quantity numeric not null,
        delivered_quantity numeric not null, open_quantity numeric not null, primary key (order_id, line_id)
    );
    create table invoices (
        invoice_id uuid primary key, ordinal bigint not null unique,
        customer_id uuid not null, bill_to_id uuid not null, time_zone text not null, number text not null,
        state text not null, issue_date date, due_date date, purchase_order_reference text, currency text not null,
        net_amount numeric not null, charge_amount numeric not null, tax_amount numeric not null,
        total_amount numeric not null, paid_amount numeric not null, credited_amount numeric not null,
        set_off_amount numeric not null default 0
    );
    create index on invoices (customer_id, ordinal desc);
    create index on invoices (bill_to_id, ordinal desc);
    create table credit_notes (
        credit_note_id uuid primary key, ordinal bigint not null unique, customer_id uuid not null,
        bill_to_id uuid not null, invoice_ids uuid[] not null, invoice_numbers text[] not null, number text not null,
        issue_date date, currency text not null, total_amount numeric not null,
        open_amount numeric not null, reason text not null
    );
    create index on credit_notes (customer_id, ordinal desc);
    create index on credit_notes (bill_to_id, ordinal desc);
    create table payments (
        payment_id uuid primary key, ordinal bigint not null unique, customer_id uuid not null,
        number text not null, state text not null, booking_date date not null, currency text not null,
        amount numeric not null, unapplied_amount numeric not null, refunded_amount numeric not null
    );
    create index on payments (customer_id, ordinal desc);
    create table allocations (
        payment_id uuid not null, invoice_id uuid not null, amount numeric not null,
        primary key (payment_id, invoice_id)
    );
"""
