"""Commands on credit limits, and the check of them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from application.constraints import Currency, NotNegative
from application.unit_of_work import Context, UnitOfWork
from domain.billing import Invoice
from domain.contracting import Contract
from domain.crm import Customer
from domain.ordering import CreditAccount, Order
from domain.organisation import LegalEntity
from domain.shared.money import Money
from domain.shared.refusal import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCreditLimit:
    """Set how much a customer may owe a seller; orders that are confirmed from then on count."""

    seller_id: UUID
    customer_id: UUID
    limit: NotNegative
    currency: Currency

    @property
    def natural_id(self) -> UUID:
        """One account of seller, customer and currency."""
        return CreditAccount.id_for(self.seller_id, self.customer_id, self.currency)


class Lending(Context):
    """What customers may owe."""

    async def set_credit_limit(self, account_id: UUID, command: SetCreditLimit) -> None:
        """From now on."""
        seller = await self.work.read(LegalEntity, command.seller_id)
        customer = await self.work.read(Customer, command.customer_id)
        account = await self.work.load_alone(CreditAccount, account_id)
        limit = Money.of(command.limit, command.currency)
        account.set_limit(seller.id, customer.id, limit, self.work.envelope.people, self.at)
        self.work.save(account)


async def check_credit(work: UnitOfWork, order: Order, *, cleared: bool = False) -> None:
    """Let the order count as it is now. Refuses with `CreditLimitExceeded`; says nothing where there is no limit."""
    account_id = CreditAccount.id_for(order.parties.seller_id, order.parties.bill_to_id, order.currency)
    try:
        account = await work.load(CreditAccount, account_id)
    except NotFound:
        return
    owed = {}
    for order_id in (*(one for one in account.orders if one != order.id), order.id):
        counted = order if order_id == order.id else await work.read(Order, order_id)
        owed[order_id] = await _owed(work, counted)
    account.grant(order.id, owed, work.envelope.at, cleared=cleared)
    work.save(account)


async def _owed(work: UnitOfWork, order: Order) -> Money:
    """What is not billed yet, delivered or not, and what of the invoices is not paid yet; tax included."""
    nothing = Money.zero(order.currency)
    if order.billing_trigger == "schedule":
        contract = await work.read(Contract, order.source.document_id)
        invoice_ids = list(contract.billed.values())
    else:
        invoice_ids = [one.invoice_id for one in order.deliveries if one.invoice_id is not None]
        invoice_ids += dict.fromkeys(invoice_id for invoice_id, _ in order.prepayments.left)
    invoices = [await work.read(Invoice, invoice_id) for invoice_id in invoice_ids]
    unbilled, unpaid = order.wanted_total(), nothing
    for invoice in invoices:
        unbilled -= invoice.totals.payable_amount
        unpaid += max(invoice.open_amount, nothing)
    return max(unbilled, nothing) + unpaid
