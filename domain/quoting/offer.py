"""What an offer is made of: its parties, its revisions, the evidence of an acceptance, and why it may be refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from domain.shared.approval import SamePerson
from domain.shared.contract_terms import ContractTerms, check_contract_terms
from domain.shared.document import Charge, Line, Totals, check_content, content_sha256, totals
from domain.shared.money import Money
from domain.shared.party import Parties
from domain.shared.personal import Legal
from domain.shared.refusal import Refusal
from domain.shared.terms import PaymentTerms


class QuoteHasExpired(Refusal):
    """An expired quote cannot be accepted."""

    rule = "Q4"


class QuoteIsStillValid(Refusal):
    """A quote does not expire before its last valid day has passed."""

    rule = "Q4"


class QuoteHasNoLines(Refusal):
    """A quote without lines cannot be sent."""


class QuoteWasNotShownLikeThis(Refusal):
    """What is accepted must be the revision and the content that was sent."""

    rule = "Q3"


class ExtensionNeedsAnotherPerson(SamePerson):
    """After the last valid day, only someone other than the sender may extend a quote."""

    rule = "Q8"


class PricesHaveChanged(Refusal):
    """The price book has other prices by now: keep the old ones explicitly, or revise the quote."""


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What repricing made of a line."""

    line_id: str
    net_price_before: Decimal
    net_price: Decimal
    amount_before: Money
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceEvidence:
    """How we know who agreed to what."""

    consent_text: str
    accepted_by: Legal
    identified_by: str
    """The means, such as `portal login`, `signed document`, `e-mail`."""
    address: Legal = ""
    user_agent: Legal = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What all revisions of a quote share."""

    number: str
    parties: Parties
    currency: str
    price_book_id: UUID
    price_book_version: int
    tax_table_version: int
    charges: tuple[Charge, ...]
    contract_terms: ContractTerms | None
    payment_terms: PaymentTerms
    owner: str
    """The representative whose deal it is."""
    opportunity_id: UUID | None = None
    """What it is an offer for."""

    def totals(self, lines: Iterable[Line]) -> Totals:
        """A function of lines and charges alone (Q9)."""
        return totals(list(lines), self.charges, self.currency)

    def check(self, lines: Sequence[Line]) -> None:
        """Refuse what no document may bear: repeated line ids, impossible taxes, a term that ends before it begins."""
        check_content(lines, self.charges, self.parties)
        if self.contract_terms is not None:
            check_contract_terms(self.contract_terms)

    def sha256(self, revision: int, lines: Sequence[Line], valid_until: date) -> str:
        """The digest of what the customer is shown."""
        return content_sha256(self, revision, lines, valid_until)


@dataclass(slots=True)
class Revision:
    """One version of the offer."""

    number: int
    state: str = "draft"
    lines: dict[str, Line] = field(default_factory=dict)
    valid_until: date = date.max
    document_sha256: str = ""
    senders: tuple[str, ...] = ()
    """Who stands behind its being sent."""


def price_changes(before: Iterable[Line], after: Iterable[Line]) -> tuple[PriceChange, ...]:
    """Which lines cost something else now; both have the same lines in the same order."""
    return tuple(
        PriceChange(old.line_id, old.net_price, new.net_price, old.line_extension_amount, new.line_extension_amount)
        for old, new in zip(before, after, strict=True)
        if (old.net_price, old.line_extension_amount) != (new.net_price, new.line_extension_amount)
    )
