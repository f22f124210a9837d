"""What somebody who types into the one box may mean by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from domain.shared.money import CURRENCIES
from projections.support.keys import number_key, phone_keys, sequence_key, words_key

MOST_TERMS = 8
_SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
_AMOUNT = r"\d{1,3}(?:[.,'’\u00a0 ]\d{3})+(?:[.,]\d{1,4})?|\d{1,15}(?:[.,]\d{1,4})?"
_UNIT = r"[A-Za-z]{3}|[€$£¥]"
_ONE_AMOUNT = re.compile(rf"(?P<before>{_UNIT})?\s*(?P<amount>{_AMOUNT})\s*(?P<after>{_UNIT})?")
_NUMBERS = ("number", "other_number", "vat_id", "purchase_order", "item")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for: whatever it says is what one hit must bear."""

    text: str

    @property
    def is_fact(self) -> bool:
        """It has a digit or an @: no word of a name."""
        return any(letter.isdigit() or letter == "@" for letter in self.text)

    def normal_forms(self) -> Iterator[tuple[str, str]]:
        """What it may be of, and in which normal form."""
        number = number_key(self.text)
        if number:
            yield from ((kind, number) for kind in _NUMBERS)
        if self.text.isascii() and self.text.isdigit() and (sequence := sequence_key(self.text)):
            yield "sequence", sequence
        words = words_key(self.text)
        yield from ((kind, words) for kind in (("email",) if "@" in words else ("contact", "name")))
        yield from (("phone", phone) for phone in phone_keys(self.text))

    def amounts(self) -> tuple[list[Decimal], str | None]:
        """The amounts that it may be, and their currency where it is said."""
        found = _ONE_AMOUNT.fullmatch(self.text.strip())
        if found is None:
            return [], None
        units = [_currency(found[side]) for side in ("before", "after") if found[side]]
        if None in units:
            return [], None
        return _amounts(found["amount"]), units[0] if units else None


def _currency(text: str) -> str | None:
    code = _SYMBOLS.get(text, text.upper())
    return code if code in CURRENCIES else None


def _amounts(text: str) -> list[Decimal]:
    """`1.234` may be a thousand and more, or one and a part; `1.234,50` and `1,234.50` are clear."""
    digits = re.sub(r"['’\u00a0 ]", "", text)
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return [Decimal(digits)]
    mark, whole, part = digits[last], digits[:last], digits[last + 1 :]
    grouped = re.sub(r"[.,]", "", digits)
    if mark in whole:
        return [Decimal(grouped)]
    decimal = Decimal(f"{re.sub(r'[.,]', '', whole)}.{part}")
    ambiguous = len(part) == 3 and not re.search(r"[.,]", whole) and 1 <= len(whole) <= 3
    return [decimal, Decimal(grouped)] if ambiguous else [decimal]


def readings_of(text: str) -> list[list[Term]]:
    """The terms of a text; then once more without currencies that are not in capitals: `all 100` is hardly lek."""
    terms = terms_of(text)
    plain = terms_of(text, capitals=True)
    return [terms] if plain == terms else [terms, plain]


def terms_of(text: str, *, capitals: bool = False) -> list[Term]:
    """The terms of a text, an amount and its currency together; where `capitals`, only a currency in capitals."""
    terms: list[str] = []
    for word in text.split():
        together = f"{terms[-1]} {word}" if terms else ""
        unsure = capitals and together != together.upper()
        if Term(together).amounts()[0] and not unsure and not _is_amount(terms[-1], word):
            terms[-1] = together
        else:
            terms.append(word)
    return [Term(term) for term in terms[:MOST_TERMS]]


def _is_amount(one: str, other: str) -> bool:
    """Both are amounts by themselves, as `12 345` are: those are two."""
    return bool(Term(one).amounts()[0] and Term(other).amounts()[0])
