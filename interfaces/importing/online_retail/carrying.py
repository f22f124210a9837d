"""Carries the documents of the file through the application in the order in which they were written.

Invoices follow one another, so that each gets the same number in every run, interrupted or not; a cancellation finds
the invoices that it takes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import partial
from itertools import groupby

from application.unit_of_work import KeyBelongsToAnotherRequest
from domain.shared.refusal import Refusal
from interfaces.importing.office import Office, at_once, told
from interfaces.importing.online_retail import commands
from interfaces.importing.online_retail.documents import NOTHING, Document, Source
from interfaces.importing.online_retail.leftovers import left_over
from interfaces.importing.online_retail.matching import match
from interfaces.importing.online_retail.report import Issued, Report, begun
from interfaces.importing.rows import Problem
from interfaces.importing.wishes import Wish

AFTER_DRAFT = 1
"""An invoice's first version is its draft, with all of its lines."""


class Import:
    """One run. It may be repeated, or continued after it was killed: what is known already is passed over."""

    def __init__(self, source: Source) -> None:
        self._report = begun(source)
        self._matches = match(source.documents)
        self._work: list[Document] = []
        """Sales and cancellations that become invoices and credit notes."""
        for document in source.documents:
            self._report.left_overs += left_over(document, self._matches.get(document.number))
            if self._is_billed(document) or self._is_credited(document):
                self._work.append(document)
        self._buyers = dict(_buyers(filter(self._is_billed, self._work)))

    @property
    def steps(self) -> int:
        """How many invoices and credit notes there will be."""
        return len(self._work)

    async def run(self, office: Office, moved: Callable[[int], None] = lambda steps: None) -> Report:
        """Take every document to its end. Raises Refusal where the seller itself is refused."""
        todo = await self._unknown(office, moved)
        if todo:
            for wish in commands.beginning(todo[0].at.date()):
                await office.execute(wish.command, wish.envelope, wish.on)
        for _, documents in groupby(todo, lambda document: document.at.date()):
            written = []
            for document in documents:
                written += [document] if await self._write(office, document) else []
                moved(1)
            await at_once(written, partial(self._expect, office))
        self._report.check()
        self._report.position = await office.head()
        return self._report

    async def _unknown(self, office: Office, moved: Callable[[int], None]) -> list[Document]:
        """What is still to be done."""
        known: set[str] = set()

        async def look(document: Document) -> None:
            if await self._conclude(office, document):
                known.add(document.number)
                moved(1)

        await at_once(self._work, look)
        self._report.known_before = len(known)
        return [document for document in self._work if document.number not in known]

    async def _write(self, office: Office, document: Document) -> bool:
        """One invoice or credit note; False where it is refused."""
        try:
            if self._is_billed(document):
                await self._prepare(office, document)
                wish = commands.invoice(document)
            else:
                wish = commands.credit(document, self._matches[document.number])
            await office.execute(wish.command, wish.envelope, wish.on)
        except Refusal as refusal:
            self._report.refused(document, told(refusal), self._amount(document))
            return False
        return True

    async def _expect(self, office: Office, document: Document) -> None:
        if not await self._conclude(office, document):
            self._report.refused(document, "drafted, but not issued", self._amount(document))

    async def _prepare(self, office: Office, document: Document) -> None:
        """Its customer is registered, and where the file says."""
        wish = self._buyers.get(document.number)
        if wish is None:
            return
        try:
            await office.execute(wish.command, wish.envelope, wish.on)
        except KeyBelongsToAnotherRequest:
            reason = f"customer {document.customer} is known with other details, which stay"
            self._report.problems.append(Problem(self._report.source.file, document.row, "Country", reason))

    async def _conclude(self, office: Office, document: Document) -> bool:
        """Add it to the report as the log has it; False where it is not there."""
        if self._is_billed(document):
            issued = Issued.of(await office.events_of(commands.invoice_id(document.number), AFTER_DRAFT))
            if issued:
                self._report.add_invoice(document, issued)
        else:
            issued = Issued.of(await office.events_of(commands.credit_note_id(document.number)))
            if issued:
                self._report.add_credit_note(document, self._matches[document.number], issued)
        return issued is not None

    def _amount(self, document: Document) -> Decimal:
        """What of it is to be billed, or credited."""
        if self._is_billed(document):
            return document.amount
        return sum((one.credited_amount for one in self._matches[document.number]), NOTHING)

    def _is_billed(self, document: Document) -> bool:
        return document.kind == "sale" and document.priced

    def _is_credited(self, document: Document) -> bool:
        return any(one.taken for one in self._matches.get(document.number, ()))


def _buyers(sales: Iterable[Document]) -> Iterator[tuple[str, Wish]]:
    """By the number of the sale before which a customer is registered, or moves to another country."""
    countries: dict[str, str] = {}
    for sale in sales:
        if sale.customer and countries.get(sale.customer) != sale.country:
            yield sale.number, (commands.move if sale.customer in countries else commands.customer)(sale)
            countries[sale.customer] = sale.country
