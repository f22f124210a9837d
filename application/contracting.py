"""Commands on contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from application.constraints import Code, LongText, Text
from application.trading import WrittenAgreement, agreement_by_hand
from application.unit_of_work import Context
from domain.contracting import Contract, Signatory, SourceDocument
from domain.ordering import Order
from domain.quoting import Quote
from domain.shared.contract_terms import ContractTerms, check_contract_terms
from domain.shared.document import Source
from domain.shared.reference import reference
from domain.shared.refusal import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftContract:
    """Draft the contract of an accepted quote that has contract terms."""

    quote_id: UUID
    revision: int
    number: Code | None = None

    @property
    def natural_id(self) -> UUID:
        """The accepted revision has one contract, whoever drafts it."""
        return Contract.id_for(self.quote_id, self.revision)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSource:
    """What the contract was made from: a file, told by its digest or by where it is kept."""

    reference: Text
    sha256: Text | None = None
    location: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftContractByHand(WrittenAgreement):
    """Draft a contract that follows from no quote, but from a source document. Somebody else approves it."""

    contract_terms: ContractTerms
    source_document: WrittenSource
    purchase_order_reference: Code | None = None
    number: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveContract:
    """Approve a contract that somebody else wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectContract:
    """Do not approve the contract."""

    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class SendContractForSignature:
    """Show the contract to its signatories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnContractToDraft:
    """Take the contract back from signature."""

    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineContract:
    """Do not sign the contract."""

    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class SignContract:
    """Record the signatures of both sides."""

    signatories: Annotated[tuple[Signatory, ...], MinLen(2), MaxLen(20)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateContract:
    """Put the signed contract in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateContract:
    """End the contract before its term is over."""

    last_day: date
    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireContract:
    """Make visible that the term is over."""


class Contracting(Context):
    """What is agreed for a term."""

    async def draft_contract(self, contract_id: UUID, command: DraftContract) -> None:
        """The accepted quote becomes a contract."""
        quote = await self.work.load(Quote, command.quote_id)
        accepted = quote.convert(contract_id, self.at)
        offer = quote.offer
        if offer.contract_terms is None or accepted.number != command.revision:
            raise Invalid("Only an accepted revision with contract terms becomes a contract.", pointer="/revision")
        contract = self.work.new(Contract, contract_id)
        agreement = quote.agreement(accepted, command.number or reference("C", contract_id))
        contract.draft_contract(agreement, offer.contract_terms, self.at)
        if command.number is not None:
            self.work.claim("contract_number", f"{offer.parties.seller_id} {command.number}", contract_id)
        self.work.save(quote, contract)

    async def draft_contract_by_hand(self, contract_id: UUID, command: DraftContractByHand) -> None:
        """Agreed without a quote."""
        check_contract_terms(command.contract_terms)
        source = command.source_document
        if source.sha256 is None and source.location is None:
            raise Invalid("A source document has a digest or a place.", pointer="/source_document")
        number = command.number or reference("C", contract_id)
        agreement = await agreement_by_hand(
            self.work,
            command,
            number,
            Source("source_document", contract_id, source.reference, 0),
            command.purchase_order_reference,
        )
        contract = self.work.new(Contract, contract_id)
        contract.draft_contract(
            agreement,
            command.contract_terms,
            self.at,
            source_document=SourceDocument(reference=source.reference, sha256=source.sha256, location=source.location),
            requested_by=self.work.envelope.people,
        )
        self.work.claim("contract_number", f"{agreement.parties.seller_id} {number}", contract_id)
        self.work.save(contract)

    async def approve_contract(self, contract_id: UUID, command: ApproveContract) -> None:
        """It may be signed."""
        contract = await self.work.load(Contract, contract_id)
        contract.approve(self.work.envelope.people, self.at)
        self.work.save(contract)

    async def reject_contract(self, contract_id: UUID, command: RejectContract) -> None:
        """It may not."""
        contract = await self.work.load(Contract, contract_id)
        contract.reject(command.reason, self.at)
        self.work.save(contract)

    async def send_contract_for_signature(self, contract_id: UUID, command: SendContractForSignature) -> None:
        """The signatories see it."""
        contract = await self.work.load(Contract, contract_id)
        contract.send_for_signature(self.at)
        self.work.save(contract)

    async def return_contract_to_draft(self, contract_id: UUID, command: ReturnContractToDraft) -> None:
        """Not to be signed like this."""
        contract = await self.work.load(Contract, contract_id)
        contract.return_to_draft(command.reason, self.at)
        self.work.save(contract)

    async def decline_contract(self, contract_id: UUID, command: DeclineContract) -> None:
        """Not to be signed at all."""
        contract = await self.work.load(Contract, contract_id)
        contract.decline(command.reason, self.at)
        self.work.save(contract)

    async def sign_contract(self, contract_id: UUID, command: SignContract) -> None:
        """Both sides have signed."""
        contract = await self.work.load(Contract, contract_id)
        command = await self.work.sealed(command, contract.data_subject)
        contract.sign(command.signatories, self.at)
        self.work.save(contract)

    async def activate_contract(self, contract_id: UUID, command: ActivateContract) -> None:
        """It is in force."""
        contract = await self.work.load(Contract, contract_id)
        contract.activate(self.at)
        self.work.save(contract)

    async def terminate_contract(self, contract_id: UUID, command: TerminateContract) -> None:
        """It ends early."""
        contract = await self.work.load(Contract, contract_id)
        order = await self.work.read(Order, contract.order_id) if contract.order_id else None
        order_open = order is not None and order.can_be_cancelled
        contract.terminate(command.last_day, command.reason, self.at, order_open=order_open)
        self.work.save(contract)

    async def expire_contract(self, contract_id: UUID, command: ExpireContract) -> None:
        """It has ended."""
        contract = await self.work.load(Contract, contract_id)
        contract.expire(self.at)
        self.work.save(contract)
