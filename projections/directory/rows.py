"""What is told about master data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LegalEntityRow:
    """A company that sells."""

    entity_id: UUID
    version: int
    ordinal: int
    state: str
    name: str
    street: str
    city: str
    post_code: str
    subdivision: str
    country_code: str
    currency: str
    time_zone: str
    """IANA name: its calendar decides what day it is."""
    vat_id: str | None
    series_prefix: str
    """What the numbers of its documents begin with."""
    tax_table_version: int


@dataclass(frozen=True, slots=True)
class TaxRateRow:
    """One dated row of a tax table; the rate in percent."""

    jurisdiction: str
    category: str
    rate: Decimal
    valid_from: date
    tax_class: str
    scheme: str


@dataclass(frozen=True, slots=True)
class LegalEntityView:
    """A company that sells, its tax table, and what may be done with it."""

    legal_entity: LegalEntityRow
    available_actions: list[str]
    tax_rates: list[TaxRateRow]

    @property
    def version(self) -> int:
        """Of the aggregate: the ETag."""
        return self.legal_entity.version


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A buying organisation."""

    customer_id: UUID
    version: int
    ordinal: int
    state: str
    name: str
    street: str
    city: str
    post_code: str
    subdivision: str
    country_code: str
    vat_id: str | None
    external_id: str | None
    """Its identity in another system."""
    region: str
    segment: str
    payment_terms: str
    """As printed on its documents."""
    representative: str | None
    bill_to_id: UUID
    ship_to_id: UUID
    one_time: bool
    """It stands for buyers who are not registered one by one."""
    merged_into_id: UUID | None
    """Whose alias it is: new documents are that one's."""


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A person to reach."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A customer, whom to reach there, and what may be done with it."""

    customer: CustomerRow
    available_actions: list[str]
    contacts: list[ContactRow]
    aliases: list[CustomerRow]
    """Customers that were merged into it, or into one that was: their documents are its own."""
    possible_duplicates: list[CustomerRow]
    """Customers of the same VAT number, or of the same name in the same country but for case and legal form (L1)."""

    @property
    def version(self) -> int:
        """Of the aggregate: the ETag."""
        return self.customer.version


@dataclass(frozen=True, slots=True)
class ProductRow:
    """Goods or a service."""

    product_id: UUID
    version: int
    ordinal: int
    state: str
    sku: str
    name: str
    kind: str
    unit_code: str
    tax_class: str
    product_line: str


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product, and what may be done with it."""

    product: ProductRow
    available_actions: list[str]

    @property
    def version(self) -> int:
        """Of the aggregate: the ETag."""
        return self.product.version


@dataclass(frozen=True, slots=True)
class PriceBookRow:
    """List prices in one currency, and when they hold."""

    price_book_id: UUID
    version: int
    ordinal: int
    state: str
    name: str
    currency: str
    valid_from: date
    valid_to: date | None
    segment: str | None
    """For customers of this segment only, or for all."""


@dataclass(frozen=True, slots=True)
class PriceTier:
    """The price of quantities above the previous tier's `up_to`, up to and including this one's; per base quantity."""

    up_to: Decimal | None
    unit_price: Decimal
    flat_amount: Decimal


@dataclass(frozen=True, slots=True)
class PriceView:
    """A product's price from a day on, in the price book's currency per base quantity."""

    product_id: UUID
    sku: str
    product_name: str
    valid_from: date
    unit_price: Decimal
    base_quantity: Decimal
    model: str
    package_size: Decimal | None
    tiers: list[PriceTier]


@dataclass(frozen=True, slots=True)
class PriceBookView:
    """A price book with its prices, and what may be done with it."""

    price_book: PriceBookRow
    available_actions: list[str]
    prices: list[PriceView]

    @property
    def version(self) -> int:
        """Of the aggregate: the ETag."""
        return self.price_book.version


@dataclass(frozen=True, slots=True)
class DataSubjectRow:
    """A customer, or a buyer whom a one-time customer stands for, whose erasure was asked for or is held up by law."""

    data_subject_id: UUID
    version: int
    ordinal: int
    customer_id: UUID
    invoice_id: UUID | None
    """The first that names the buyer."""
    state: str
    """`kept`, `requested`, `approved`, `erased_in_part` or `erased`."""
    requested_by: list[str]
    reason: str
    held_for: str | None
    """Why nothing may be erased."""
    legal_until: date | None
    """The last day on which the law still wants the rest."""


@dataclass(frozen=True, slots=True)
class DataSubjectView:
    """The same, and what may be done."""

    data_subject: DataSubjectRow
    available_actions: list[str]

    @property
    def version(self) -> int:
        """Of the aggregate: the ETag."""
        return self.data_subject.version
