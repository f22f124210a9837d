"""Commands on payments."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from application.constraints import Amount, Code, Currency, LongText, OptionalText
from application.trading import parties_towards
from application.unit_of_work import Context
from domain.billing import Invoice
from domain.crm import Customer
from domain.organisation import SERIES_CODE, SERIES_PREFIX, LegalEntity
from domain.payments import Payment, Receipt
from domain.shared.money import Money
from domain.shared.personal import LEGAL
from domain.shared.reference import reference
from domain.shared.refusal import Invalid, within

DOCUMENT_NUMBER = re.compile(rf"\b{SERIES_PREFIX.pattern}-(?!CN-){SERIES_CODE.pattern}-\d{{4}}-\d{{6,}}\b")
"""Of an invoice, whatever its series; a credit note's is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPayment:
    """Record money that has arrived."""

    seller_id: UUID
    customer_id: UUID
    amount: Amount
    currency: Currency
    payment_means_code: Code = "30"
    """UNTDID 4461: `30` credit transfer, `48` card, `49` direct debit."""
    booking_date: date | None = None
    """Today at the seller where not given."""
    value_date: date | None = None
    remittance_information: Annotated[OptionalText, LEGAL] = ""
    """Invoice numbers in it are allocated at once."""
    end_to_end_id: Code | None = None
    """The payer's own reference."""
    account_servicer_reference: Code | None = None
    """The bank's or provider's reference: the same one counts once (P4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """So much of the payment for that invoice; as much as fits where no amount is given."""

    invoice_id: UUID
    amount: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocatePayment:
    """Settle invoices, in the order given (P9). What is left is the customer's unapplied cash."""

    allocations: Annotated[tuple[Allocation, ...], MinLen(1), MaxLen(1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocatePaymentByReference:
    """Settle the invoices whose numbers the payer wrote, in that order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnallocatePayment:
    """Take an allocation back; all of it where no amount is given."""

    invoice_id: UUID
    amount: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPayment:
    """Pay unapplied cash back."""

    amount: Amount
    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversePayment:
    """Record that the money was taken back. What it settled is due again."""

    reason: LongText


class Payments(Context):
    """Money received."""

    async def record_payment(self, payment_id: UUID, command: RecordPayment) -> None:
        """Money has arrived."""
        seller = await self.work.read(LegalEntity, command.seller_id)
        await self.work.read(Customer, command.customer_id)
        today = seller.today(self.at)
        booked = command.booking_date or today
        if booked > today:
            raise Invalid("Money is recorded once it has arrived.", pointer="/booking_date")
        payment = self.work.new(Payment, payment_id)
        named = tuple(dict.fromkeys(DOCUMENT_NUMBER.findall(command.remittance_information)))
        command = await self.work.sealed(command, command.customer_id)
        receipt = Receipt(
            number=reference("PAY", payment_id),
            customer_id=command.customer_id,
            seller_id=seller.id,
            amount=Money.of(command.amount, command.currency),
            payment_means_code=command.payment_means_code,
            booking_date=booked,
            value_date=command.value_date or booked,
            remittance_information=command.remittance_information,
            invoice_numbers=named,
            end_to_end_id=command.end_to_end_id,
            account_servicer_reference=command.account_servicer_reference,
        )
        payment.settle(receipt, self.at)
        if command.account_servicer_reference is not None:
            reference_of_bank = f"{seller.id} {command.account_servicer_reference}"
            self.work.claim("account_servicer_reference", reference_of_bank, payment_id)
        self.work.save(payment)

    async def allocate_payment(self, payment_id: UUID, command: AllocatePayment) -> None:
        """It settles these invoices."""
        payment = await self.work.load(Payment, payment_id)
        for place, one in enumerate(command.allocations):
            with within(f"/allocations/{place}"):
                invoice = await self.work.load(Invoice, one.invoice_id)
                amount = Money.of(one.amount, payment.amount.currency) if one.amount is not None else None
                await self._settle(payment, invoice, amount)
        self.work.save(payment)

    async def allocate_payment_by_reference(self, payment_id: UUID, command: AllocatePaymentByReference) -> None:
        """It settles what its payer says it is for, as far as it goes."""
        payment = await self.work.load(Payment, payment_id)
        settled = []
        async for invoice in self._invoices_named_by(payment):
            parties = await parties_towards(self.work, invoice.parties, payment.customer_id)
            if payment.unapplied and invoice.open_amount.amount > 0 and payment.pays(parties, invoice.currency):
                await self._settle(payment, invoice, None)
                settled.append(invoice.id)
        payment.follow_reference(settled, self.at)
        self.work.save(payment)

    async def unallocate_payment(self, payment_id: UUID, command: UnallocatePayment) -> None:
        """It settles that invoice no longer."""
        payment = await self.work.load(Payment, payment_id)
        invoice = await self.work.load(Invoice, command.invoice_id)
        currency = payment.amount.currency
        asked = Money.of(command.amount, currency) if command.amount is not None else None
        self._unsettle(payment, invoice, asked or payment.allocations.get(invoice.id, Money.zero(currency)))
        self.work.save(payment)

    async def refund_payment(self, payment_id: UUID, command: RefundPayment) -> None:
        """Some of it goes back."""
        payment = await self.work.load(Payment, payment_id)
        payment.refund(Money.of(command.amount, payment.amount.currency), command.reason, self.at)
        self.work.save(payment)

    async def reverse_payment(self, payment_id: UUID, command: ReversePayment) -> None:
        """It was taken back, and what it settled is due again."""
        payment = await self.work.load(Payment, payment_id)
        payment.require("reverse")
        for invoice_id, amount in list(payment.allocations.items()):
            if amount:
                self._unsettle(payment, await self.work.load(Invoice, invoice_id), amount)
        payment.reverse(command.reason, self.at)
        self.work.save(payment)

    async def _settle(self, payment: Payment, invoice: Invoice, amount: Money | None) -> None:
        parties = await parties_towards(self.work, invoice.parties, payment.customer_id)
        payment.check_payer(parties, invoice.currency)
        amount = amount or min(payment.unapplied, invoice.open_amount)
        invoice.apply_payment(payment.id, amount, self.at)
        payment.allocate(invoice.id, amount, self.at)
        self.work.save(invoice)

    def _unsettle(self, payment: Payment, invoice: Invoice, amount: Money) -> None:
        payment.unallocate(invoice.id, amount, self.at)
        invoice.unapply_payment(payment.id, amount, self.at)
        self.work.save(invoice)

    async def _invoices_named_by(self, payment: Payment) -> AsyncIterator[Invoice]:
        # Payments of before bear it in plain, and what it names not by itself.
        for number in payment.invoice_numbers or dict.fromkeys(DOCUMENT_NUMBER.findall(payment.remittance_information)):
            invoice_id = await self.work.owner_of("document_number", f"{payment.seller_id} {number}")
            if invoice_id is not None:
                yield await self.work.load(Invoice, invoice_id)
