"""Which commands the documents amount to. Keys, and with them identities, derive from the file's numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from application.billing import CreditInvoices, DraftInvoice, InvoiceCredit, InvoiceLine, LineCredit
from application.crm import ChangeCustomer, RegisterCustomer
from application.organisation import RegisterLegalEntity
from application.trading import OneTimeBuyer
from domain.shared.party import Address, HomeAddress
from domain.shared.tax import Tax
from interfaces.importing.online_retail.countries import CODES
from interfaces.importing.online_retail.documents import Document
from interfaces.importing.online_retail.matching import Match, Taken
from interfaces.importing.wishes import Origin, Wish

ORIGIN = Origin("online-retail", "Europe/London")
CURRENCY = "GBP"
SELLER = RegisterLegalEntity(
    name="Online Retail",
    address=Address(country_code="GB"),
    currency=CURRENCY,
    time_zone=ORIGIN.time_zone,
    series_prefix="OR",
)
ANYBODY = RegisterCustomer(
    name="Anonymous buyers",
    address=Address(country_code="GB"),
    external_id="online-retail:anonymous",
    one_time=True,
)
ANONYMOUS = "Anonymous buyer"
SELLER_KEY = ORIGIN.key("seller", "register")
SELLER_ID = ORIGIN.identity(SELLER_KEY)
ANYBODY_KEY = ORIGIN.key("anonymous", "register")
ANYBODY_ID = ORIGIN.identity(ANYBODY_KEY)


def customer_key(number: str) -> str:
    """Of what registers a customer."""
    return ORIGIN.key(f"customer {number}", "register")


def invoice_id(number: str) -> UUID:
    """Of the invoice that bears the file's number."""
    return ORIGIN.identity(ORIGIN.key(number, "invoice"))


def credit_note_id(number: str) -> UUID:
    """Of the credit note that bears the file's number."""
    return ORIGIN.identity(ORIGIN.key(number, "credit"))


def beginning(day: date) -> list[Wish]:
    """The seller, and who stands for buyers that the file does not name."""
    return [ORIGIN.wish(SELLER_KEY, SELLER, day), ORIGIN.wish(ANYBODY_KEY, ANYBODY, day)]


def customer(first: Document) -> Wish:
    """Who bought for the first time: the file knows a number and a country."""
    command = RegisterCustomer(
        name=f"Customer {first.customer}",
        address=_address(first),
        external_id=f"{ORIGIN.name}:{first.customer}",
        region=first.country,
    )
    return ORIGIN.wish(customer_key(first.customer), command, first.at)


def move(document: Document) -> Wish:
    """Who has bought from another country before."""
    command = ChangeCustomer(name=f"Customer {document.customer}", address=_address(document), region=document.country)
    key = ORIGIN.key(f"customer {document.customer}", f"move {document.number}")
    return ORIGIN.wish(key, command, document.at, ORIGIN.identity(customer_key(document.customer)))


def invoice(document: Document) -> Wish:
    """A sale. Policy issues it."""
    tax = _untaxed(document)
    command = DraftInvoice(
        seller_id=SELLER_ID,
        customer_id=ORIGIN.identity(customer_key(document.customer)) if document.customer else ANYBODY_ID,
        buyer=None if document.customer else _anybody(document),
        currency=CURRENCY,
        lines=tuple(
            InvoiceLine(
                line_id=str(line.place),
                item_name=line.description,
                seller_item_id=line.stock_code,
                quantity=Decimal(line.quantity),
                net_price=line.unit_price,
                tax=tax,
            )
            for line in document.lines
        ),
        external_reference=document.number,
    )
    return ORIGIN.wish(ORIGIN.key(document.number, "invoice"), command, document.at)


def credit(cancellation: Document, matches: Sequence[Match]) -> Wish:
    """What the matches of a cancellation take back: one credit note that names all their invoices."""
    command = CreditInvoices(
        credits=tuple(
            InvoiceCredit(invoice_id=invoice_id(number), lines=lines)
            for number, lines in _by_invoice(cancellation, matches).items()
        ),
        reason=f"Cancellation {cancellation.number}",
        external_reference=cancellation.number,
    )
    return ORIGIN.wish(ORIGIN.key(cancellation.number, "credit"), command, cancellation.at)


def _by_invoice(cancellation: Document, matches: Sequence[Match]) -> dict[str, tuple[LineCredit, ...]]:
    """A line that several lines of the cancellation take from stands once, with what they take together."""
    together: dict[str, dict[int, tuple[Match, list[Taken]]]] = defaultdict(dict)
    for match in matches:
        for taken in match.taken:
            lines = together[taken.sold.invoice]
            lines.setdefault(taken.sold.place, (match, []))[1].append(taken)
    return {
        number: tuple(_line_credit(cancellation, match, taken) for match, taken in lines.values())
        for number, lines in together.items()
    }


def _line_credit(cancellation: Document, match: Match, taken: Sequence[Taken]) -> LineCredit:
    sold, pieces = taken[0].sold, sum(one.pieces for one in taken)
    note = (
        f"{pieces} of {sold.pieces} pieces of line {sold.place} of invoice {sold.invoice}, the latest sale of"
        f" {match.line.stock_code} at {match.line.unit_price} to this customer before {cancellation.at:%Y-%m-%d %H:%M}"
        " of which any were left"
    )
    return LineCredit(line_id=str(sold.place), quantity=Decimal(pieces), note=note)


def _anybody(document: Document) -> OneTimeBuyer:
    return OneTimeBuyer(name=ANONYMOUS, address=HomeAddress(country_code=CODES[document.country]))


def _address(document: Document) -> Address:
    return Address(country_code=CODES[document.country])


def _untaxed(document: Document) -> Tax:
    """The file's prices say nothing of tax: outside scope, where the buyer is."""
    return Tax("O", Decimal(0), CODES[document.country])
