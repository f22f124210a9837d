"""customers.csv: who buys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from application.crm import AddContact, AssignRepresentative, ChangeCustomer, RegisterCustomer
from domain.crm import Customer
from domain.shared.party import Address, Contact
from domain.shared.terms import NET_30, net
from interfaces.importing.csv_files.desk import ORIGIN, Desk
from interfaces.importing.csv_files.forms import Column, Form, country, days, e_mail, optional
from interfaces.importing.office import at_once
from interfaces.importing.rows import Row
from interfaces.importing.wishes import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRecord:
    """A row; what is None is not said."""

    row: Row
    external_id: str
    name: str
    country_code: str
    street: str | None
    city: str | None
    post_code: str | None
    vat_id: str | None
    segment: str | None
    region: str | None
    payment_terms_days: int | None
    representative: str | None
    contact_name: str | None
    contact_email: str | None
    contact_phone: str | None

    @property
    def contact(self) -> Contact | None:
        """Whom to reach."""
        if self.contact_name is None:
            return None
        return Contact(name=self.contact_name, email=self.contact_email or "", phone=self.contact_phone or "")


FORM = Form(
    "customers",
    CustomerRecord,
    {
        "external_id": Column(Row.code, "C-1001"),
        "name": Column(Row.name, "Muster & Söhne KG"),
        "country_code": Column(country, "DE"),
        "street": optional(Row.name, "Hafenstr. 1"),
        "city": optional(Row.name, "Kiel"),
        "post_code": optional(Row.code, "24103"),
        "vat_id": optional(Row.code, "DE136695976"),
        "segment": optional(Row.name, "Retail"),
        "region": optional(Row.name, "North"),
        "payment_terms_days": optional(days, "30"),
        "representative": optional(Row.name, "ann"),
        "contact_name": optional(Row.name, "Ida Larsen"),
        "contact_email": optional(e_mail, "ida@example.com"),
        "contact_phone": optional(Row.code, "+49 431 555 0100"),
    },
)


async def plan(records: Sequence[CustomerRecord], desk: Desk) -> None:
    """Register those who are new, change those who have changed."""

    async def judge(record: CustomerRecord) -> None:
        record = _checked(record, desk)
        known = await desk.office.owner_of("customer_external_id", record.external_id)
        if known is None:
            register = _register(record, desk)
            desk.customers[record.external_id] = ORIGIN.identity(register.key)
            desk.decide("customers", "new")
            desk.plan("customers", [record], register)
            return
        desk.customers[record.external_id] = known
        customer = await desk.existing(Customer, known)
        assert customer is not None
        wishes = tuple(_changes(record, customer, desk))
        if wishes and "change" not in customer.available_actions():
            desk.refuse(record, "external_id", f"is {customer.state}, and so is not changed")
            return
        desk.decide("customers", "changed" if wishes else "known")
        desk.plan("customers", [record], *wishes)

    unique = desk.unique(records, "external_id", lambda record: record.external_id)
    await at_once([record for record in unique if _is_sound(record, desk)], judge)


def _is_sound(record: CustomerRecord, desk: Desk) -> bool:
    problems = len(desk.problems)
    if record.vat_id is not None and desk.vat_number_check(record.vat_id) is None:
        desk.refuse(record, "vat_id", "is not a VAT number of any country: it fails the country's check")
    if record.contact_name is None and (record.contact_email or record.contact_phone):
        desk.refuse(record, "contact_name", "is empty, but there is a way to reach somebody")
    return len(desk.problems) == problems


def _checked(record: CustomerRecord, desk: Desk) -> CustomerRecord:
    """With the VAT number in its normal form, to be compared."""
    return replace(record, vat_id=desk.vat_number_check(record.vat_id)) if record.vat_id else record


def _register(record: CustomerRecord, desk: Desk) -> Wish:
    command = RegisterCustomer(
        name=record.name,
        address=Address(
            country_code=record.country_code,
            street=record.street or "",
            city=record.city or "",
            post_code=record.post_code or "",
        ),
        vat_id=record.vat_id,
        external_id=record.external_id,
        region=record.region or "",
        segment=record.segment or "",
        payment_terms=NET_30 if record.payment_terms_days is None else net(record.payment_terms_days),
        representative=record.representative,
        contacts=(record.contact,) if record.contact else (),
    )
    return desk.wish(f"customer {record.external_id}", "register", command)


def _changes(record: CustomerRecord, customer: Customer, desk: Desk) -> Iterator[Wish]:
    """What the row says otherwise than what is known."""
    subject = f"customer {record.external_id} at version {customer.version}"
    details = _details(record, customer)
    now = ChangeCustomer(
        name=customer.name,
        address=customer.address,
        vat_id=customer.vat_id,
        region=customer.region,
        segment=customer.segment,
        payment_terms=customer.payment_terms,
    )
    if details != now:
        yield desk.wish(subject, "change", details, customer.id)
    if record.representative not in (None, customer.representative):
        yield desk.wish(subject, "assign", AssignRepresentative(representative=str(record.representative)), customer.id)
    contact = record.contact
    if contact and (known := _contact(contact, customer)) != customer.contacts.get(contact.name):
        yield desk.wish(subject, "contact", AddContact(contact=known), customer.id)


def _details(record: CustomerRecord, customer: Customer) -> ChangeCustomer:
    terms = record.payment_terms_days
    return ChangeCustomer(
        name=record.name,
        address=replace(
            customer.address,
            country_code=record.country_code,
            street=_said(record.street, customer.address.street),
            city=_said(record.city, customer.address.city),
            post_code=_said(record.post_code, customer.address.post_code),
        ),
        vat_id=record.vat_id or customer.vat_id,
        region=_said(record.region, customer.region),
        segment=_said(record.segment, customer.segment),
        payment_terms=customer.payment_terms if terms is None else net(terms),
    )


def _contact(said: Contact, customer: Customer) -> Contact:
    known = customer.contacts.get(said.name, said)
    return replace(said, email=said.email or known.email, phone=said.phone or known.phone)


def _said(value: str | None, known: str) -> str:
    return known if value is None else value
