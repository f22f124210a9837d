"""Who trades: the buyer's and seller's data as documents need them (BG-4, BG-7), and how they are reached."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.shared.aggregate import fields_of
from domain.shared.personal import KeyClass, Legal, PersonalData, is_sealed
from domain.shared.refusal import Invalid

E_MAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
VAT_NUMBER = PersonalData(KeyClass.LEGAL, "vat_id")
"""Of a customer: a sole trader's tells of a person."""
VatNumber = Annotated[str, VAT_NUMBER]
CarriedVatNumber = Annotated[str, PersonalData(KeyClass.LEGAL, "vat_id", carried=True)]
VatNumberCheck = Callable[[str], str | None]
"""Gives a VAT number in its normal form, or None where it cannot be one."""


class InvalidVatNumber(Invalid):
    """This is not a valid VAT number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address (BG-5, BG-8)."""

    country_code: str
    """ISO 3166-1 alpha-2 (BT-40, BT-55)."""
    street: str = ""
    city: str = ""
    post_code: str = ""
    subdivision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeAddress(Address):
    """A person's: everything but the country, which decides on taxes, tells of them."""

    street: Legal = ""
    city: Legal = ""
    post_code: Legal = ""
    subdivision: Legal = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person at a party (BG-6, BG-9)."""

    name: Annotated[str, PersonalData(KeyClass.PROFILE, "contact")]
    email: Annotated[str, PersonalData(KeyClass.PROFILE, "email")] = ""
    phone: Annotated[str, PersonalData(KeyClass.PROFILE, "phone")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A party as a document freezes it."""

    name: str
    """BT-27, BT-44: the legal name."""
    address: Address
    vat_id: str | None = None
    """BT-31, BT-48."""

    @property
    def country_code(self) -> str:
        """Where it is established."""
        return self.address.country_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer(Party):
    """The buyer as a document freezes it: a customer, or a person whom a one-time customer stands for."""

    vat_id: CarriedVatNumber | None = None
    vat_country: str | None = None
    """Which country has given the number; None where there is none, or nobody knows any more."""
    subject_id: UUID | None = None
    """The invoice that first named the person, whose keys seal name, address and number; None of a customer."""

    @classmethod
    def person(
        cls, name: str, address: HomeAddress, vat_id: str | None, vat_country: str | None, subject_id: UUID
    ) -> Buyer:
        """Somebody who is not registered. All that tells of them is sealed by now."""
        lines = fields_of(address)
        told = (name, vat_id, *(text for line, text in lines.items() if line != "country_code"))
        if not all(is_sealed(text) for text in told if text):
            raise AssertionError("a buyer is in plain")
        return cls(name=name, address=Address(**lines), vat_id=vat_id, vat_country=vat_country, subject_id=subject_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Seller and buyer as a deal freezes them, from the quote to the last invoice."""

    seller_id: UUID
    seller: Party
    time_zone: str
    """Of the seller: its calendar decides what day it is."""
    sold_to_id: UUID
    bill_to_id: UUID
    ship_to_id: UUID
    ship_to_country: str
    """Where goods go: it decides how they are taxed."""
    buyer: Buyer
    region: str
    segment: str

    def today(self, at: datetime) -> date:
        """Which day it is for the seller."""
        return local_date(at, self.time_zone)


def check_contact(contact: Contact, pointer: str) -> None:
    """Refuse a person without a name, and what nobody can be reached by. In plain: sealed, it tells nothing."""
    if not contact.name:
        raise Invalid("A contact has a name.", pointer=f"{pointer}/name")
    if contact.email and not E_MAIL.fullmatch(contact.email):
        raise Invalid("An e-mail address is such as ida@example.com.", pointer=f"{pointer}/email")
    if contact.phone and not any(letter.isdigit() for letter in contact.phone):
        raise Invalid("A phone number has digits.", pointer=f"{pointer}/phone")


def check_vat_id(vat_id: str | None, check: VatNumberCheck, pointer: str = "/vat_id") -> str | None:
    """The number in its normal form. Refuses one that cannot be a VAT number."""
    if vat_id is None:
        return None
    normal = check(vat_id)
    if normal is None:
        raise InvalidVatNumber("The number fails the check of its country.", pointer=pointer)
    return normal


def check_time_zone(name: str) -> None:
    """Refuse what the IANA database does not know."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid("A time zone is an IANA name such as Europe/Berlin.", pointer="/time_zone") from None


def local_date(at: datetime, time_zone: str) -> date:
    """Which day it is there."""
    return at.astimezone(ZoneInfo(time_zone)).date()
