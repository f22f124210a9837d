"""What documents that are written by hand share: who trades with whom, lines at their prices, and charges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from application.constraints import Amount, Code, NotNegative, Percent, Quantity, Text
from application.unit_of_work import Read, UnitOfWork
from domain.catalogue import NotInPriceBook, PriceBook, Product, ProductIsDiscontinued
from domain.crm import Customer, MergedInCircle
from domain.organisation import LegalEntity
from domain.quoting import asked_price, price_line, price_steps
from domain.shared.countries import check_country, country_of_vat_id
from domain.shared.document import Agreement, Charge, Line, Source, check_content
from domain.shared.money import Money
from domain.shared.party import VAT_NUMBER, Buyer, HomeAddress, Parties, check_vat_id
from domain.shared.personal import KeyClass, PersonalData
from domain.shared.purchase_order import PurchaseOrder, PurchaseOrderLine
from domain.shared.refusal import Invalid, within
from domain.shared.tax import Tax, check_tax
from domain.shared.terms import PaymentTerms, check_terms

STANDARD = "standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCharge:
    """A charge on the whole document, such as freight."""

    reason: Text
    amount: Amount
    tax: Tax | None = None
    """That of the standard class where not given; of goods where the document has any, else of services."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A product and its price: by price book and tier, unless negotiated; then discount and allowance."""

    product_id: UUID
    quantity: Quantity
    line_id: Code | None = None
    """Its place in the document where not given."""
    negotiated_price: NotNegative | None = None
    """Replaces the list price, per base quantity."""
    discount_percent: Percent = Decimal(0)
    allowance: NotNegative = Decimal(0)
    """Taken off the line as a whole."""
    tax: Tax | None = None
    """Determined from seller, buyer and product where not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeBuyer:
    """The person who bought, as an invoice to a one-time customer bears it: a data subject of their own."""

    name: Annotated[Text, PersonalData(KeyClass.LEGAL, "name")]
    address: HomeAddress
    vat_id: Annotated[Code, VAT_NUMBER] | None = None


async def customer_of(work: UnitOfWork, customer_id: UUID) -> Customer:
    """The customer of that id, or of whom it has become an alias: new documents are the survivor's."""
    return await survivor_of(work.read, customer_id)


async def survivor_of(read: Read, customer_id: UUID) -> Customer:
    """The same, however customers are looked at. Raises MergedInCircle: copies of different age may look like one."""
    customer: Customer = await read(Customer, customer_id)
    seen = {customer_id}
    while customer.merged_into is not None:
        if customer.merged_into in seen:
            raise MergedInCircle
        seen.add(customer.merged_into)
        customer = await read(Customer, customer.merged_into)
    return customer


async def survivor_id(work: UnitOfWork, customer_id: UUID | None) -> UUID | None:
    """Of the customer of that id, where there is one, or of whom it has become an alias."""
    return None if customer_id is None else (await customer_of(work, customer_id)).id


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedLine:
    """A line as the buyer's purchase order has it; what is not given is not compared."""

    line_id: Code
    quantity: Quantity | None = None
    net_price: NotNegative | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderDetails:
    """The buyer's purchase order; what is not given is not compared with the order."""

    number: Code
    issue_date: date | None = None
    amount: NotNegative | None = None
    """Its value, without tax."""
    lines: Annotated[tuple[OrderedLine, ...], MaxLen(5000)] = ()

    def as_stated(self) -> PurchaseOrder:
        """As documents compare it."""
        lines = (
            PurchaseOrderLine(line_id=line.line_id, quantity=line.quantity, net_price=line.net_price)
            for line in self.lines
        )
        return PurchaseOrder(number=self.number, issue_date=self.issue_date, amount=self.amount, lines=tuple(lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAgreement:
    """What a contract or an order that follows from no quote says, priced from a price book."""

    seller_id: UUID
    customer_id: UUID
    price_book_id: UUID
    lines: Annotated[tuple[PricedLine, ...], MinLen(1), MaxLen(5000)]
    charges: Annotated[tuple[DocumentCharge, ...], MaxLen(20)] = ()
    payment_terms: PaymentTerms | None = None
    """The customer's where not given."""
    owner: Text | None = None
    """The representative whose deal it is; who writes it, where not given."""


async def agreement_by_hand(
    work: UnitOfWork, written: WrittenAgreement, number: str, source: Source, purchase_order_reference: str | None
) -> Agreement:
    """Seller, buyer, lines and charges as they are now. Refuses what no document may bear."""
    seller = await work.read(LegalEntity, written.seller_id)
    customer = await customer_of(work, written.customer_id)
    book = await work.read(PriceBook, written.price_book_id)
    parties = await parties_of(work, seller, customer)
    terms = written.payment_terms or customer.payment_terms
    check_terms(terms)
    pricing = Pricing(work, seller, parties, book)
    lines = await pricing.lines(written.lines)
    charges = charges_of(written.charges, lines, book.currency, seller, parties, pricing.today)
    check_content(lines, charges, parties)
    return Agreement(
        number=number,
        source=source,
        parties=parties,
        currency=book.currency,
        lines=tuple(lines),
        charges=charges,
        payment_terms=terms,
        purchase_order_reference=purchase_order_reference,
        owner=written.owner or work.envelope.actor,
    )


async def parties_towards(work: UnitOfWork, parties: Parties, customer_id: UUID) -> Parties:
    """A document's parties as they are towards a customer: its buyer is that one, where both are the same by now."""
    buyers = (parties.sold_to_id, parties.bill_to_id)
    if customer_id not in buyers:
        survivor = (await customer_of(work, customer_id)).id
        if survivor in [(await customer_of(work, buyer)).id for buyer in buyers]:
            return replace(parties, sold_to_id=customer_id)
    return parties


async def parties_of(work: UnitOfWork, seller: LegalEntity, customer: Customer) -> Parties:
    """Seller and buyer as they are now: the customer, who pays for it, and where the goods go."""
    bill_to = customer if customer.bill_to == customer.id else await customer_of(work, customer.bill_to)
    ship_to = customer if customer.ship_to == customer.id else await customer_of(work, customer.ship_to)
    return Parties(
        seller_id=seller.id,
        seller=seller.as_party(),
        time_zone=seller.time_zone,
        sold_to_id=customer.id,
        bill_to_id=bill_to.id,
        ship_to_id=ship_to.id,
        ship_to_country=ship_to.address.country_code,
        # What was recorded before VAT numbers were sealed is in plain.
        buyer=await work.sealed(bill_to.as_buyer(), bill_to.id),
        region=customer.region,
        segment=customer.segment,
    )


async def parties_of_invoice(
    work: UnitOfWork, seller: LegalEntity, customer: Customer, buyer: OneTimeBuyer | None, invoice_id: UUID
) -> Parties:
    """The same; the buyer whom the one-time customer stands for, where there is one, sealed with keys of their own.

    Refuses a buyer's details for any other customer.
    """
    parties = await parties_of(work, seller, customer)
    if buyer is None:
        return parties
    if not customer.one_time:
        raise Invalid("Only a one-time customer's documents bear a buyer of their own.", pointer="/buyer")
    check_country(buyer.address.country_code, "/buyer/address/country_code")
    vat_id = check_vat_id(buyer.vat_id, work.vat_number_check, "/buyer/vat_id")
    sealed = await work.sealed(replace(buyer, vat_id=vat_id), invoice_id)
    return replace(
        parties,
        bill_to_id=customer.id,
        ship_to_id=customer.id,
        ship_to_country=sealed.address.country_code,
        buyer=Buyer.person(sealed.name, sealed.address, sealed.vat_id, country_of_vat_id(vat_id), invoice_id),
    )


def charges_of(
    charges: Sequence[DocumentCharge],
    lines: Sequence[Line],
    currency: str,
    seller: LegalEntity,
    parties: Parties,
    tax_point: date,
) -> tuple[Charge, ...]:
    """The charges of a document with these lines, taxed as what they go with: as goods where any of it is."""
    goods = any(line.goods for line in lines)
    return tuple(
        Charge(
            one.reason,
            Money.of(one.amount, currency),
            one.tax or seller.tax_of(parties, goods=goods, tax_class=STANDARD, tax_point=tax_point),
            None if one.tax else STANDARD,
            goods,
        )
        for one in charges
    )


class Pricing:
    """Prices the lines of one document from its price book, as of the command's day at the seller."""

    def __init__(self, work: UnitOfWork, seller: LegalEntity, parties: Parties, book: PriceBook) -> None:
        self.work, self.seller, self.parties, self.book = work, seller, parties, book
        self.today = seller.today(work.envelope.at)
        book.check_valid(self.today, parties.segment)

    async def lines(self, lines: Sequence[PricedLine]) -> list[Line]:
        """All lines, numbered by their place where they have no id."""
        priced = []
        for place, line in enumerate(lines):
            with within(f"/lines/{place}"):
                priced.append(await self.line(line, str(place + 1)))
        return priced

    async def line(self, line: PricedLine, line_id: str) -> Line:
        """A product at its price, taxed."""
        if line.tax is not None:
            check_tax(line.tax)
        product = await self.work.read(Product, line.product_id)
        product.check_sold()
        price, tax_class = self.book.price_on(product.id, self.today), product.tax_class
        listed_in = f"{self.book.name}, version {self.book.version}"
        tax = line.tax or self.seller.tax_of(
            self.parties, goods=product.kind == "goods", tax_class=tax_class, tax_point=self.today
        )
        return price_line(
            line.line_id or line_id,
            product.as_item(),
            line.quantity,
            price,
            price_steps(price, line.quantity, listed_in, line.negotiated_price, line.discount_percent),
            allowance=line.allowance,
            tax=tax,
            tax_class=None if line.tax else tax_class,
            currency=self.book.currency,
        )

    async def again(self, line: Line) -> Line:
        """The same line as the price book has it now; what was negotiated, discounted or allowed stays."""
        if line.product_id is None:
            return line
        negotiated_price, discount_percent = asked_price(line)
        asked = PricedLine(
            product_id=line.product_id,
            quantity=line.quantity,
            line_id=line.line_id,
            negotiated_price=negotiated_price,
            discount_percent=discount_percent,
            allowance=line.allowance,
            tax=None if line.tax_class else line.tax,
        )
        return replace(await self.line(asked, line.line_id), note=line.note)

    def charges_again(self, charges: Sequence[Charge], lines: Sequence[Line]) -> tuple[Charge, ...]:
        """The same charges, taxed as they are now."""
        goods = any(line.goods for line in lines)
        renewed = [replace(one, goods=goods) if one.tax_class else one for one in charges]
        return tuple(replace(one, tax=self.seller.tax_at(one, self.parties, self.today)) for one in renewed)

    async def difference(self, line: Line) -> str:
        """What the price book says otherwise of a line by now; nothing where it says the same."""
        try:
            now = await self.again(line)
        except (NotInPriceBook, ProductIsDiscontinued) as gone:
            return f"line {line.line_id}: {gone.detail}"
        before, after = line.line_extension_amount, now.line_extension_amount
        return "" if before == after else f"line {line.line_id}: {before} is {after} by now"
