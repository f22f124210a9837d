"""The normal forms that things are found by: the same of what is stored and of what is asked for."""

from __future__ import annotations

import re
from typing import Literal

Identifier = Literal["number", "other_number", "purchase_order", "item"]
MatchedOn = Literal[
    "number",
    "other_number",
    "vat_id",
    "email",
    "contact",
    "phone",
    "name",
    "purchase_order",
    "item",
    "amount",
    "open_amount",
]
"""Why something was found. `other_number`: of another system, a bank, a payer, a carrier."""

LONGEST_NUMBER = 200
"""Letters; nobody asks for more."""
_MISREAD = str.maketrans("OIL", "011")
"""As in Crockford's base 32: letters that are read and typed as digits, and the other way round."""
_PHONE = re.compile(r"[+(]?[\d\s()/.-]{5,}")
_NATIONAL = 8
"""Digits at the end of a phone number that are the same with and without the country's prefix."""


def number_key(text: str) -> str:
    """A number, or a product's name, without case, dashes and spaces: `q-2eys5-qwnr5` is `Q2EYS5QWNR5`."""
    return "".join(filter(str.isalnum, text.upper())).translate(_MISREAD)[:LONGEST_NUMBER]


def sequence_key(number: str) -> str:
    """The last part of a number without its leading zeros: `NL-INV-2026-000012` is `12`; empty where it is no count."""
    last = re.split(r"[^0-9A-Za-z]", number.strip())[-1]
    return last.lstrip("0") if last.isascii() and last.isdigit() else ""


def words_key(text: str) -> str:
    """A person's name or e-mail address, whatever its case and spaces."""
    return " ".join(text.casefold().split())


def phone_keys(text: str) -> list[str]:
    """All digits of a phone number, and its last ones, which it has from abroad and at home; none where it is none."""
    if not _PHONE.fullmatch(text.strip()):
        return []
    digits = re.sub(r"\D", "", text.replace("(0)", "")).lstrip("0")
    return list(dict.fromkeys([digits, digits[-_NATIONAL:]])) if len(digits) > _NATIONAL else [digits]
