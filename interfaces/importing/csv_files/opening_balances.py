"""opening_balances.csv: invoices of the system before this one that are still to be paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from application.billing import DraftInvoice, InvoiceLine
from domain.billing import Invoice
from domain.organisation import LegalEntity, NumberSeries
from domain.shared.money import minor_units, round_half_up
from domain.shared.tax import Tax
from domain.shared.terms import LONGEST_TERM_DAYS, net
from interfaces.importing.csv_files.desk import ORIGIN, Desk
from interfaces.importing.csv_files.forms import Column, Form, currency
from interfaces.importing.rows import Row, Unreadable
from interfaces.importing.wishes import Origin, Wish

SERIES = "OPEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRecord:
    """A row."""

    row: Row
    customer: str
    """Its external id."""
    number: str
    """Of the invoice, as the customer has it."""
    issue_date: date
    due_date: date
    currency: str
    open_amount: Decimal
    """Tax included: what is still to be paid."""


FORM = Form(
    "opening_balances",
    BalanceRecord,
    {
        "customer": Column(Row.code, "C-1001"),
        "number": Column(Row.code, "2025-0815"),
        "issue_date": Column(Row.day, "2025-12-01"),
        "due_date": Column(Row.day, "2025-12-31"),
        "currency": Column(currency, "EUR"),
        "open_amount": Column(Row.amount, "1190.00"),
    },
)


@dataclass(slots=True)
class Ledger:
    """The seller, and how far its series of opening balances go."""

    seller: LegalEntity
    now: datetime
    last: dict[int, date] = field(default_factory=dict)
    """By year."""

    @property
    def today(self) -> date:
        """By the seller's clock."""
        return self.seller.today(self.now)

    def wish(self, record: BalanceRecord, customer_id: UUID) -> Wish:
        """The invoice, on its day. Its tax was documented when it was first issued: it bears none again."""
        command = DraftInvoice(
            seller_id=self.seller.id,
            customer_id=customer_id,
            currency=record.currency,
            lines=(
                InvoiceLine(
                    item_name=f"Open amount of invoice {record.number} of {record.issue_date}",
                    quantity=Decimal(1),
                    net_price=record.open_amount,
                    goods=False,
                    tax=Tax("O", Decimal(0), self.seller.address.country_code),
                ),
            ),
            payment_terms=net((record.due_date - record.issue_date).days),
            series=SERIES,
            external_reference=record.number,
        )
        here = Origin(ORIGIN.name, self.seller.time_zone)
        key = here.key(f"{self.seller.id} opening balance {record.number}", "invoice")
        return here.wish(key, command, record.issue_date, now=self.now)


async def plan(records: Sequence[BalanceRecord], desk: Desk) -> None:
    """Bill them again under numbers of a series of their own, in the order of their dates. Raises Unreadable."""
    if not records:
        return
    ledger = await _ledger(desk)
    unique = desk.unique(records, "number", lambda record: record.number)
    for record in sorted(unique, key=lambda record: (record.issue_date, record.number)):
        customer_id = await _checked(record, ledger, desk)
        if customer_id is not None:
            await _decide(record, customer_id, ledger, desk)


async def _ledger(desk: Desk) -> Ledger:
    if not desk.seller:
        raise Unreadable("opening_balances.csv needs --seller: the series prefix or the id of who is owed")
    try:
        seller_id: UUID | None = UUID(desk.seller)
    except ValueError:
        seller_id = await desk.office.owner_of("series_prefix", desk.seller)
    seller = await desk.existing(LegalEntity, seller_id) if seller_id else None
    if seller is None:
        raise Unreadable(f"no legal entity has the series prefix or id {desk.seller}")
    return Ledger(seller, desk.now)


async def _checked(record: BalanceRecord, ledger: Ledger, desk: Desk) -> UUID | None:
    """Its customer; everything that is wrong with it is told."""
    problems = len(desk.problems)
    customer_id = await desk.customer(record.customer)
    if customer_id is None:
        desk.refuse(record, "customer", "is neither known nor in a good row of customers.csv")
    if record.issue_date > ledger.today:
        desk.refuse(record, "issue_date", f"{record.issue_date} is yet to come")
    term = (record.due_date - record.issue_date).days
    if not 0 <= term <= LONGEST_TERM_DAYS:
        desk.refuse(record, "due_date", "is before the issue date" if term < 0 else "is more than ten years later")
    places = minor_units(record.currency)
    if not record.open_amount:
        desk.refuse(record, "open_amount", "is nothing: what is paid is not open")
    if round_half_up(record.open_amount, places) != record.open_amount:
        desk.refuse(record, "open_amount", f"{record.open_amount} has more decimals than {record.currency}: {places}")
    return customer_id if len(desk.problems) == problems else None


async def _decide(record: BalanceRecord, customer_id: UUID, ledger: Ledger, desk: Desk) -> None:
    wish = ledger.wish(record, customer_id)
    owner = await desk.office.owner_of("external_reference", f"{ledger.seller.id} {record.number}")
    if owner is not None:
        known = await desk.existing(Invoice, owner)
        if known is None or not await _same(record, customer_id, known, desk):
            desk.refuse(record, "number", "is known with other details, which stay as they were issued")
            return
        if known.number:
            desk.decide("opening_balances", "known")
            return
    last = await _last(record.issue_date.year, ledger, desk)
    if record.issue_date < last:
        reason = f"{record.issue_date} is before {last}, the last of its series, which never goes back"
        desk.refuse(record, "issue_date", reason)
        return
    desk.decide("opening_balances", "new")
    desk.plan("opening_balances", [record], wish)


async def _same(record: BalanceRecord, customer_id: UUID, known: Invoice, desk: Desk) -> bool:
    """Whether an invoice is the row's, whoever of its customers was merged since."""
    payable, billed = known.totals.payable_amount, known.parties.sold_to_id
    if (record.currency, record.open_amount) != (payable.currency, payable.amount):
        return False
    return customer_id == billed or await desk.survivor(customer_id) == await desk.survivor(billed)


async def _last(year: int, ledger: Ledger, desk: Desk) -> date:
    """The day of the last number of that year."""
    if year not in ledger.last:
        name = f"{ledger.seller.series_prefix}-{SERIES}-{year}"
        numbers = await desk.existing(NumberSeries, NumberSeries.id_for(ledger.seller.id, name))
        ledger.last[year] = numbers.last_issue_date if numbers else date.min
    return ledger.last[year]
