"""What happens to a contract, and what each fact makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.contracting.schedule import Instalment
from domain.contracting.termination import UnusedPart, UsedInstalment
from domain.shared.aggregate import Aggregate, Event
from domain.shared.contract_terms import ContractTerms
from domain.shared.document import Charge, Line, Source, Totals
from domain.shared.party import Parties
from domain.shared.personal import Legal
from domain.shared.tax import TaxGroup, accumulated
from domain.shared.terms import PaymentTerms


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signed, for which side."""

    name: Legal
    side: str
    """`seller` or `buyer`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDocument:
    """What a contract that follows from no quote was made from."""

    reference: str
    """Its number or title."""
    sha256: str | None = None
    """The digest of the file."""
    location: str | None = None
    """Where it is kept."""


class ContractFacts(Aggregate, part=True):
    """The contract as its facts have made it."""

    number: str
    source: Source
    parties: Parties
    currency: str
    lines: tuple[Line, ...]
    charges: tuple[Charge, ...]
    terms: ContractTerms
    payment_terms: PaymentTerms
    schedule: tuple[Instalment, ...]
    purchase_order_reference: str | None
    owner: str
    opportunity_id: UUID | None

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.requested_by: tuple[str, ...] = ()
        self.billed: dict[int, UUID] = {}
        self.documented: tuple[TaxGroup, ...] = ()
        self.terminated_on: date | None = None
        self.order_id: UUID | None = None

    class Drafted(Event):
        number: str
        source: Source
        parties: Parties
        currency: str
        lines: tuple[Line, ...]
        charges: tuple[Charge, ...]
        terms: ContractTerms
        payment_terms: PaymentTerms
        schedule: tuple[Instalment, ...]
        purchase_order_reference: str | None
        owner: str
        totals: Totals
        opportunity_id: UUID | None = None

        source_document: SourceDocument | None = None
        requested_by: tuple[str, ...] = ()
        """Who wrote it without a quote: somebody else approves it."""

        @property
        def outcome(self) -> str:
            """The state that it leads to."""
            return "in_approval" if self.source_document else "draft"

        def apply(self, contract: ContractFacts) -> None:
            contract.state, contract.requested_by = self.outcome, self.requested_by
            contract.number, contract.source, contract.parties = self.number, self.source, self.parties
            contract.currency, contract.lines, contract.charges = self.currency, self.lines, self.charges
            contract.terms, contract.payment_terms = self.terms, self.payment_terms
            contract.schedule = self.schedule
            contract.purchase_order_reference, contract.owner = self.purchase_order_reference, self.owner
            contract.opportunity_id = self.opportunity_id

    class Approved(Event):
        approved_by: tuple[str, ...]

        def apply(self, contract: ContractFacts) -> None:
            contract.state = "draft"

    class Rejected(Event):
        reason: str

        def apply(self, contract: ContractFacts) -> None:
            contract.state = "rejected"

    class SentForSignature(Event):
        def apply(self, contract: ContractFacts) -> None:
            contract.state = "in_signature"

    class ReturnedToDraft(Event):
        reason: str

        def apply(self, contract: ContractFacts) -> None:
            contract.state = "draft"

    class Declined(Event):
        reason: str

        def apply(self, contract: ContractFacts) -> None:
            contract.state = "declined"

    class Signed(Event):
        signatories: tuple[Signatory, ...]
        signed_on: date

        def apply(self, contract: ContractFacts) -> None:
            contract.state = "signed"

    class Activated(Event):
        def apply(self, contract: ContractFacts) -> None:
            contract.state = "active"

    class OrderPlaced(Event):
        order_id: UUID

        def apply(self, contract: ContractFacts) -> None:
            contract.order_id = self.order_id

    class InstalmentBilled(Event):
        number: int
        invoice_id: UUID
        tax_breakdown: tuple[TaxGroup, ...]

        def apply(self, contract: ContractFacts) -> None:
            contract.billed[self.number] = self.invoice_id
            contract.documented = accumulated(contract.documented, self.tax_breakdown)

    class Terminated(Event):
        reason: str
        last_day: date
        order_id: UUID | None
        used: tuple[UsedInstalment, ...] = ()
        """What is left of the instalments that are not for used time alone."""
        unused: tuple[UnusedPart, ...] = ()
        """What is billed already for the time after the last day: it is credited."""
        order_open: bool = True
        """Whether anything of its order can still be cancelled."""

        def apply(self, contract: ContractFacts) -> None:
            contract.state, contract.terminated_on = "terminated", self.last_day

    class Expired(Event):
        def apply(self, contract: ContractFacts) -> None:
            contract.state = "expired"
