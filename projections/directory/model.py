"""The tables of master data, and what each event does to them. Possible duplicates have the same name, but for legal
forms, as the domain has them."""

from __future__ import annotations

from typing import Any

from domain.catalogue import PriceBook, Product
from domain.crm import Customer, matching_name
from domain.organisation import LegalEntity
from domain.privacy import DataSubject
from domain.shared.aggregate import Event
from domain.shared.party import Address, Contact
from projections.directory.users import USERS, Users
from projections.shared import Effect, Effects, ReadModel, Recorded, delete, insert, update

PRICE = """insert into prices
        (price_book_id, product_id, valid_from, unit_price, base_quantity, model, package_size)
    values (%(price_book_id)s, %(product_id)s, %(valid_from)s, %(unit_price)s, %(base_quantity)s, %(model)s,
        %(package_size)s)
    on conflict (price_book_id, product_id, valid_from) do update set unit_price = excluded.unit_price,
        base_quantity = excluded.base_quantity, model = excluded.model, package_size = excluded.package_size"""
CONTACT = """insert into contacts (customer_id, name, email, phone)
    values (%(customer_id)s, %(name)s, %(email)s, %(phone)s)
    on conflict (customer_id, name) do update set email = excluded.email, phone = excluded.phone"""

SPOKEN_OF = """insert into data_subjects
    (data_subject_id, version, ordinal, customer_id, invoice_id, state, requested_by, reason)
    values (%(id)s, 0, %(ordinal)s, %(customer)s, %(invoice)s, 'kept', '{}', '')
    on conflict (data_subject_id) do nothing"""
REJECTED = """update data_subjects set version = %(version)s,
    state = case when legal_until is null then 'kept' else 'erased_in_part' end where data_subject_id = %(id)s"""


class Directory(Users, ReadModel):
    """One row for each user, legal entity, customer, product and price book; what belongs to them beside it."""

    tables = f"""{USERS}
        create table legal_entities (
            entity_id uuid primary key, version integer not null, ordinal bigint not null unique, state text not null,
            name text not null, street text not null, city text not null, post_code text not null,
            subdivision text not null, country_code text not null, currency text not null, time_zone text not null,
            vat_id text, series_prefix text not null, tax_table_version integer not null
        );
        create table tax_rates (
            entity_id uuid not null, place integer not null, jurisdiction text not null, category text not null,
            rate numeric not null, valid_from date not null, tax_class text not null, scheme text not null,
            primary key (entity_id, place)
        );
        create table customers (
            customer_id uuid primary key, version integer not null, ordinal bigint not null unique, state text not null,
            name text not null, street text not null, city text not null, post_code text not null,
            subdivision text not null, country_code text not null, vat_id text, external_id text,
            region text not null, segment text not null, payment_terms text not null, representative text,
            bill_to_id uuid not null, ship_to_id uuid not null, one_time boolean not null, merged_into_id uuid,
            matching_name text not null
        );
        create index on customers (external_id);
        create index on customers (matching_name);
        create index on customers (merged_into_id);
        create table contacts (
            customer_id uuid not null, name text not null, email text not null, phone text not null,
            primary key (customer_id, name)
        );
        create table products (
            product_id uuid primary key, version integer not null, ordinal bigint not null unique, state text not null,
            sku text not null, name text not null, kind text not null, unit_code text not null,
            tax_class text not null, product_line text not null
        );
        create index on products (sku);
        create table price_books (
            price_book_id uuid primary key, version integer not null, ordinal bigint not null unique,
            state text not null, name text not null, currency text not null, valid_from date not null, valid_to date,
            segment text
        );
        create table prices (
            price_book_id uuid not null, product_id uuid not null, valid_from date not null,
            unit_price numeric not null, base_quantity numeric not null, model text not null, package_size numeric,
            primary key (price_book_id, product_id, valid_from)
        );
        create table tiers (
            price_book_id uuid not null, product_id uuid not null, valid_from date not null, place integer not null,
            up_to numeric, unit_price numeric not null, flat_amount numeric not null,
            primary key (price_book_id, product_id, valid_from, place)
        );
        create table data_subjects (
            data_subject_id uuid primary key, version integer not null, ordinal bigint not null unique,
            customer_id uuid not null, invoice_id uuid, state text not null, requested_by text[] not null,
            reason text not null, held_for text, legal_until date
        );
        create index on data_subjects (state, ordinal desc);
    """

    def legal_entity_registered(self, event: LegalEntity.Registered, recorded: Recorded) -> Effects:
        yield insert(
            "legal_entities",
            entity_id=event.originator_id,
            version=event.originator_version,
            ordinal=recorded.position,
            state="active",
            name=event.name,
            **_columns(event.address),
            currency=event.currency,
            time_zone=event.time_zone,
            vat_id=event.vat_id,
            series_prefix=event.series_prefix,
            tax_table_version=0,
        )

    def tax_rates_set(self, event: LegalEntity.TaxRatesSet, recorded: Recorded) -> Effects:
        entity = {"entity_id": event.originator_id}
        yield update("legal_entities", entity, version=event.originator_version, tax_table_version=event.version)
        yield delete("tax_rates", entity, rows=None)
        for place, rate in enumerate(event.tax_rates, 1):
            yield insert(
                "tax_rates",
                entity_id=event.originator_id,
                place=place,
                jurisdiction=rate.jurisdiction,
                category=rate.category,
                rate=rate.rate,
                valid_from=rate.valid_from,
                tax_class=rate.tax_class,
                scheme=rate.scheme,
            )

    def customer_registered(self, event: Customer.Registered, recorded: Recorded) -> Effects:
        yield insert(
            "customers",
            customer_id=event.originator_id,
            version=event.originator_version,
            ordinal=recorded.position,
            state="active",
            name=event.name,
            **_columns(event.address),
            vat_id=event.vat_id,
            external_id=event.external_id,
            region=event.region,
            segment=event.segment,
            payment_terms=event.payment_terms.note,
            representative=event.representative,
            bill_to_id=event.originator_id,
            ship_to_id=event.originator_id,
            one_time=event.one_time,
            matching_name=matching_name(event.name),
        )
        for contact in event.contacts:
            yield _contact(event, contact)

    def customer_changed(self, event: Customer.DetailsChanged, recorded: Recorded) -> Effects:
        yield _customer(
            event,
            name=event.name,
            matching_name=matching_name(event.name),
            **_columns(event.address),
            vat_id=event.vat_id,
            region=event.region,
            segment=event.segment,
            payment_terms=event.payment_terms.note,
        )

    def contact_added(self, event: Customer.ContactAdded, recorded: Recorded) -> Effects:
        yield _customer(event)
        yield _contact(event, event.contact)

    def representative_assigned(self, event: Customer.RepresentativeAssigned, recorded: Recorded) -> Effects:
        yield _customer(event, representative=event.representative)

    def roles_changed(self, event: Customer.RolesChanged, recorded: Recorded) -> Effects:
        yield _customer(event, bill_to_id=event.bill_to, ship_to_id=event.ship_to)

    def customer_merged(self, event: Customer.Merged, recorded: Recorded) -> Effects:
        yield _customer(event, state="merged", merged_into_id=event.into)

    def customer_unmerged(self, event: Customer.Unmerged, recorded: Recorded) -> Effects:
        yield _customer(event, state="active", merged_into_id=None)

    def alias_numbers_gained(self, event: Customer.AliasNumbersGained, recorded: Recorded) -> Effects:
        yield _customer(event)

    def alias_numbers_lost(self, event: Customer.AliasNumbersLost, recorded: Recorded) -> Effects:
        yield _customer(event)

    def product_registered(self, event: Product.Registered, recorded: Recorded) -> Effects:
        yield insert(
            "products",
            product_id=event.originator_id,
            version=event.originator_version,
            ordinal=recorded.position,
            state="active",
            sku=event.sku,
            name=event.name,
            kind=event.kind,
            unit_code=event.unit_code,
            tax_class=event.tax_class,
            product_line=event.product_line,
        )

    def product_changed(self, event: Product.DetailsChanged, recorded: Recorded) -> Effects:
        yield update(
            "products",
            {"product_id": event.originator_id},
            version=event.originator_version,
            name=event.name,
            tax_class=event.tax_class,
            product_line=event.product_line,
        )

    def product_discontinued(self, event: Product.Discontinued, recorded: Recorded) -> Effects:
        product = {"product_id": event.originator_id}
        yield update("products", product, version=event.originator_version, state="discontinued")

    def price_book_opened(self, event: PriceBook.Opened, recorded: Recorded) -> Effects:
        yield insert(
            "price_books",
            price_book_id=event.originator_id,
            version=event.originator_version,
            ordinal=recorded.position,
            state="open",
            name=event.name,
            currency=event.currency,
            valid_from=event.valid_from,
            valid_to=event.valid_to,
            segment=event.segment,
        )

    def price_set(self, event: PriceBook.PriceSet, recorded: Recorded) -> Effects:
        book, price = event.originator_id, event.price
        keys = {"price_book_id": book, "product_id": event.product_id, "valid_from": event.valid_from}
        yield update("price_books", {"price_book_id": book}, version=event.originator_version)
        own = {"unit_price": price.unit_price, "base_quantity": price.base_quantity, "model": price.model}
        yield Effect(PRICE, {**keys, **own, "package_size": price.package_size})
        yield delete("tiers", keys, rows=None)
        for place, tier in enumerate(price.tiers, 1):
            amounts = {"up_to": tier.up_to, "unit_price": tier.unit_price, "flat_amount": tier.flat_amount}
            yield insert("tiers", **keys, place=place, **amounts)

    def price_book_closed(self, event: PriceBook.Closed, recorded: Recorded) -> Effects:
        book = {"price_book_id": event.originator_id}
        yield update("price_books", book, version=event.originator_version, state="closed", valid_to=event.last_day)

    def erasure_requested(self, event: DataSubject.ErasureRequested, recorded: Recorded) -> Effects:
        asked = {"requested_by": list(event.requested_by), "reason": event.reason}
        yield from _spoken_of(event, recorded, state="requested", **asked)

    def erasure_approved(self, event: DataSubject.ErasureApproved, recorded: Recorded) -> Effects:
        yield _data_subject(event, state="approved")

    def erasure_rejected(self, event: DataSubject.ErasureRejected, recorded: Recorded) -> Effects:
        yield Effect(REJECTED, {"id": event.originator_id, "version": event.originator_version})

    def erased(self, event: DataSubject.Erased, recorded: Recorded) -> Effects:
        state = "erased" if event.legal_until is None else "erased_in_part"
        yield _data_subject(event, state=state, legal_until=event.legal_until)

    def hold_placed(self, event: DataSubject.HoldPlaced, recorded: Recorded) -> Effects:
        yield from _spoken_of(event, recorded, held_for=event.reason)

    def hold_lifted(self, event: DataSubject.HoldLifted, recorded: Recorded) -> Effects:
        yield _data_subject(event, held_for=None)


def _columns(address: Address) -> dict[str, str]:
    return {
        "street": address.street,
        "city": address.city,
        "post_code": address.post_code,
        "subdivision": address.subdivision,
        "country_code": address.country_code,
    }


def _customer(event: Event, **values: Any) -> Effect:
    return update("customers", {"customer_id": event.originator_id}, version=event.originator_version, **values)


def _contact(event: Event, contact: Contact) -> Effect:
    person = {"name": contact.name, "email": contact.email, "phone": contact.phone}
    return Effect(CONTACT, {"customer_id": event.originator_id, **person})


def _data_subject(event: Event, **values: Any) -> Effect:
    key = {"data_subject_id": event.originator_id}
    return update("data_subjects", key, version=event.originator_version, **values)


def _spoken_of(
    event: DataSubject.ErasureRequested | DataSubject.HoldPlaced, recorded: Recorded, **values: Any
) -> Effects:
    """A row, which the first word of a data subject makes."""
    subject = {"id": event.originator_id, "customer": event.customer_id, "invoice": event.invoice_id}
    yield Effect(SPOKEN_OF, {**subject, "ordinal": recorded.position}, None)
    yield _data_subject(event, **values)
