"""Customers: who buys, where documents go, who looks after them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.shared.aggregate import Aggregate, Event, fields_of
from domain.shared.assignment import Assignment
from domain.shared.countries import check_country, country_of_vat_id
from domain.shared.party import (
    Address,
    Buyer,
    CarriedVatNumber,
    Contact,
    VatNumber,
    VatNumberCheck,
    check_vat_id,
)
from domain.shared.refusal import Invalid, Refusal
from domain.shared.terms import PaymentTerms, check_terms

LEGAL_FORMS = frozenset(
    """ab ag aps as asa bhd bv cie co company corp corporation cv doo eg eood eurl ev gbr gmbh inc incorporated is
    kft kg kgaa kk lda limited llc llp lp ltd ltda mbh nv nyrt og ohg ooo oy oyj plc pte pty sa sac sarl sas sdn
    se sl slu snc spa spol srl sro ug vof zoo zrt und and""".split()
)
"""Words that tell companies not apart."""


class DifferentVatNumbers(Refusal):
    """Customers with different VAT numbers are not the same."""


class MergedInCircle(Refusal):
    """A customer cannot be merged into itself, nor into one that stands for it."""


def matching_name(name: str) -> str:
    """What is left of a name without accents, punctuation, case and legal form: duplicates have it in common (L1)."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace(".", ""))
    words = re.findall(r"\w+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    return "".join([word for word in words if word not in LEGAL_FORMS] or words)


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasNumber:
    """The VAT number of a customer that was merged into another one."""

    customer_id: UUID
    vat_id: CarriedVatNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDetails:
    """What may change of a customer as a whole."""

    name: str
    address: Address
    vat_id: VatNumber | None
    region: str
    segment: str
    payment_terms: PaymentTerms
    vat_country: str | None = None

    def checked(self, vat_number_check: VatNumberCheck) -> CustomerDetails:
        """With the VAT number in its normal form. Refuses a country, VAT number or terms that cannot be such."""
        check_country(self.address.country_code)
        check_terms(self.payment_terms)
        vat_id = check_vat_id(self.vat_id, vat_number_check)
        return replace(self, vat_id=vat_id, vat_country=country_of_vat_id(vat_id))


class Customer(Aggregate):
    """A buying organisation (sold_to). Bills and goods go to itself unless others are named (bill_to, ship_to)."""

    ACTIONS = {
        "active": ("change", "add_contact", "assign_representative", "change_roles", "merge"),
        "merged": ("unmerge",),
    }

    name: str
    address: Address
    vat_id: str | None
    vat_country: str | None
    external_id: str | None
    region: str
    segment: str
    payment_terms: PaymentTerms
    representative: str | None
    one_time: bool
    """It stands for buyers who are not registered one by one; documents for it may bear the buyer's details given with
    the document."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.contacts: dict[str, Contact] = {}
        self.bill_to: UUID = id
        self.ship_to: UUID = id
        self.merged_into: UUID | None = None
        self.alias_numbers: dict[UUID, str] = {}
        """VAT numbers of whatever was merged into it, or into that, by their customers."""

    class Registered(Event):
        name: str
        address: Address
        vat_id: VatNumber | None
        external_id: str | None
        region: str
        segment: str
        payment_terms: PaymentTerms
        representative: str | None
        contacts: tuple[Contact, ...]
        one_time: bool = False
        vat_country: str | None = None

        def apply(self, customer: Customer) -> None:
            customer.state = "active"
            customer.name, customer.address, customer.vat_id = self.name, self.address, self.vat_id
            customer.external_id, customer.region, customer.segment = self.external_id, self.region, self.segment
            customer.payment_terms, customer.representative = self.payment_terms, self.representative
            customer.contacts = {contact.name: contact for contact in self.contacts}
            customer.one_time = self.one_time
            customer.vat_country = self.vat_country

    class DetailsChanged(Event):
        name: str
        address: Address
        vat_id: VatNumber | None
        region: str
        segment: str
        payment_terms: PaymentTerms
        vat_country: str | None = None

        def apply(self, customer: Customer) -> None:
            customer.name, customer.address, customer.vat_id = self.name, self.address, self.vat_id
            customer.region, customer.segment = self.region, self.segment
            customer.payment_terms, customer.vat_country = self.payment_terms, self.vat_country

    class ContactAdded(Event):
        contact: Contact

        def apply(self, customer: Customer) -> None:
            customer.contacts[self.contact.name] = self.contact

    class RepresentativeAssigned(Event):
        representative: str

        def apply(self, customer: Customer) -> None:
            customer.representative = self.representative

    class RolesChanged(Event):
        bill_to: UUID
        ship_to: UUID

        def apply(self, customer: Customer) -> None:
            customer.bill_to, customer.ship_to = self.bill_to, self.ship_to

    class Merged(Event):
        into: UUID

        def apply(self, customer: Customer) -> None:
            customer.state, customer.merged_into = "merged", self.into

    class Unmerged(Event):
        def apply(self, customer: Customer) -> None:
            customer.state, customer.merged_into = "active", None

    class AliasNumbersGained(Event):
        numbers: tuple[AliasNumber, ...]

        def apply(self, customer: Customer) -> None:
            customer.alias_numbers.update({one.customer_id: one.vat_id for one in self.numbers})

    class AliasNumbersLost(Event):
        customers: tuple[UUID, ...]

        def apply(self, customer: Customer) -> None:
            for one in self.customers:
                customer.alias_numbers.pop(one, None)

    def register(
        self,
        details: CustomerDetails,
        at: datetime,
        *,
        external_id: str | None,
        representative: str | None,
        contacts: Sequence[Contact],
        one_time: bool,
    ) -> None:
        """A new customer. Refuses one contact named twice."""
        if len({contact.name for contact in contacts}) < len(contacts):
            raise Invalid("Each contact is named once.", pointer="/contacts")
        self.record(
            self.Registered,
            at,
            **fields_of(details),
            external_id=external_id,
            representative=representative,
            contacts=tuple(contacts),
            one_time=one_time,
        )

    def change(self, details: CustomerDetails, vat_numbers: Collection[str], at: datetime) -> None:
        """Other details from now on; documents that exist keep theirs. Refuses another VAT number than its aliases';
        `vat_numbers` are all of them, in plain."""
        self.require("change")
        _check_same(vat_numbers, "/vat_id")
        self.record(self.DetailsChanged, at, **fields_of(details))

    def add_contact(self, contact: Contact, at: datetime) -> None:
        """One more person to reach, or other details of the same."""
        self.require("add_contact")
        self.record(self.ContactAdded, at, contact=contact)

    def assign_representative(self, representative: str, at: datetime) -> None:
        """Who looks after this customer."""
        self.require("assign_representative")
        self.record(self.RepresentativeAssigned, at, representative=representative)

    def change_roles(self, bill_to: UUID, ship_to: UUID, at: datetime) -> None:
        """Who receives the invoices and the goods of what this customer buys."""
        self.require("change_roles")
        self.record(self.RolesChanged, at, bill_to=bill_to, ship_to=ship_to)

    def merge(self, survivor: Customer, vat_numbers: Collection[str], at: datetime) -> None:
        """It is another name of the same customer. Its documents stay as they are; new ones are the survivor's.
        `vat_numbers` are those of both, in plain."""
        self.require("merge")
        if survivor.id == self.id:
            raise MergedInCircle(pointer="/into")
        survivor.require("merge")
        _check_same(vat_numbers, "/into")
        self.record(self.Merged, at, into=survivor.id)
        if numbers := self.vat_numbers():
            kept = tuple(AliasNumber(customer_id=id, vat_id=vat_id) for id, vat_id in numbers.items())
            survivor.record(survivor.AliasNumbersGained, at, numbers=kept)

    def unmerge(self, survivors: Sequence[Customer], at: datetime) -> None:
        """It is a customer by itself, after all. `survivors`: whom it was merged into, and so on."""
        self.require("unmerge")
        self.record(self.Unmerged, at)
        for survivor in survivors:
            lost = tuple(id for id in self.vat_numbers() if id in survivor.alias_numbers)
            if lost:
                survivor.record(survivor.AliasNumbersLost, at, customers=lost)

    def assignment(self) -> Assignment:
        """Whoever looks after it, or after whom it was merged into."""
        return Assignment(customer_id=self.id)

    def vat_numbers(self) -> dict[UUID, str]:
        """Its own VAT number and those of its aliases, by customer."""
        own = {} if self.vat_id is None else {self.id: self.vat_id}
        return {**self.alias_numbers, **own}

    def as_buyer(self) -> Buyer:
        """What documents freeze of it."""
        return Buyer(name=self.name, address=self.address, vat_id=self.vat_id, vat_country=self.vat_country)


def _check_same(vat_numbers: Collection[str], pointer: str) -> None:
    if len(set(vat_numbers)) > 1:
        raise DifferentVatNumbers(pointer=pointer)
