"""Commands on customers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen

from application.constraints import Code, OptionalText, Text
from application.trading import customer_of
from application.unit_of_work import Context
from domain.crm import Customer, CustomerDetails
from domain.shared.party import VAT_NUMBER, Address, Contact, check_contact
from domain.shared.personal import NOT_TOLD
from domain.shared.terms import NET_30, PaymentTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCustomer:
    """Register a customer."""

    name: Text
    address: Address
    vat_id: Annotated[Code, VAT_NUMBER] | None = None
    external_id: Code | None = None
    """Its identity in another system; no other customer has it."""
    region: OptionalText = ""
    segment: OptionalText = ""
    payment_terms: PaymentTerms = NET_30
    representative: Text | None = None
    contacts: Annotated[tuple[Contact, ...], MaxLen(100)] = ()
    one_time: bool = False
    """A one-time customer stands for buyers who are not registered one by one; documents for it may bear the buyer's
    details given with the document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCustomer:
    """Replace a customer's details. Documents that exist keep theirs; a VAT number given as `[hidden]` stays."""

    name: Text
    address: Address
    vat_id: Annotated[Code, VAT_NUMBER] | None = None
    region: OptionalText = ""
    segment: OptionalText = ""
    payment_terms: PaymentTerms = NET_30


@dataclass(frozen=True, slots=True, kw_only=True)
class AddContact:
    """Add a person to reach, or replace the details of the person of that name."""

    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRepresentative:
    """Say who looks after the customer."""

    representative: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRoles:
    """Say which customers receive the invoices and the goods of what this one buys."""

    bill_to: UUID
    ship_to: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeCustomer:
    """Say that this is another name of that customer. Nothing is rewritten; new documents are that one's."""

    into: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmergeCustomer:
    """Say that it is a customer by itself, after all."""


class CustomerRelations(Context):
    """Who buys."""

    async def register_customer(self, customer_id: UUID, command: RegisterCustomer) -> None:
        """A new customer, whose external id nobody else has."""
        for place, contact in enumerate(command.contacts):
            check_contact(contact, f"/contacts/{place}")
        customer = self.work.new(Customer, customer_id)
        details = await self._details(command, customer_id)
        command = await self.work.sealed(command, customer_id)
        customer.register(
            details,
            self.at,
            external_id=command.external_id,
            representative=command.representative,
            contacts=command.contacts,
            one_time=command.one_time,
        )
        if command.external_id is not None:
            self.work.claim("customer_external_id", command.external_id, customer_id)
        self.work.save(customer)

    async def change_customer(self, customer_id: UUID, command: ChangeCustomer) -> None:
        """Other details from now on."""
        customer = await self.work.load(Customer, customer_id)
        if command.vat_id in NOT_TOLD:
            details = await self._details(replace(command, vat_id=None), customer_id)
            details = replace(details, vat_id=customer.vat_id, vat_country=customer.vat_country)
        else:
            details = await self._details(command, customer_id)
        numbers = [*customer.alias_numbers.values(), *filter(None, [details.vat_id])]
        customer.change(details, await self.work.opened(numbers), self.at)
        self.work.save(customer)

    async def add_contact(self, customer_id: UUID, command: AddContact) -> None:
        """One more person to reach."""
        check_contact(command.contact, "/contact")
        customer = await self.work.load(Customer, customer_id)
        command = await self.work.sealed(command, customer_id)
        customer.add_contact(command.contact, self.at)
        self.work.save(customer)

    async def assign_representative(self, customer_id: UUID, command: AssignRepresentative) -> None:
        """Somebody looks after it."""
        customer = await self.work.load(Customer, customer_id)
        customer.assign_representative(command.representative, self.at)
        self.work.save(customer)

    async def change_roles(self, customer_id: UUID, command: ChangeRoles) -> None:
        """Other receivers of invoices and goods, who are customers too."""
        customer = await self.work.load(Customer, customer_id)
        for other in {command.bill_to, command.ship_to} - {customer_id}:
            await self.work.read(Customer, other)
        customer.change_roles(command.bill_to, command.ship_to, self.at)
        self.work.save(customer)

    async def merge_customer(self, customer_id: UUID, command: MergeCustomer) -> None:
        """It becomes an alias of the other, or of what that one is an alias of."""
        customer = await self.work.load(Customer, customer_id)
        survivor = await self.work.load(Customer, (await customer_of(self.work, command.into)).id)
        numbers = [*customer.vat_numbers().values(), *survivor.vat_numbers().values()]
        customer.merge(survivor, await self.work.opened(numbers), self.at)
        self.work.save(customer, survivor)

    async def unmerge_customer(self, customer_id: UUID, command: UnmergeCustomer) -> None:
        """It is no alias any more."""
        customer = last = await self.work.load(Customer, customer_id)
        survivors: dict[UUID, Customer] = {}
        while last.merged_into is not None and last.merged_into not in {customer_id, *survivors}:
            last = survivors[last.merged_into] = await self.work.load(Customer, last.merged_into)
        customer.unmerge(list(survivors.values()), self.at)
        self.work.save(customer, *survivors.values())

    async def _details(self, command: RegisterCustomer | ChangeCustomer, customer_id: UUID) -> CustomerDetails:
        """Checked in plain, then sealed."""
        details = CustomerDetails(
            name=command.name,
            address=command.address,
            vat_id=command.vat_id,
            region=command.region,
            segment=command.segment,
            payment_terms=command.payment_terms,
        )
        return await self.work.sealed(details.checked(self.work.vat_number_check), customer_id)
