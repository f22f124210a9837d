"""Commands on credit limits, and the check of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from application.constraints import Currency, NotNegative
from application.trading import customer_of
from application.unit_of_work import Context, UnitOfWork
from domain.billing import Invoice
from domain.contracting import Contract
from domain.crm import Customer
from domain.ordering import CreditAccount, Debtor, LimitIsTheSurvivors, Order, limit_in_force
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CountAlias:
    """Let what a merged customer owes, and may owe, count with whom it was merged into."""

    customer_id: UUID
    alias_id: UUID

    @property
    def natural_id(self) -> UUID:
        """One debtor for a customer."""
        return Debtor.id_for(self.customer_id)


class Lending(Context):
    """What customers may owe."""

    async def set_credit_limit(self, account_id: UUID, command: SetCreditLimit) -> None:
        """From now on."""
        seller = await self.work.read(LegalEntity, command.seller_id)
        customer = await self.work.read(Customer, command.customer_id)
        survivor = await customer_of(self.work, customer.id)
        if survivor.id != customer.id:
            raise LimitIsTheSurvivors(f"It is {survivor.id}.", pointer="/customer_id")
        account = await self.work.load_alone(CreditAccount, account_id)
        credit = await Credit.of_customer(self.work, seller.id, customer.id, command.currency)
        account.set_limit(
            seller.id,
            customer.id,
            Money.of(command.limit, command.currency),
            self.work.envelope.people,
            self.at,
            before=credit.limit,
            held_by=await credit.held_by(),
        )
        self.work.save(account)

    async def count_alias(self, debtor_id: UUID, command: CountAlias) -> None:
        """They are one who owes."""
        debtor = await self.work.load_alone(Debtor, debtor_id)
        debtor.gain(command.customer_id, command.alias_id, self.at)
        self.work.save(debtor)


class Credit:
    """What a customer may owe a seller, and owes, together with those who were merged into it."""

    def __init__(self, work: UnitOfWork, customer_id: UUID, accounts: Sequence[CreditAccount]) -> None:
        self.work, self.accounts = work, accounts
        self.limit = limit_in_force(customer_id, accounts)
        """None where nothing is checked."""

    @classmethod
    async def of(cls, work: UnitOfWork, order: Order) -> Credit:
        """Of whoever pays for the order by now."""
        survivor = await customer_of(work, order.parties.bill_to_id)
        return await cls.of_customer(work, order.parties.seller_id, survivor.id, order.currency)

    @classmethod
    async def of_customer(cls, work: UnitOfWork, seller_id: UUID, customer_id: UUID, currency: str) -> Credit:
        """The customer's own account first, where it has one."""
        accounts = []
        for one in await _with_aliases(work, customer_id):
            try:
                accounts.append(await work.load(CreditAccount, CreditAccount.id_for(seller_id, one, currency)))
            except NotFound:
                continue
        return cls(work, customer_id, accounts)

    @property
    def limit_set_by(self) -> tuple[str, ...]:
        """Everybody who stands behind a limit."""
        return tuple(person for account in self.accounts for person in account.set_by)

    async def held_by(self) -> list[str]:
        """Everybody who stands behind an order that waits because of the limit."""
        waiting = [await self.work.read(Order, one) for account in self.accounts for one in account.waiting]
        return [person for order in waiting if order.hold_kind == "credit" for person in order.held_by]

    async def check(self, order: Order, *, cleared: bool = False) -> None:
        """Let the order count as it is now, where there is a limit. Refuses with `CreditLimitExceeded`."""
        if self.limit is None:
            return
        owed = {}
        for order_id in (*(one for account in self.accounts for one in account.orders), order.id):
            counted = order if order_id == order.id else await self.work.read(Order, order_id)
            owed[order_id] = await _owed(self.work, counted)
        account = self.accounts[0]
        account.grant(order.id, owed, self.limit, self.work.envelope.at, cleared=cleared)
        self.work.save(account)

    def exceed(self, order: Order) -> None:
        """The order waits until somebody else lets it go on."""
        account = self.accounts[0]
        account.exceed(order.id, self.work.envelope.at)
        self.work.save(account)


async def _with_aliases(work: UnitOfWork, customer_id: UUID) -> list[UUID]:
    """The customer, and all who were merged into it or into those, and still are."""
    found = [customer_id]
    for one in found:
        try:
            debtor = await work.read(Debtor, Debtor.id_for(one))
        except NotFound:
            continue
        aliases = [await work.read(Customer, alias) for alias in dict.fromkeys(debtor.aliases)]
        found += [alias.id for alias in aliases if alias.merged_into == one and alias.id not in found]
    return found


async def _owed(work: UnitOfWork, order: Order) -> Money:
    """What is not billed yet, delivered or not, and what of the invoices is not paid yet; tax included."""
    nothing = Money.zero(order.currency)
    if order.billing_trigger == "schedule":
        contract = await work.read(Contract, order.source.document_id)
        invoice_ids = list(contract.billed.values())
    else:
        invoice_ids = [one.invoice_id for one in order.deliveries if one.invoice_id is not None]
        invoice_ids += dict.fromkeys(invoice_id for invoice_id, _ in order.prepayments.left)
    unbilled, unpaid = order.wanted_total(), nothing
    for invoice_id in invoice_ids:
        invoice = await work.read(Invoice, invoice_id)
        unbilled -= invoice.totals.payable_amount
        unpaid += max((await _standing(work, invoice, order)).open_amount, nothing)
    return max(unbilled, nothing) + unpaid


async def _standing(work: UnitOfWork, invoice: Invoice, order: Order) -> Invoice:
    """The invoice, or the one that was billed in its place, as long as the same customer owes it."""
    payer = await customer_of(work, order.parties.bill_to_id)
    standing = invoice
    while standing.replaced_by is not None:
        standing = await work.read(Invoice, standing.replaced_by)
    same = (await customer_of(work, standing.parties.bill_to_id)).id == payer.id
    return standing if same else invoice
