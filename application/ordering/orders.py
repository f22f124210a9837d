"""Commands on orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from application.constraints import Code, LongText, Percent
from application.ordering.credit import Credit
from application.trading import PurchaseOrderDetails, WrittenAgreement, agreement_by_hand
from application.unit_of_work import Context
from domain.contracting import Contract
from domain.ordering import CreditLimitExceeded, HoldKind, Order, Quantity, Tolerance
from domain.organisation import LegalEntity
from domain.quoting import Quote
from domain.shared.document import Agreement, Charge, Line, Source
from domain.shared.reference import reference
from domain.shared.refusal import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """Place the order of an accepted quote that has no contract terms."""

    quote_id: UUID
    revision: int
    number: Code | None = None

    @property
    def natural_id(self) -> UUID:
        """The accepted revision has one order, whoever places it."""
        return Order.id_for(self.quote_id, self.revision)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceContractOrder:
    """Place the order that delivers a signed contract."""

    contract_id: UUID
    number: Code | None = None

    @property
    def natural_id(self) -> UUID:
        """The contract has one order, whoever places it."""
        return Order.id_for(self.contract_id, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDirectOrder(WrittenAgreement):
    """Place an order that follows from no quote and no contract: the buyer's purchase order stands for them."""

    purchase_order: PurchaseOrderDetails
    number: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmOrder:
    """Promise to deliver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FulfilOrder:
    """Record a delivery; of everything open where no quantities are given."""

    quantities: Annotated[tuple[Quantity, ...], MaxLen(5000)] = ()
    delivered_on: date | None = None
    tracking_reference: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """Cancel open quantities; all of them where none are given."""

    reason: LongText
    quantities: Annotated[tuple[Quantity, ...], MaxLen(5000)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseOrder:
    """Close an order that is wholly delivered or cancelled, or short of it within the agreed tolerance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenOrder:
    """Let a closed order be changed and delivered again."""

    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeTolerance:
    """Let deliveries miss what was ordered by so many percent of each line."""

    over_percent: Percent = Decimal(0)
    under_percent: Percent = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldOrder:
    """Let nothing be delivered until the hold is released."""

    kind: HoldKind
    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHold:
    """Let the order go on where it was held."""

    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOrderChange:
    """Ask for other quantities at the same prices: what each of these lines is to have in the end."""

    quantities: Annotated[tuple[Quantity, ...], MinLen(1), MaxLen(5000)]
    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmOrderChange:
    """Agree to the change that was asked for; what was delivered beyond the order before is billed then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineOrderChange:
    """Leave the order as it is."""

    reason: LongText


class Ordering(Context):
    """What is to be delivered."""

    async def place_order(self, order_id: UUID, command: PlaceOrder) -> None:
        """The accepted quote becomes an order."""
        quote = await self.work.load(Quote, command.quote_id)
        accepted = quote.convert(order_id, self.at)
        offer = quote.offer
        if offer.contract_terms is not None or accepted.number != command.revision:
            raise Invalid("Only an accepted revision without contract terms becomes an order.", pointer="/revision")
        order = self.work.new(Order, order_id)
        agreement = quote.agreement(accepted, command.number or reference("SO", order_id))
        warnings = await self._repeated(order_id, agreement)
        stated = quote.purchase_order
        order.place(agreement, "fulfilment", self.at, warnings=warnings, purchase_order=stated)
        if command.number is not None:
            self.work.claim("order_number", f"{offer.parties.seller_id} {command.number}", order_id)
        self.work.save(quote, order)

    async def place_contract_order(self, order_id: UUID, command: PlaceContractOrder) -> None:
        """The signed contract is to be delivered."""
        contract = await self.work.load(Contract, command.contract_id)
        contract.place_order(order_id, self.at)
        order = self.work.new(Order, order_id)
        agreement = Agreement(
            number=command.number or reference("SO", order_id),
            source=Source("contract", contract.id, contract.number, 0),
            parties=contract.parties,
            currency=contract.currency,
            lines=contract.lines,
            charges=contract.charges,
            payment_terms=contract.payment_terms,
            purchase_order_reference=contract.purchase_order_reference,
            owner=contract.owner,
            opportunity_id=contract.opportunity_id,
        )
        order.place(agreement, contract.terms.billing_trigger, self.at)
        if command.number is not None:
            self.work.claim("order_number", f"{contract.parties.seller_id} {command.number}", order_id)
        self.work.save(contract, order)

    async def place_direct_order(self, order_id: UUID, command: PlaceDirectOrder) -> None:
        """The buyer orders without having asked for an offer."""
        number, given = command.number or reference("SO", order_id), command.purchase_order
        source = Source("purchase_order", order_id, given.number, 0)
        agreement = await agreement_by_hand(self.work, command, number, source, given.number)
        order = self.work.new(Order, order_id)
        warnings = await self._repeated(order_id, agreement)
        order.place(agreement, "fulfilment", self.at, warnings=warnings, purchase_order=given.as_stated())
        self.work.claim("order_number", f"{agreement.parties.seller_id} {number}", order_id)
        self.work.save(order)

    async def confirm_order(self, order_id: UUID, command: ConfirmOrder) -> None:
        """It will be delivered, unless the buyer's credit does not allow it: then it is held (O3)."""
        order = await self.work.load(Order, order_id)
        order.require("confirm")
        credit = await Credit.of(self.work, order)
        try:
            await credit.check(order, cleared=order.credit_cleared)
        except CreditLimitExceeded as exceeded:
            order.hold("credit", exceeded.detail, self.work.envelope.people, self.at)
            credit.exceed(order)
        else:
            order.confirm(self.at)
        self.work.save(order)

    async def fulfil_order(self, order_id: UUID, command: FulfilOrder) -> None:
        """Something was delivered."""
        order = await self.work.load(Order, order_id)
        order.fulfil(
            command.quantities,
            self.at,
            delivered_on=command.delivered_on,
            tracking_reference=command.tracking_reference,
        )
        if order.billing_trigger == "fulfilment":
            await self._check_billable(order)
        self.work.save(order)

    async def cancel_order(self, order_id: UUID, command: CancelOrder) -> None:
        """Less is wanted."""
        order = await self.work.load(Order, order_id)
        order.cancel(command.quantities, command.reason, self.at)
        self.work.save(order)

    async def close_order(self, order_id: UUID, command: CloseOrder) -> None:
        """It is done."""
        order = await self.work.load(Order, order_id)
        order.close(self.at)
        self.work.save(order)

    async def reopen_order(self, order_id: UUID, command: ReopenOrder) -> None:
        """It was not done after all."""
        order = await self.work.load(Order, order_id)
        order.reopen(command.reason, self.at)
        await (await Credit.of(self.work, order)).check(order)
        self.work.save(order)

    async def agree_tolerance(self, order_id: UUID, command: AgreeTolerance) -> None:
        """A little more or less will do."""
        order = await self.work.load(Order, order_id)
        order.agree_tolerance(Tolerance(command.over_percent, command.under_percent), self.at)
        self.work.save(order)

    async def hold_order(self, order_id: UUID, command: HoldOrder) -> None:
        """It waits."""
        order = await self.work.load(Order, order_id)
        order.hold(command.kind, command.reason, self.work.envelope.people, self.at)
        self.work.save(order)

    async def release_hold(self, order_id: UUID, command: ReleaseHold) -> None:
        """It goes on."""
        order = await self.work.load(Order, order_id)
        credit = await Credit.of(self.work, order)
        order.release_hold(command.reason, self.work.envelope.people, self.at, credit.limit_set_by)
        self.work.save(order)

    async def request_order_change(self, order_id: UUID, command: RequestOrderChange) -> None:
        """Somebody wants more or less of it."""
        order = await self.work.load(Order, order_id)
        order.request_change(command.quantities, command.reason, self.at)
        self.work.save(order)

    async def confirm_order_change(self, order_id: UUID, command: ConfirmOrderChange) -> None:
        """So be it."""
        order = await self.work.load(Order, order_id)
        before = order.wanted_total()
        order.confirm_change(self.at)
        if order.wanted_total() > before:
            await (await Credit.of(self.work, order)).check(order)
        self.work.save(order)

    async def decline_order_change(self, order_id: UUID, command: DeclineOrderChange) -> None:
        """It stays as it is."""
        order = await self.work.load(Order, order_id)
        order.decline_change(command.reason, self.at)
        self.work.save(order)

    async def _check_billable(self, order: Order) -> None:
        """Refuse a delivery on a day for which the seller has no tax rate: nobody could ever bill it."""
        seller = await self.work.read(LegalEntity, order.parties.seller_id)
        everything: tuple[Line | Charge, ...] = (*order.lines, *order.charges)
        for taxed in everything:
            seller.tax_at(taxed, order.parties, order.deliveries[-1].delivered_on)

    async def _repeated(self, order_id: UUID, agreement: Agreement) -> list[str]:
        """A warning where another order of the buyer bears the same purchase order's number (O6)."""
        number = agreement.purchase_order_reference
        if number is None:
            return []
        named = f"{agreement.parties.seller_id} {agreement.parties.sold_to_id} {number}"
        first = await self.work.owner_of("purchase_order", named)
        if first is None:
            self.work.claim("purchase_order", named, order_id)
            return []
        other = await self.work.read(Order, first)
        return [f"Order {other.number} bears purchase order {number} already."] if first != order_id else []
