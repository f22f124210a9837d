"""Which commands the files of AdventureWorksDW amount to: what people decided, and nothing that follows by policy.

Keys derive from what a row is about, so that importing it again asks for nothing new; so do all identities.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from application.catalogue import OpenPriceBook, ProductPrice, RegisterProduct, SetPrices
from application.crm import RegisterCustomer
from application.ordering import FulfilOrder
from application.organisation import RegisterLegalEntity, SetTaxRates
from application.payments import RecordPayment
from application.quoting import AcceptQuote, DraftQuote, SendQuote
from application.trading import DocumentCharge, PricedLine
from domain.billing import Invoice
from domain.ordering import Order
from domain.quoting import AcceptanceEvidence, Quote
from domain.shared.money import Money
from domain.shared.party import Address
from domain.shared.tax import Tax, TaxRate
from domain.shared.terms import net
from domain.shared.tiers import Price
from interfaces.importing.adventureworks.dimensions import Product, Reseller
from interfaces.importing.adventureworks.orders import TAX_PERCENT, Heading, SalesOrder
from interfaces.importing.adventureworks.prices import ListPrice, PriceList
from interfaces.importing.wishes import Origin, Wish

ORIGIN = Origin("adventureworks", "America/Los_Angeles")
LINE_TAX = Tax("S", TAX_PERCENT, "US", "SALES")
"""The file taxes every line alike, wherever the reseller is."""
FREIGHT_TAX = Tax("Z", Decimal(0), "US", "SALES")
TAX_RATES = (
    TaxRate("US", "S", TAX_PERCENT, date(2010, 1, 1), scheme="SALES"),
    TaxRate("US", "Z", Decimal(0), date(2010, 1, 1), tax_class="freight", scheme="SALES"),
)
SELLER = RegisterLegalEntity(
    name="Adventure Works Cycles",
    address=Address(country_code="US", city="Bothell", post_code="98011", subdivision="WA"),
    currency="USD",
    time_zone=ORIGIN.time_zone,
    series_prefix="AW",
)
VALID_DAYS = 30

SELLER_KEY = ORIGIN.key("seller", "register")
SELLER_ID = ORIGIN.identity(SELLER_KEY)


def customer_key(reseller: Reseller) -> str:
    """Of what registers a reseller."""
    return ORIGIN.key(f"reseller {reseller.external_id}", "register")


def product_key(product: Product) -> str:
    """Of what registers a product."""
    return ORIGIN.key(f"product {product.sku}", "register")


def book_key(currency: str) -> str:
    """Of what opens a currency's price book."""
    return ORIGIN.key(f"prices {currency}", "open")


def seller(day: date) -> list[Wish]:
    """The legal entity and its taxes."""
    rates = SetTaxRates(tax_rates=TAX_RATES)
    return [ORIGIN.wish(SELLER_KEY, SELLER, day), ORIGIN.wish(ORIGIN.key("seller", "tax"), rates, day, SELLER_ID)]


def customer(heading: Heading, day: date) -> Wish:
    """Who ordered; whoever sold to them first looks after them."""
    who = heading.reseller
    command = RegisterCustomer(
        name=who.name,
        address=who.address,
        external_id=who.external_id,
        region=who.region,
        segment=who.segment,
        representative=representative(heading),
    )
    return ORIGIN.wish(customer_key(who), command, day)


def product(what: Product, day: date) -> Wish:
    """What was ordered."""
    command = RegisterProduct(sku=what.sku, name=what.name, product_line=what.product_line)
    return ORIGIN.wish(product_key(what), command, day)


def price_book(prices: PriceList) -> Wish:
    """The prices of one currency."""
    command = OpenPriceBook(
        name=f"Reseller prices in {prices.currency}", currency=prices.currency, valid_from=prices.valid_from
    )
    return ORIGIN.wish(book_key(prices.currency), command, prices.valid_from)


def new_prices(currency: str, prices: Sequence[ListPrice], day: date) -> Wish:
    """Those that are valid from that day on. Another content is another command: a corrected file adds its prices."""
    command = SetPrices(
        prices=tuple(
            ProductPrice(product_id=ORIGIN.identity(product_key(one.product)), price=Price(one.price), valid_from=day)
            for one in prices
        )
    )
    content = hashlib.sha256(repr(command).encode()).hexdigest()[:12]
    return ORIGIN.wish(
        ORIGIN.key(f"prices {currency} {day}", f"set {content}"), command, day, ORIGIN.identity(book_key(currency))
    )


@dataclass(frozen=True, slots=True)
class Deal:
    """One order's way from quote to cash."""

    order: SalesOrder
    prices: PriceList

    @property
    def number(self) -> str:
        return self.order.heading.number

    @property
    def quote_id(self) -> UUID:
        return ORIGIN.identity(self._key("draft"))

    @property
    def order_id(self) -> UUID:
        return Order.id_for(self.quote_id, 1)

    @property
    def invoice_id(self) -> UUID:
        return Invoice.id_for(self.order_id, 1)

    def needs(self) -> list[str]:
        """Keys of what must have been registered before."""
        heading = self.order.heading
        products = [product_key(line.product) for line in self.order.lines]
        return [customer_key(heading.reseller), book_key(heading.currency), *products]

    def draft(self) -> Wish:
        """The quote, to be due on the file's DueDate when it is invoiced on the ShipDate."""
        heading = self.order.heading
        freight = self.order.freight
        command = DraftQuote(
            seller_id=SELLER_ID,
            customer_id=ORIGIN.identity(customer_key(heading.reseller)),
            price_book_id=ORIGIN.identity(book_key(heading.currency)),
            valid_until=heading.order_date + timedelta(days=VALID_DAYS),
            lines=self._lines(),
            charges=(DocumentCharge(reason="Freight", amount=freight.amount, tax=FREIGHT_TAX),) if freight else (),
            payment_terms=net((heading.due_date - heading.ship_date).days),
            owner=representative(heading),
            number=heading.number,
        )
        return ORIGIN.wish(self._key("draft"), command, heading.order_date)

    def send(self) -> Wish:
        """To the reseller."""
        return ORIGIN.wish(self._key("send"), SendQuote(), self.order.heading.order_date, self.quote_id)

    def accept(self, sent: Quote.Sent) -> Wish:
        """By the reseller's purchase order."""
        heading = self.order.heading
        evidence = AcceptanceEvidence(
            consent_text=f"Purchase order {heading.purchase_order}",
            accepted_by=heading.reseller.name,
            identified_by="purchase order",
        )
        command = AcceptQuote(
            revision=sent.revision,
            document_sha256=sent.document_sha256,
            evidence=evidence,
            purchase_order_reference=heading.purchase_order,
        )
        return ORIGIN.wish(self._key("accept"), command, heading.order_date, self.quote_id)

    def fulfil(self) -> Wish:
        """All of it, on the file's ShipDate."""
        heading = self.order.heading
        command = FulfilOrder(delivered_on=heading.ship_date, tracking_reference=heading.tracking)
        return ORIGIN.wish(self._key("fulfil"), command, heading.ship_date, self.order_id)

    def pay(self, number: str, payable: Money) -> Wish:
        """What the invoice asks for, on the file's DueDate."""
        command = RecordPayment(
            seller_id=SELLER_ID,
            customer_id=ORIGIN.identity(customer_key(self.order.heading.reseller)),
            amount=payable.amount,
            currency=payable.currency,
            remittance_information=number,
        )
        return ORIGIN.wish(self._key("pay"), command, self.order.heading.due_date)

    def _lines(self) -> tuple[PricedLine, ...]:
        return tuple(
            PricedLine(
                product_id=ORIGIN.identity(product_key(line.product)),
                quantity=line.quantity,
                line_id=line.line_id,
                negotiated_price=self.prices.negotiated(line, self.order.heading.order_date),
                allowance=line.allowance,
                tax=LINE_TAX,
            )
            for line in self.order.lines
        )

    def _key(self, step: str) -> str:
        return ORIGIN.key(self.order.heading.number, step)


def representative(heading: Heading) -> str:
    """Who sold it: the login that they would have."""
    return f"employee-{heading.employee}"
