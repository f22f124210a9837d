"""The tables of customer support."""

from __future__ import annotations

TABLES = """
    create table records (
        record_id uuid primary key, kind text not null, ordinal bigint not null unique, customer_id uuid,
        bill_to_id uuid, number text not null, name text, state text not null, currency text, total_amount numeric,
        open_amount numeric, open_quantity numeric,
        is_begun boolean not null default false, changing boolean not null default false,
        allocated_amount numeric not null default 0, document_date date not null, last_day date,
        time_zone text not null
    );
    create index on records (customer_id, ordinal desc);
    create index on records (bill_to_id, ordinal desc) where bill_to_id is not null;
    create index on records (total_amount, ordinal desc);
    create index on records (open_amount, ordinal desc) where open_amount <> 0;
    create table customers (
        customer_id uuid primary key, name text not null, street text not null, city text not null,
        post_code text not null, subdivision text not null, country_code text not null, vat_id text, external_id text,
        region text not null, segment text not null, payment_terms text not null, representative text,
        bill_to_id uuid not null, ship_to_id uuid not null, one_time boolean not null, merged_into_id uuid,
        survivor_id uuid not null
    );
    create index on customers (survivor_id);
    create index on customers (merged_into_id) where merged_into_id is not null;
    create table contacts (
        customer_id uuid not null, name text not null, email text not null, phone text not null,
        primary key (customer_id, name)
    );
    create table keys (
        matched_on text not null, key text collate "C" not null, ordinal bigint not null,
        primary key (matched_on, key, ordinal)
    );
    create index on keys (reverse(key) collate "C") where matched_on = 'number';
    create table names (
        customer_id uuid not null, name text not null, full_spelling text not null, plain_spelling text not null,
        words text[] not null, primary key (customer_id, name)
    );
    create table terms (
        term text collate "C" not null, word_count integer not null, ordinal bigint not null, customer_id uuid not null
    );
    create unique index on terms (term, word_count, ordinal desc) include (customer_id);
    create table pieces (
        piece text collate "C" not null, term text collate "C" not null, primary key (piece, term)
    );
    create table sent_revisions (
        quote_id uuid not null, revision integer not null, total_amount numeric not null,
        primary key (quote_id, revision)
    );
    create table instalments (
        invoice_id uuid not null, place integer not null, due_date date not null, amount numeric not null,
        earlier_amount numeric not null, primary key (invoice_id, place)
    );
    create table dealings (
        dealing_id uuid primary key, record_id uuid not null, label text not null, is_contact boolean not null
    );
    create table timeline (
        position bigint primary key, at timestamptz not null, actor text not null, customer_id uuid, bill_to_id uuid,
        record_id uuid not null, kind text not null, dealing_id uuid, happened text not null, sentence text not null,
        is_contact boolean not null
    );
    create index on timeline (customer_id, position desc);
    create index on timeline (record_id);
    create index on timeline (dealing_id) where dealing_id is not null;
    create index on timeline (bill_to_id, position desc) where bill_to_id is not null;
"""
"""A record is a customer, an opportunity or a document; its `ordinal` is the position of its first event, its
`open_amount` what is to be answered of a quote, paid of an invoice, used of a payment or credit note; its
`allocated_amount` is what of the last two settles invoices, and it is `changing` where a change of an order waits for
its answer. `keys` are the normal forms that records are found by; people are found elsewhere, since they are sealed
here: in the place of an unregistered buyer's name is the data subject. `names` are all that a customer has had; `terms`
are their words and wholes, `pieces` those of terms. A customer's `survivor_id` is the one that it was merged into in
the end, or itself. `dealings` are what people do and say about a record."""
