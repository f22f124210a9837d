"""The tables of the pipeline; what each event does to them is said by its parts."""

from __future__ import annotations

from projections.pipeline.collaboration_events import Collaboration
from projections.pipeline.deal_events import Deals
from projections.pipeline.hand_over_events import HandOvers
from projections.pipeline.opportunity_events import Opportunities
from projections.shared import ALIASES, Aliases, ReadModel


class Pipeline(Aliases, Deals, Opportunities, Collaboration, HandOvers, ReadModel):
    """One row for each deal, opportunity, activity, comment and hand-over; what belongs to them beside it."""

    tables = f"""{ALIASES}
        create table deals (
            deal_id uuid primary key, ordinal bigint not null unique, number text not null, customer_id uuid not null,
            buyer_name text not null, owner text not null, stage text not null, drafting boolean not null,
            currency text not null, amount numeric not null, draft_amount numeric not null,
            drafted_at timestamptz not null, sent_at timestamptz, accepted_at timestamptz, ended_at timestamptz,
            contract_id uuid, order_id uuid, quantity_to_deliver numeric not null, opportunity_id uuid,
            accepted_by text, identified_by text
        );
        create index on deals (stage, ordinal desc);
        create index on deals (owner, ordinal desc);
        create unique index on deals (contract_id);
        create unique index on deals (order_id);
        create index on deals (opportunity_id);
        create table customers (customer_id uuid primary key, name text not null);
        create table contacts (
            customer_id uuid not null, name text not null, email text not null, phone text not null,
            primary key (customer_id, name)
        );
        create table stage_paths (
            stage_path_id uuid primary key, version integer not null, ordinal bigint not null unique, name text not null
        );
        create table path_stages (
            stage_path_id uuid not null, place integer not null, name text not null, forecast_category text not null,
            probability numeric not null, reached_by text, asks_for text[] not null,
            primary key (stage_path_id, place)
        );
        create table opportunities (
            opportunity_id uuid primary key, version integer not null, ordinal bigint not null unique,
            number text not null, state text not null, name text not null, customer_id uuid, owner text not null,
            close_date date, estimate numeric, currency text, product_interest text not null, source text not null,
            path_name text not null, stage text not null, forecast_category text not null, probability numeric not null,
            primary_quote_id uuid, opened_at timestamptz not null, stage_since timestamptz not null,
            last_activity_at timestamptz not null, ended_at timestamptz, reason text, competitor text
        );
        create index on opportunities (owner, ordinal desc);
        create index on opportunities (state, ordinal desc);
        create index on opportunities (customer_id, ordinal desc);
        create table opportunity_stages (
            opportunity_id uuid not null, place bigint not null, stage text not null, forecast_category text not null,
            state text not null, actor text not null, entered_at timestamptz not null,
            primary key (opportunity_id, place)
        );
        create table stage_details (
            opportunity_id uuid not null, stage text not null, name text not null, value text not null,
            primary key (opportunity_id, stage, name)
        );
        create table activities (
            activity_id uuid primary key, version integer not null, ordinal bigint not null unique, state text not null,
            kind text not null, subject_kind text not null, subject_id uuid not null, owner text not null,
            summary text not null, notes text not null, with_whom text not null, due_date date, happened_on date,
            outcome text not null
        );
        create index on activities (subject_id, ordinal desc);
        create index on activities (owner, state);
        create table comments (
            comment_id uuid primary key, version integer not null, ordinal bigint not null unique, state text not null,
            subject_kind text not null, subject_id uuid not null, author text not null, body text not null,
            mentions text[] not null, written_at timestamptz not null, edited_at timestamptz
        );
        create index on comments (subject_id, ordinal desc);
        create table mentions (
            comment_id uuid not null, name text not null, read_at timestamptz, primary key (comment_id, name)
        );
        create index on mentions (name);
        create table hand_overs (
            order_id uuid primary key, hand_over_id uuid not null unique, version integer not null,
            ordinal bigint not null unique, state text not null, number text not null, source_kind text not null,
            source_id uuid not null, seller_id uuid not null, seller_name text not null, seller_vat_id text,
            sold_to_id uuid not null, bill_to_id uuid not null, ship_to_id uuid not null, buyer_name text not null,
            street text not null, city text not null, post_code text not null, subdivision text not null,
            country_code text not null, buyer_vat_id text, ship_to_country text not null,
            purchase_order_reference text, payment_terms text not null, billing_trigger text not null,
            owner text not null, currency text not null, net_amount numeric not null, charge_amount numeric not null,
            tax_amount numeric not null, total_amount numeric not null, placed_at timestamptz not null, question text,
            answer text
        );
        create index on hand_overs (state, ordinal desc);
        create table hand_over_taxes (
            order_id uuid not null, place integer not null, scheme text not null, jurisdiction text not null,
            vat_category_code text not null, vat_rate numeric not null, taxable_amount numeric not null,
            tax_amount numeric not null, primary key (order_id, place)
        );
        create table contract_terms (
            contract_id uuid primary key, number text not null, starts_on date not null, ends_on date not null,
            billing_trigger text not null, signed_on date
        );
        create table schedule (
            contract_id uuid not null, number integer not null, invoice_date date not null, amount numeric not null,
            primary key (contract_id, number)
        );
    """
