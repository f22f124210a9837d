"""What of a document becomes neither invoice nor credit note, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from interfaces.importing.online_retail.documents import NOTHING, Document
from interfaces.importing.online_retail.matching import Match

DISCOUNT = "D"
BY_HAND = frozenset(("POST", "DOT", "C2", "M", "m", "S", "BANK CHARGES", "AMAZONFEE", "CRUK"))
"""Stock codes of postage, carriage, samples, fees, donations and whatever else was typed in."""


class Reason(StrEnum):
    """As the report says it."""

    STOCK = "stock movement: neither customer nor price"
    FREE = "given away: a customer, but no price"
    BAD_DEBT = "bad-debt adjustment"
    ANONYMOUS = "cancellation without customer"
    DISCOUNT = "discount given later, on no sale"
    BY_HAND = "fee, postage or entry by hand cancelled without such a sale"
    NO_SALE = "cancellation without a matching sale"
    REST = "cancelled beyond what is left of matching sales: the rest"
    BAD_ROW = "document left out for a bad row"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A document, or some lines of it."""

    document: str
    row: int
    """Where the document begins; 0 where that is not known."""
    reason: Reason
    lines: int
    amount: Decimal
    """As the file has it: negative where it was to come off."""


def left_over(document: Document, matches: Sequence[Match] | None) -> list[LeftOver]:
    """Everything of it that is not billed or credited, by reason; `matches` are those of a known customer's lines."""
    if document.kind == "adjustment":
        return [whole(document, Reason.BAD_DEBT)]
    if document.kind == "sale":
        if document.priced:
            return []
        return [whole(document, Reason.FREE if document.customer else Reason.STOCK)]
    if matches is None:
        return [whole(document, Reason.ANONYMOUS)]
    by_reason: dict[Reason, list[Match]] = defaultdict(list)
    for match in matches:
        if match.rest:
            by_reason[_reason(match)].append(match)
    return [
        LeftOver(document.number, document.row, reason, len(some), sum((one.rest_amount for one in some), NOTHING))
        for reason, some in by_reason.items()
    ]


def whole(document: Document, reason: Reason) -> LeftOver:
    """All of it."""
    return LeftOver(document.number, document.row, reason, len(document.lines), document.amount)


def _reason(match: Match) -> Reason:
    if match.taken:
        return Reason.REST
    if match.line.stock_code == DISCOUNT:
        return Reason.DISCOUNT
    return Reason.BY_HAND if match.line.stock_code in BY_HAND else Reason.NO_SALE
