"""Customers: who buys, where documents go, who looks after them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.shared.aggregate import Aggregate, Event
from domain.shared.party import Address, Contact, Party, VatNumberCheck, check_country, check_vat_id
from domain.shared.refusal import Invalid
from domain.shared.terms import PaymentTerms, check_terms


class Customer(Aggregate):
    """A buying organisation. It buys (sold_to); bills and goods go to itself unless others are named (bill_to, ship_to)."""

    ACTIONS = {"active": ("change", "add_contact", "assign_representative", "change_roles")}

    name: str
    address: Address
    vat_id: str | None
    external_id: str | None
    region: str
    segment: str
    payment_terms: PaymentTerms
    representative: str | None

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.contacts: dict[str, Contact] = {}
        self.bill_to: UUID = id
        self.ship_to: UUID = id

    class Registered(Event):
        name: str
        address: Address
        vat_id: str | None
        external_id: str | None
        region: str
        segment: str
        payment_terms: PaymentTerms
        representative: str | None
        contacts: tuple[Contact, ...]

        def apply(self, customer: Customer) -> None:
            customer.state = "active"
            customer.name, customer.address, customer.vat_id = self.name, self.address, self.vat_id
            customer.external_id, customer.region, customer.segment = self.external_id, self.region, self.segment
            customer.payment_terms, customer.representative = self.payment_terms, self.representative
            customer.contacts = {contact.name: contact for contact in self.contacts}

    class DetailsChanged(Event):
        name: str
        address: Address
        vat_id: str | None
        region: str
        segment: str
        payment_terms: PaymentTerms

        def apply(self, customer: Customer) -> None:
            customer.name, customer.address, customer.vat_id = self.name, self.address, self.vat_id
            customer.region, customer.segment = self.region, self.segment
            customer.payment_terms = self.payment_terms

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

    def register(
        self,
        *,
        name: str,
        address: Address,
        vat_id: str | None,
        external_id: str | None,
        region: str,
        segment: str,
        payment_terms: PaymentTerms,
        representative: str | None,
        contacts: Sequence[Contact],
        vat_number_check: VatNumberCheck,
        at: datetime,
    ) -> None:
        """A new customer. Refuses a country or VAT number that cannot be one, and one contact named twice."""
        check_country(address.country_code)
        if len({contact.name for contact in contacts}) < len(contacts):
            raise Invalid("Each contact is named once.", pointer="/contacts")
        check_terms(payment_terms)
        self.record(
            self.Registered,
            at,
            name=name,
            address=address,
            vat_id=check_vat_id(vat_id, vat_number_check),
            external_id=external_id,
            region=region,
            segment=segment,
            payment_terms=payment_terms,
            representative=representative,
            contacts=tuple(contacts),
        )

    def change(
        self,
        *,
        name: str,
        address: Address,
        vat_id: str | None,
        region: str,
        segment: str,
        payment_terms: PaymentTerms,
        vat_number_check: VatNumberCheck,
        at: datetime,
    ) -> None:
        """Other details from now on; documents that exist keep theirs."""
        self.require("change")
        check_country(address.country_code)
        check_terms(payment_terms)
        self.record(
            self.DetailsChanged,
            at,
            name=name,
            address=address,
            vat_id=check_vat_id(vat_id, vat_number_check),
            region=region,
            segment=segment,
            payment_terms=payment_terms,
        )

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

    def as_party(self) -> Party:
        """What documents freeze of it."""
        return Party(name=self.name, address=self.address, vat_id=self.vat_id)
