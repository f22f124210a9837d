"""What an import comes to, and the proof that nothing of the file is lost: every penny is billed, credited or told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from domain.billing import CreditNote, Invoice
from domain.shared.aggregate import Event
from domain.shared.money import Money
from interfaces.importing.online_retail.commands import CURRENCY
from interfaces.importing.online_retail.documents import NOTHING, Document, Source
from interfaces.importing.online_retail.leftovers import LeftOver, Reason
from interfaces.importing.online_retail.matching import Match
from interfaces.importing.report import plain
from interfaces.importing.rows import Problem


@dataclass(frozen=True, slots=True)
class Issued:
    """An invoice or a credit note, as the log tells."""

    number: str
    issue_date: date
    amount: Decimal

    @classmethod
    def of(cls, events: Iterable[Event]) -> Issued | None:
        """None while it is not issued."""
        for event in events:
            if isinstance(event, Invoice.Issued | CreditNote.Issued):
                return cls(event.number, event.issue_date, event.totals.payable_amount.amount)
        return None

    def differences(self, document: Document, expected: Decimal) -> list[tuple[str, str]]:
        """The columns in which it does not say what the file says."""
        told = []
        if self.amount != expected:
            told.append(("Quantity", f"the file gives {expected}, {self.number} says {self.amount}"))
        if self.issue_date != document.at.date():
            told.append(("InvoiceDate", f"{self.number} is dated {self.issue_date}: later ones were issued before"))
        return told


@dataclass(slots=True)
class Tally:
    """So many documents."""

    documents: int = 0
    lines: int = 0
    amount: Decimal = NOTHING

    def add(self, lines: int, amount: Decimal) -> None:
        """One more."""
        self.documents += 1
        self.lines += lines
        self.amount += amount


@dataclass(slots=True)
class Report:
    """The outcome."""

    source: Source
    problems: list[Problem]
    left_overs: list[LeftOver] = field(default_factory=list)
    invoices: Tally = field(default_factory=Tally)
    """To customers whom the file names."""
    anonymous: Tally = field(default_factory=Tally)
    """To buyers whom it does not name."""
    credit_notes: Tally = field(default_factory=Tally)
    credited_in_part: int = 0
    """Of the cancellations behind them, those of which a rest is left over."""
    rounding: Decimal = NOTHING
    """The file's amounts less those rounded line by line."""
    known_before: int = 0
    """Of the invoices and credit notes, those that were issued before this import began."""
    position: int = 0
    """Of the last event of the log."""
    seconds: float = 0.0
    _customers: set[str] = field(default_factory=set)

    @property
    def customers(self) -> int:
        """Whom the file names as buyers."""
        return len(self._customers)

    def add_invoice(self, document: Document, issued: Issued) -> None:
        """A sale was billed."""
        expected = sum((Money.rounded(line.amount, CURRENCY).amount for line in document.lines), NOTHING)
        (self.invoices if document.customer else self.anonymous).add(len(document.lines), issued.amount)
        self._customers |= {document.customer} - {""}
        self.rounding += document.amount - expected
        self._compare(document, issued, expected)

    def add_credit_note(self, document: Document, matches: Sequence[Match], issued: Issued) -> None:
        """A cancellation was credited, as far as sales were found."""
        amount = sum((match.credited_amount for match in matches), NOTHING)
        expected = Money.rounded(-amount, CURRENCY).amount
        self.credit_notes.add(sum(bool(match.taken) for match in matches), issued.amount)
        self.credited_in_part += any(match.rest for match in matches)
        self.rounding += amount + expected
        self._compare(document, issued, expected)

    def refused(self, document: Document, reason: str, amount: Decimal) -> None:
        """The application did not take it."""
        self.left_overs.append(LeftOver(document.number, document.row, Reason.REFUSED, len(document.lines), amount))
        self.problems.append(Problem(self.source.file, document.row, "", f"{document.number}: {reason}"))

    def proof(self) -> dict[str, Decimal]:
        """Invoices less credit notes, what is left over and what was rounded off make up the file's total."""
        parts = {
            "invoices": self.invoices.amount,
            "anonymous_invoices": self.anonymous.amount,
            "credit_notes": -self.credit_notes.amount,
            "exceptions": sum((one.amount for one in self.left_overs), NOTHING),
            "rounding": self.rounding,
        }
        accounted = sum(parts.values(), NOTHING)
        total = self.source.total
        return {**parts, "accounted": accounted, "file": total, "unexplained": total - accounted}

    def check(self) -> None:
        """A proof that fails is a problem."""
        if unexplained := self.proof()["unexplained"]:
            self.problems.append(Problem(self.source.file, 0, "", f"{unexplained} {CURRENCY} are not accounted for"))

    def by_reason(self) -> dict[Reason, Tally]:
        """What is left over, the reasons in their order."""
        tallies = {reason: Tally() for reason in Reason}
        for one in self.left_overs:
            tallies[one.reason].add(one.lines, one.amount)
        return {reason: tally for reason, tally in tallies.items() if tally.documents}

    def as_json(self) -> dict[str, Any]:
        """Everything, amounts as decimal strings."""
        return {
            "rows": self.source.rows,
            "documents": len(self.source.documents) + len(self.source.left_out),
            "customers": self.customers,
            "invoices": plain(asdict(self.invoices)),
            "anonymous_invoices": plain(asdict(self.anonymous)),
            "credit_notes": plain({**asdict(self.credit_notes), "in_part": self.credited_in_part}),
            "exceptions": [{"reason": reason, **plain(asdict(one))} for reason, one in self.by_reason().items()],
            "proof": plain(self.proof()),
            "known_before": self.known_before,
            "left_out": sorted(self.source.left_out),
            "problems": [asdict(problem) for problem in self.problems],
            "not_billed": [plain(asdict(one)) for one in self.left_overs],
            "position": self.position,
            "seconds": round(self.seconds, 1),
        }

    def _compare(self, document: Document, issued: Issued, expected: Decimal) -> None:
        for column, difference in issued.differences(document, expected):
            self.problems.append(Problem(self.source.file, document.row, column, f"{document.number}: {difference}"))


def begun(source: Source) -> Report:
    """Before anything is carried out: what the file itself rules out."""
    left_out = [LeftOver(number, 0, Reason.BAD_ROW, 0, amount) for number, amount in sorted(source.left_out.items())]
    return Report(source, list(source.problems), left_out)
