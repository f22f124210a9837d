"""Commands on quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from annotated_types import MaxLen

from application.constraints import Code, LongText, Number, Text
from application.trading import (
    DocumentCharge,
    PricedLine,
    Pricing,
    PurchaseOrderDetails,
    charges_of,
    customer_of,
    parties_of,
    survivor_id,
)
from application.unit_of_work import Context
from domain.catalogue import PriceBook
from domain.crm import Customer, Opportunity
from domain.organisation import LegalEntity
from domain.quoting import AcceptanceEvidence, Offer, PricesHaveChanged, Quote
from domain.shared.contract_terms import ContractTerms
from domain.shared.document import Line
from domain.shared.reference import reference
from domain.shared.refusal import Invalid, within
from domain.shared.terms import PaymentTerms, check_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftQuote:
    """Draft a quote with all its lines."""

    seller_id: UUID
    customer_id: UUID
    price_book_id: UUID
    valid_until: date
    """The last valid day, in the seller's time zone."""
    lines: Annotated[tuple[PricedLine, ...], MaxLen(5000)] = ()
    charges: Annotated[tuple[DocumentCharge, ...], MaxLen(20)] = ()
    contract_terms: ContractTerms | None = None
    """With them the accepted quote becomes a contract, else an order."""
    payment_terms: PaymentTerms | None = None
    """The customer's where not given."""
    owner: Text | None = None
    """The representative whose deal it is; who drafts it, where not given."""
    number: Code | None = None
    """Given by an import; else derived."""
    opportunity_id: UUID | None = None
    """What it is an offer for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddQuoteLine:
    """Add a line to the draft."""

    line: PricedLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeQuoteLine:
    """Replace a line of the draft, priced again."""

    line: PricedLine


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveQuoteLine:
    """Remove a line of the draft."""

    line_id: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class RepriceQuote:
    """Price every line of the draft again, from the price book as it is now."""


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
    purchase_order: PurchaseOrderDetails | None = None
    """Compared with the order that it becomes: where they differ, the order waits until somebody has looked at it."""


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
    """Set a later last valid day, at prices that the price book still has."""

    valid_until: date
    keep_prices: bool = False
    """Extend it at the prices that were sent, though the price book says something else by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseQuote:
    """Start the next revision with the lines of the last one."""

    valid_until: date
    prices: Literal["keep", "relist"] = "keep"
    """As they were sent, or from the price book as it is now."""


class Quoting(Context):
    """Offers and their answers."""

    async def draft_quote(self, quote_id: UUID, command: DraftQuote) -> None:
        """A new quote, priced."""
        seller = await self.work.read(LegalEntity, command.seller_id)
        customer = await self._customer(command)
        book = await self.work.read(PriceBook, command.price_book_id)
        parties = await parties_of(self.work, seller, customer)
        terms = command.payment_terms or customer.payment_terms
        check_terms(terms)
        pricing = Pricing(self.work, seller, parties, book)
        lines = await pricing.lines(command.lines)
        offer = Offer(
            number=command.number or reference("Q", quote_id),
            parties=parties,
            currency=book.currency,
            price_book_id=book.id,
            price_book_version=book.version,
            tax_table_version=seller.tax_table_version,
            charges=charges_of(command.charges, lines, book.currency, seller, parties, pricing.today),
            contract_terms=command.contract_terms,
            payment_terms=terms,
            owner=command.owner or self.work.envelope.actor,
            opportunity_id=command.opportunity_id,
        )
        quote = self.work.new(Quote, quote_id)
        quote.draft_quote(offer, lines, command.valid_until, self.at)
        if command.number is not None:
            self.work.claim("quote_number", f"{seller.id} {command.number}", quote_id)
        self.work.save(quote)

    async def add_quote_line(self, quote_id: UUID, command: AddQuoteLine) -> None:
        """One more line, priced today."""
        quote = await self.work.load(Quote, quote_id)
        quote.require("add_line")
        pricing = await self._pricing(quote)
        with within("/line"):
            line = await pricing.line(command.line, quote.next_line_id())
        quote.add_line(line, self.at)
        self.work.save(quote)

    async def change_quote_line(self, quote_id: UUID, command: ChangeQuoteLine) -> None:
        """Another content of a line, priced today."""
        quote = await self.work.load(Quote, quote_id)
        quote.require("change_line")
        if command.line.line_id is None:
            raise Invalid("Which line is changed?", pointer="/line/line_id")
        pricing = await self._pricing(quote)
        with within("/line"):
            line = await pricing.line(command.line, "")
        quote.change_line(line, self.at)
        self.work.save(quote)

    async def remove_quote_line(self, quote_id: UUID, command: RemoveQuoteLine) -> None:
        """One line less."""
        quote = await self.work.load(Quote, quote_id)
        quote.remove_line(command.line_id, self.at)
        self.work.save(quote)

    async def reprice_quote(self, quote_id: UUID, command: RepriceQuote) -> None:
        """The draft at the prices of today; negotiated prices, discounts and allowances stay."""
        quote = await self.work.load(Quote, quote_id)
        quote.require("reprice")
        await self._reprice(quote)
        self.work.save(quote)

    async def send_quote(self, quote_id: UUID, command: SendQuote) -> None:
        """The customer may see and accept it."""
        quote = await self.work.load(Quote, quote_id)
        quote.send(self.work.envelope.people, self.at)
        self.work.save(quote)

    async def accept_quote(self, quote_id: UUID, command: AcceptQuote) -> None:
        """The customer agrees."""
        quote = await self.work.load(Quote, quote_id)
        stated = command.purchase_order.as_stated() if command.purchase_order else None
        number = command.purchase_order_reference or (stated.number if stated else None)
        evidence, envelope = command.evidence, self.work.envelope
        if envelope.customer_id is not None:
            # How a customer's own people were identified is not theirs to say.
            evidence = replace(evidence, identified_by=f"signed in as {envelope.actor}")
        evidence = await self.work.sealed(evidence, quote.data_subject)
        quote.accept(command.revision, command.document_sha256, evidence, number, self.at, purchase_order=stated)
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
        if not command.keep_prices:
            await self._check_prices(quote, quote.lines_to_extend())
        people = self.work.envelope.people
        quote.extend(command.valid_until, people, self.at, keep_prices=command.keep_prices)
        self.work.save(quote)

    async def revise_quote(self, quote_id: UUID, command: ReviseQuote) -> None:
        """A new draft beside what was sent."""
        quote = await self.work.load(Quote, quote_id)
        quote.revise(command.valid_until, self.at)
        if command.prices == "relist":
            await self._reprice(quote)
        self.work.save(quote)

    async def _customer(self, command: DraftQuote) -> Customer:
        """Who may have a quote for the opportunity, where it is for one."""
        if command.opportunity_id is None:
            return await customer_of(self.work, command.customer_id)
        # The opportunity first: whoever owns it has to do with its customer.
        opportunity = await self.work.read(Opportunity, command.opportunity_id)
        customer = await customer_of(self.work, command.customer_id)
        opportunity.check_quotable(customer.id, await survivor_id(self.work, opportunity.customer_id))
        return customer

    async def _pricing(self, quote: Quote) -> Pricing:
        seller = await self.work.read(LegalEntity, quote.offer.parties.seller_id)
        book = await self.work.read(PriceBook, quote.offer.price_book_id)
        return Pricing(self.work, seller, quote.offer.parties, book)

    async def _reprice(self, quote: Quote) -> None:
        pricing = await self._pricing(quote)
        lines = [await pricing.again(line) for line in quote.lines_of_draft()]
        charges = pricing.charges_again(quote.offer.charges, lines)
        quote.reprice(lines, charges, pricing.book.version, pricing.seller.tax_table_version, self.at)

    async def _check_prices(self, quote: Quote, lines: Sequence[Line]) -> None:
        """Refuse where the price book says something else by now, and say of which lines."""
        pricing = await self._pricing(quote)
        changed = [difference for line in lines if (difference := await pricing.difference(line))]
        if changed:
            raise PricesHaveChanged("; ".join(changed), pointer="/keep_prices")
