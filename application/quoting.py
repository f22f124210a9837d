"""Commands on quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen

from application.constraints import Code, LongText, NotNegative, Number, Percent, Quantity, Text
from application.trading import DocumentCharge, charges_of, parties_of
from application.unit_of_work import Context
from domain.catalogue import PriceBook, Product
from domain.crm import Customer
from domain.organisation import LegalEntity
from domain.quoting import AcceptanceEvidence, Offer, Quote, price_line, price_steps
from domain.shared.contract_terms import ContractTerms
from domain.shared.document import Line
from domain.shared.party import Parties
from domain.shared.reference import reference
from domain.shared.refusal import Invalid
from domain.shared.tax import Tax
from domain.shared.terms import PaymentTerms, check_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteLine:
    """A product and its price: by price book and tier, unless negotiated; then discount and allowance."""

    product_id: UUID
    quantity: Quantity
    line_id: Code | None = None
    """Its place in the quote where not given."""
    negotiated_price: NotNegative | None = None
    """Replaces the list price, per base quantity."""
    discount_percent: Percent = Decimal(0)
    allowance: NotNegative = Decimal(0)
    """Taken off the line as a whole."""
    tax: Tax | None = None
    """Determined from seller, buyer and product where not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftQuote:
    """Draft a quote with all its lines."""

    seller_id: UUID
    customer_id: UUID
    price_book_id: UUID
    valid_until: date
    """The last valid day, in the seller's time zone."""
    lines: Annotated[tuple[QuoteLine, ...], MaxLen(5000)] = ()
    charges: Annotated[tuple[DocumentCharge, ...], MaxLen(20)] = ()
    contract_terms: ContractTerms | None = None
    """With them the accepted quote becomes a contract, else an order."""
    payment_terms: PaymentTerms | None = None
    """The customer's where not given."""
    owner: Text | None = None
    """The representative whose deal it is; who drafts it, where not given."""
    number: Code | None = None
    """Given by an import; else derived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddQuoteLine:
    """Add a line to the draft."""

    line: QuoteLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeQuoteLine:
    """Replace a line of the draft, priced again."""

    line: QuoteLine


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveQuoteLine:
    """Remove a line of the draft."""

    line_id: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class SendQuote:
    """Send the draft to the customer. From then on it is immutable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptQuote:
    """Accept exactly the revision and content that was sent."""

    revision: Number
    document_sha256: Text
    evidence: AcceptanceEvidence
    purchase_order_reference: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineQuote:
    """Decline what was sent."""

    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireQuote:
    """Make visible that the last valid day has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawQuote:
    """Take the quote back."""

    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendQuote:
    """Set a later last valid day."""

    valid_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseQuote:
    """Start the next revision with the lines of the last one."""

    valid_until: date


class Quoting(Context):
    """Offers and their answers."""

    async def draft_quote(self, quote_id: UUID, command: DraftQuote) -> None:
        """A new quote, priced."""
        seller = await self.work.read(LegalEntity, command.seller_id)
        customer = await self.work.read(Customer, command.customer_id)
        book = await self.work.read(PriceBook, command.price_book_id)
        parties = await parties_of(self.work, seller, customer)
        terms = command.payment_terms or customer.payment_terms
        check_terms(terms)
        pricing = Pricing(self, seller, parties, book)
        offer = Offer(
            number=command.number or reference("Q", quote_id),
            parties=parties,
            currency=book.currency,
            price_book_id=book.id,
            price_book_version=book.version,
            tax_table_version=seller.tax_table_version,
            charges=charges_of(command.charges, book.currency, seller, parties, pricing.today),
            contract_terms=command.contract_terms,
            payment_terms=terms,
            owner=command.owner or self.work.envelope.actor,
        )
        quote = self.work.new(Quote, quote_id)
        quote.draft_quote(offer, await pricing.lines(command.lines), command.valid_until, self.at)
        if command.number is not None:
            self.work.claim("quote_number", f"{seller.id} {command.number}", quote_id)
        self.work.save(quote)

    async def add_quote_line(self, quote_id: UUID, command: AddQuoteLine) -> None:
        """One more line, priced today."""
        quote = await self.work.load(Quote, quote_id)
        quote.require("add_line")
        quote.add_line(await self._priced(quote, command.line, quote.next_line_id()), self.at)
        self.work.save(quote)

    async def change_quote_line(self, quote_id: UUID, command: ChangeQuoteLine) -> None:
        """Another content of a line, priced today."""
        quote = await self.work.load(Quote, quote_id)
        quote.require("change_line")
        if command.line.line_id is None:
            raise Invalid("Which line is changed?", pointer="/line/line_id")
        quote.change_line(await self._priced(quote, command.line, ""), self.at)
        self.work.save(quote)

    async def remove_quote_line(self, quote_id: UUID, command: RemoveQuoteLine) -> None:
        """One line less."""
        quote = await self.work.load(Quote, quote_id)
        quote.remove_line(command.line_id, self.at)
        self.work.save(quote)

    async def send_quote(self, quote_id: UUID, command: SendQuote) -> None:
        """The customer may see and accept it."""
        quote = await self.work.load(Quote, quote_id)
        quote.send(self.work.envelope.actor, self.at)
        self.work.save(quote)

    async def accept_quote(self, quote_id: UUID, command: AcceptQuote) -> None:
        """The customer agrees."""
        quote = await self.work.load(Quote, quote_id)
        quote.accept(
            command.revision, command.document_sha256, command.evidence, command.purchase_order_reference, self.at
        )
        self.work.save(quote)

    async def decline_quote(self, quote_id: UUID, command: DeclineQuote) -> None:
        """The customer does not agree."""
        quote = await self.work.load(Quote, quote_id)
        quote.decline(command.reason, self.at)
        self.work.save(quote)

    async def expire_quote(self, quote_id: UUID, command: ExpireQuote) -> None:
        """Its time is over."""
        quote = await self.work.load(Quote, quote_id)
        quote.expire(self.at)
        self.work.save(quote)

    async def withdraw_quote(self, quote_id: UUID, command: WithdrawQuote) -> None:
        """The seller no longer offers it."""
        quote = await self.work.load(Quote, quote_id)
        quote.withdraw(command.reason, self.at)
        self.work.save(quote)

    async def extend_quote(self, quote_id: UUID, command: ExtendQuote) -> None:
        """It may be accepted for longer."""
        quote = await self.work.load(Quote, quote_id)
        quote.extend(command.valid_until, self.work.envelope.actor, self.at)
        self.work.save(quote)

    async def revise_quote(self, quote_id: UUID, command: ReviseQuote) -> None:
        """A new draft beside what was sent."""
        quote = await self.work.load(Quote, quote_id)
        quote.revise(command.valid_until, self.at)
        self.work.save(quote)

    async def _priced(self, quote: Quote, line: QuoteLine, line_id: str) -> Line:
        seller = await self.work.read(LegalEntity, quote.offer.parties.seller_id)
        book = await self.work.read(PriceBook, quote.offer.price_book_id)
        return await Pricing(self, seller, quote.offer.parties, book).line(line, line_id)


class Pricing:
    """Prices the lines of one quote from its price book, as of the command's day at the seller."""

    def __init__(self, context: Quoting, seller: LegalEntity, parties: Parties, book: PriceBook) -> None:
        self.work, self.seller, self.parties, self.book = context.work, seller, parties, book
        self.today = seller.today(context.at)
        book.check_valid(self.today, parties.segment)

    async def lines(self, lines: Sequence[QuoteLine]) -> list[Line]:
        """All lines, numbered by their place where they have no id."""
        return [await self.line(line, str(place)) for place, line in enumerate(lines, 1)]

    async def line(self, line: QuoteLine, line_id: str) -> Line:
        """A product at its price, taxed."""
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
