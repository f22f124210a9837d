"""What is asked about master data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from domain.catalogue import PriceBook, Product
from domain.crm import Customer
from domain.organisation import LegalEntity
from domain.privacy import DataSubject
from projections.directory.rows import (
    ContactRow,
    CustomerRow,
    CustomerView,
    DataSubjectRow,
    DataSubjectView,
    LegalEntityRow,
    LegalEntityView,
    PriceBookRow,
    PriceBookView,
    PriceTier,
    PriceView,
    ProductRow,
    ProductView,
    TaxRateRow,
)
from projections.shared import Reader


@dataclass(frozen=True, slots=True)
class _Price:
    product_id: UUID
    sku: str
    product_name: str
    valid_from: date
    unit_price: Decimal
    base_quantity: Decimal
    model: str
    package_size: Decimal | None


@dataclass(frozen=True, slots=True)
class _Tier:
    product_id: UUID
    valid_from: date
    up_to: Decimal | None
    unit_price: Decimal
    flat_amount: Decimal


ENTITY = """entity_id, version, ordinal, state, name, street, city, post_code, subdivision, country_code, currency,
    time_zone, vat_id, series_prefix, tax_table_version"""
DATA_SUBJECT = """data_subject_id, version, ordinal, customer_id, invoice_id, state, requested_by, reason, held_for,
    legal_until"""
CUSTOMER = """customer_id, version, ordinal, state, name, street, city, post_code, subdivision, country_code, vat_id,
    external_id, region, segment, payment_terms, representative, bill_to_id, ship_to_id, one_time, merged_into_id"""
ALIAS = """customer_id in (with recursive alias(id) as (
    select customer_id from customers where merged_into_id = %(id)s
    union select customer_id from customers join alias on merged_into_id = id) select id from alias) order by ordinal"""
DUPLICATE = """state = 'active' and not one_time and exists (
    select from customers as this where this.customer_id = %(id)s and this.customer_id <> customers.customer_id
        and this.state = 'active' and not this.one_time and (customers.customer_id = any(%(same_vat_id)s)
            or (this.matching_name, this.country_code) = (customers.matching_name, customers.country_code)
            and (this.vat_id is null or customers.vat_id is null))) order by ordinal limit 50"""
FoundBy = Callable[[str], Awaitable[Sequence[UUID]]]
"""The customers who are found by a sealed VAT number: the read model itself cannot compare two."""
PRODUCT = "product_id, version, ordinal, state, sku, name, kind, unit_code, tax_class, product_line"
BOOK = "price_book_id, version, ordinal, state, name, currency, valid_from, valid_to, segment"
PAGE = "ordinal < %(before)s order by ordinal desc limit %(limit)s + 1"


async def legal_entities(reader: Reader, before: int, limit: int) -> list[LegalEntityRow]:
    """Companies that sell, the newest first."""
    return await reader.rows(
        LegalEntityRow, f"select {ENTITY} from legal_entities where {PAGE}", before=before, limit=limit
    )


async def legal_entity(reader: Reader, entity_id: UUID) -> LegalEntityView | None:
    """A company with its tax table, the rates of one jurisdiction and class together, the latest first."""
    row = await reader.row(
        LegalEntityRow, f"select {ENTITY} from legal_entities where entity_id = %(id)s", id=entity_id
    )
    if row is None:
        return None
    rates = await reader.rows(
        TaxRateRow,
        """select jurisdiction, category, rate, valid_from, tax_class, scheme from tax_rates
            where entity_id = %(id)s order by jurisdiction, tax_class, valid_from desc, place""",
        id=entity_id,
    )
    return LegalEntityView(row, list(LegalEntity.ACTIONS.get(row.state, ())), rates)


async def customers(
    reader: Reader, before: int, limit: int, *, name: str | None = None, external_id: str | None = None
) -> list[CustomerRow]:
    """Customers, the newest first; those whose name contains a text, or of another system's identity."""
    return await reader.rows(
        CustomerRow,
        f"""select {CUSTOMER} from customers
            where (%(name)s::text is null or strpos(lower(name), lower(%(name)s)) > 0)
            and (%(external_id)s::text is null or external_id = %(external_id)s) and {PAGE}""",
        name=name,
        external_id=external_id,
        before=before,
        limit=limit,
    )


async def customer(reader: Reader, found_by: FoundBy, customer_id: UUID) -> CustomerView | None:
    """A customer with its contacts; its aliases, and customers that may be the same."""
    row = await reader.row(CustomerRow, f"select {CUSTOMER} from customers where customer_id = %(id)s", id=customer_id)
    if row is None:
        return None
    contacts = await reader.rows(
        ContactRow, "select name, email, phone from contacts where customer_id = %(id)s order by name", id=customer_id
    )
    aliases = await reader.rows(CustomerRow, f"select {CUSTOMER} from customers where {ALIAS}", id=customer_id)
    same_vat_id = await found_by(row.vat_id) if row.vat_id else []
    duplicates = await reader.rows(
        CustomerRow,
        f"select {CUSTOMER} from customers where {DUPLICATE}",
        id=customer_id,
        same_vat_id=list(same_vat_id),
    )
    return CustomerView(row, list(Customer.ACTIONS.get(row.state, ())), contacts, aliases, duplicates)


async def products(reader: Reader, before: int, limit: int, *, sku: str | None = None) -> list[ProductRow]:
    """Products, the newest first; of a SKU where asked for."""
    return await reader.rows(
        ProductRow,
        f"select {PRODUCT} from products where (%(sku)s::text is null or sku = %(sku)s) and {PAGE}",
        sku=sku,
        before=before,
        limit=limit,
    )


async def product(reader: Reader, product_id: UUID) -> ProductView | None:
    """A product."""
    row = await reader.row(ProductRow, f"select {PRODUCT} from products where product_id = %(id)s", id=product_id)
    return ProductView(row, list(Product.ACTIONS.get(row.state, ()))) if row else None


async def price_books(reader: Reader, before: int, limit: int) -> list[PriceBookRow]:
    """Price books, the newest first."""
    return await reader.rows(PriceBookRow, f"select {BOOK} from price_books where {PAGE}", before=before, limit=limit)


async def price_book(reader: Reader, price_book_id: UUID) -> PriceBookView | None:
    """A price book with every price that it has had, by SKU, the latest first."""
    row = await reader.row(
        PriceBookRow, f"select {BOOK} from price_books where price_book_id = %(id)s", id=price_book_id
    )
    if row is None:
        return None
    prices = await reader.rows(
        _Price,
        """select product_id, sku, name as product_name, valid_from, unit_price, base_quantity, model, package_size
            from prices join products using (product_id) where price_book_id = %(id)s
            order by sku, valid_from desc""",
        id=price_book_id,
    )
    tiers = await reader.rows(
        _Tier,
        """select product_id, valid_from, up_to, unit_price, flat_amount from tiers
            where price_book_id = %(id)s order by product_id, valid_from, place""",
        id=price_book_id,
    )
    tiers_of: dict[tuple[UUID, date], list[PriceTier]] = {}
    for tier in tiers:
        own = tiers_of.setdefault((tier.product_id, tier.valid_from), [])
        own.append(PriceTier(tier.up_to, tier.unit_price, tier.flat_amount))
    views = [_with_tiers(price, tiers_of.get((price.product_id, price.valid_from), [])) for price in prices]
    return PriceBookView(row, list(PriceBook.ACTIONS.get(row.state, ())), views)


def _with_tiers(price: _Price, tiers: list[PriceTier]) -> PriceView:
    return PriceView(
        product_id=price.product_id,
        sku=price.sku,
        product_name=price.product_name,
        valid_from=price.valid_from,
        unit_price=price.unit_price,
        base_quantity=price.base_quantity,
        model=price.model,
        package_size=price.package_size,
        tiers=tiers,
    )


async def data_subjects(reader: Reader, before: int, limit: int, *, state: str | None = None) -> list[DataSubjectRow]:
    """Those that were spoken of, the newest first; in a state where asked for."""
    return await reader.rows(
        DataSubjectRow,
        f"select {DATA_SUBJECT} from data_subjects where (%(state)s::text is null or state = %(state)s) and {PAGE}",
        state=state,
        before=before,
        limit=limit,
    )


async def data_subject(reader: Reader, data_subject_id: UUID) -> DataSubjectView | None:
    """One of them, and what may be done."""
    sql = f"select {DATA_SUBJECT} from data_subjects where data_subject_id = %(id)s"
    row = await reader.row(DataSubjectRow, sql, id=data_subject_id)
    if row is None:
        return None
    without = {"place_hold" if row.held_for else "lift_hold"}
    actions = [action for action in DataSubject.ACTIONS[row.state] if action not in without]
    return DataSubjectView(row, actions)
