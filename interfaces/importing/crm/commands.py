"""Which commands the opportunities amount to: what people decided, and nothing that follows by policy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from application.catalogue import OpenPriceBook, ProductPrice, RegisterProduct, SetPrices
from application.crm import (
    DefineStagePath,
    Estimate,
    LoseOpportunity,
    MoveOpportunity,
    OpenOpportunity,
    RegisterCustomer,
)
from application.organisation import RegisterLegalEntity
from application.quoting import AcceptQuote, DeclineQuote, DraftQuote, SendQuote
from application.trading import PricedLine
from domain.crm import Stage
from domain.quoting import AcceptanceEvidence, Quote
from domain.shared.aggregate import Event
from domain.shared.party import Address
from domain.shared.refusal import NotAllowedNow
from domain.shared.tax import Tax
from domain.shared.tiers import Price
from interfaces.importing.crm.files import Account, HardwareProduct, PipelineRow
from interfaces.importing.rows import LONGEST_CODE
from interfaces.importing.wishes import Origin, Wish

ORIGIN = Origin("crm", "America/New_York")
CURRENCY = "USD"
SELLER = RegisterLegalEntity(
    name="Computer hardware",
    address=Address(country_code="US"),
    currency=CURRENCY,
    time_zone=ORIGIN.time_zone,
    series_prefix="CRM",
)
PATH = DefineStagePath(
    name="Computer hardware",
    stages=(
        Stage(name="Prospecting", forecast_category="omitted", probability=Decimal(10)),
        Stage(name="Engaging", forecast_category="pipeline", probability=Decimal(50), reached_by="quote_sent"),
        Stage(name="Won", forecast_category="closed", probability=Decimal(100), reached_by="won"),
    ),
)
UNTAXED = Tax("O", Decimal(0), "US")
"""The file says nothing of tax."""
OPEN_ENDED = date(2099, 12, 31)
"""The file says of no quote until when it is valid; those of open deals are still open."""
DIGITS = 12
"""Of a digest, enough that two names do not share it."""
NOT_TOLD = "The file does not tell."
SELLER_KEY, PATH_KEY, BOOK_KEY = (ORIGIN.key(subject, "register") for subject in ("seller", "path", "prices"))
SELLER_ID, PATH_ID, BOOK_ID = (ORIGIN.identity(key) for key in (SELLER_KEY, PATH_KEY, BOOK_KEY))


def beginning(products: Iterable[HardwareProduct], day: date) -> list[Wish]:
    """Seller, path, products, list prices: what every opportunity needs."""
    goods = list(products)
    book = OpenPriceBook(name="List prices", currency=CURRENCY, valid_from=day)
    return [
        ORIGIN.wish(SELLER_KEY, SELLER, day),
        ORIGIN.wish(PATH_KEY, PATH, day),
        ORIGIN.wish(BOOK_KEY, book, day),
        *(ORIGIN.wish(_product_key(one), _product(one), day) for one in goods),
        *(_price(one, day) for one in goods),
    ]


def registered(account: Account, day: date) -> Wish:
    """The customer of its opportunities."""
    return ORIGIN.wish(_account_key(account), _customer(account), day)


def opportunity_id(number: str) -> UUID:
    """Of the opportunity that bears the file's number."""
    return ORIGIN.identity(ORIGIN.key(number, "open"))


def quote_id(number: str) -> UUID:
    """Of its quote."""
    return ORIGIN.identity(ORIGIN.key(number, "draft"))


def begun(row: PipelineRow, day: date) -> Sequence[Wish]:
    """It was known, and where somebody to quote it to is known, quoted; once engaged in, the quote was sent."""
    opened = _wish(row, "open", _opening(row), day)
    engaged = row.deal_stage != "Prospecting"
    if row.account is None:
        moved = _wish(row, "engage", MoveOpportunity(stage="Engaging"), day, opportunity_id(row.number))
        return [opened, moved] if engaged else [opened]
    drafted = _wish(row, "draft", _draft(row, row.account), day)
    return (
        [opened, drafted, _wish(row, "send", SendQuote(), day, quote_id(row.number))] if engaged else [opened, drafted]
    )


def won(row: PipelineRow, day: date, quote: Iterable[Event]) -> Wish:
    """The customer accepted. Order, its confirmation and the win follow by policy. Refuses where nothing was sent."""
    sent = next((event for event in quote if isinstance(event, Quote.Sent)), None)
    if sent is None:
        raise NotAllowedNow("Its quote was not sent, so that nobody can have accepted it.")
    evidence = AcceptanceEvidence(
        consent_text="Won, by the CRM.", accepted_by=row.account.name if row.account else "", identified_by="CRM file"
    )
    command = AcceptQuote(revision=sent.revision, document_sha256=sent.document_sha256, evidence=evidence)
    return _wish(row, "accept", command, day, quote_id(row.number))


def lost(row: PipelineRow, day: date) -> list[Wish]:
    """The customer declined."""
    declined = _wish(row, "decline", DeclineQuote(reason=NOT_TOLD), day, quote_id(row.number))
    ended = _wish(row, "lose", LoseOpportunity(reason=NOT_TOLD), day, opportunity_id(row.number))
    return [declined, ended] if row.account else [ended]


def _opening(row: PipelineRow) -> OpenOpportunity:
    return OpenOpportunity(
        name=f"{row.product.name} for {row.account.name if row.account else 'somebody'}",
        customer_id=ORIGIN.identity(_account_key(row.account)) if row.account else None,
        estimate=Estimate(amount=row.product.list_price, currency=CURRENCY),
        product_interest=row.product.name,
        source="CRM file",
        owner=row.agent,
        stage_path_id=PATH_ID,
        number=row.number,
    )


def _draft(row: PipelineRow, account: Account) -> DraftQuote:
    """One piece at its list price; what was won, at the price for which it was won."""
    line = PricedLine(
        product_id=_product_id(row.product),
        quantity=Decimal(1),
        negotiated_price=row.close_value if row.deal_stage == "Won" else None,
        tax=UNTAXED,
    )
    return DraftQuote(
        seller_id=SELLER_ID,
        customer_id=ORIGIN.identity(_account_key(account)),
        price_book_id=BOOK_ID,
        valid_until=OPEN_ENDED,
        lines=(line,),
        owner=row.agent,
        opportunity_id=opportunity_id(row.number),
    )


def _customer(account: Account) -> RegisterCustomer:
    return RegisterCustomer(
        name=account.name,
        address=Address(country_code=account.country_code),
        external_id=_external_id(account),
        region=account.country,
        segment=account.sector,
    )


def _external_id(account: Account) -> str:
    """Its name; of a longer one the beginning, and a digest that tells it from others that begin so."""
    whole = f"{ORIGIN.name}:{account.name}"
    if len(whole) <= LONGEST_CODE:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:DIGITS]
    return f"{whole[: LONGEST_CODE - DIGITS - 1]}#{digest}"


def _product(product: HardwareProduct) -> RegisterProduct:
    return RegisterProduct(sku=product.name, name=product.name, product_line=product.series)


def _price(product: HardwareProduct, day: date) -> Wish:
    """Another price is another command: a corrected file sets it."""
    listed = ProductPrice(product_id=_product_id(product), price=Price(product.list_price), valid_from=day)
    key = ORIGIN.key(f"price {product.name}", f"set {product.list_price}")
    return ORIGIN.wish(key, SetPrices(prices=(listed,)), day, BOOK_ID)


def _product_id(product: HardwareProduct) -> UUID:
    return ORIGIN.identity(_product_key(product))


def _product_key(product: HardwareProduct) -> str:
    return ORIGIN.key(f"product {product.name}", "register")


def _account_key(account: Account) -> str:
    return ORIGIN.key(f"account {account.name}", "register")


def _wish(row: PipelineRow, step: str, command: object, day: date, on: UUID | None = None) -> Wish:
    return ORIGIN.wish(ORIGIN.key(row.number, step), command, day, on)
