"""Names as people spell them: what they are compared by, and how one that is misspelled is still found.

A word with one letter too many, too few, wrong or swapped still has its first or its second half; one with two such
mistakes has its first, middle or last third. So a term is kept under those pieces of it, which any index can look up,
and what shares a piece is compared letter by letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from domain.crm.customer import LEGAL_FORMS

LONGEST_TERM = 120
"""Letters beyond that tell no two names apart."""
MOST_WORDS = 12

_JOINING = frozenset("and und et y e the der die das".split())
_OF_SEVERAL = frozenset(("spzoo", "spolsro"))
"""Legal forms of several words, written as one."""
_SPACED = re.compile(r"\b(?:sp z ?o ?o|spol s ?r ?o)\b")
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ħ": "h"}
)
_UMLAUTS = re.compile(r"(?<=[aou])e")
_INSIDE = re.compile(r"[.'’`´]")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name in the two forms that it is compared by as a whole, and in words. No spaces: they are easily misplaced."""

    full: str
    """All of its letters."""
    plain: str
    """Without the legal form."""
    words: tuple[str, ...]
    """Those that tell it apart, each once."""

    @property
    def wholes(self) -> frozenset[str]:
        """Both forms, where they differ."""
        return frozenset((self.full, self.plain)) - {""}


def spelling(name: str) -> Spelling:
    """Without case, accents, punctuation; `Müller & Söhne GmbH` is spelled as `MUELLER SOEHNE gmbh`."""
    text = _SPACED.sub(lambda form: form[0].replace(" ", ""), _without_accents(_INSIDE.sub("", name)))
    words = [_UMLAUTS.sub("", word) for word in _WORD.findall(text)]
    telling = [word for word in words if word not in LEGAL_FORMS | _JOINING | _OF_SEVERAL] or words
    full = "".join(word for word in words if word not in _JOINING) or "".join(words)
    distinct = tuple(dict.fromkeys(word[:LONGEST_TERM] for word in telling))[:MOST_WORDS]
    return Spelling(full[:LONGEST_TERM], "".join(telling)[:LONGEST_TERM], distinct)


def _without_accents(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def tolerance(word: str) -> int:
    """How many mistakes a word may have: none in a short one, which would be another word."""
    return 0 if len(word) < 4 else 1 if len(word) < 7 else 2


def pieces(term: str, mistakes: int) -> Iterator[str]:
    """What of a term survives so many mistakes: the keys that it is kept under."""
    for number, (start, end) in enumerate(_cuts(len(term), mistakes)):
        yield f"{mistakes} {len(term)} {number} {term[start:end]}"


def pieces_of_similar(term: str, mistakes: int) -> Iterator[str]:
    """The keys of whatever is within so many mistakes of this term."""
    for length in range(max(len(term) - mistakes, 1), len(term) + mistakes + 1):
        for number, (start, end) in enumerate(_cuts(length, mistakes)):
            # The first piece begins where it did, the last one ends where it did, one between is moved by the mistakes
            # before it: by fewer than all, or else the last one is whole.
            shifts = {0: [0], mistakes: [len(term) - length]}.get(number, range(1 - mistakes, mistakes))
            for shift in shifts:
                if start + shift >= 0 and end + shift <= len(term):
                    yield f"{mistakes} {length} {number} {term[start + shift : end + shift]}"


def _cuts(length: int, mistakes: int) -> list[tuple[int, int]]:
    """One piece more than there are mistakes, a letter between each: two swapped letters then spoil one piece only."""
    kept = max(length - mistakes, 0)
    cuts, start = [], 0
    for number in range(mistakes + 1):
        size = kept // (mistakes + 1) + (number < kept % (mistakes + 1))
        cuts.append((start, start + size))
        start += size + 1
    return cuts


def mistakes_between(one: str, other: str, most: int) -> int:
    """How many letters are too many, too few, wrong or swapped with their neighbour; more than `most` is `most` + 1."""
    one, other = _different(one, other)
    if abs(len(one) - len(other)) > most:
        return most + 1
    if not one or not other:
        return min(len(one) + len(other), most + 1)
    return _distance(one, other, most)


def _distance(one: str, other: str, most: int) -> int:
    """Row by row, within so many columns of the diagonal: further off are more mistakes than matter."""
    beyond = most + 1
    before: list[int] = []
    row = [min(column, beyond) for column in range(len(other) + 1)]
    for here in range(1, len(one) + 1):
        before, last, row = row, before, [min(here, beyond)] + [beyond] * len(other)
        letter = one[here - 1]
        for there in range(max(1, here - most), min(len(other), here + most) + 1):
            counterpart = other[there - 1]
            cost = min(before[there], row[there - 1], before[there - 1] - (letter == counterpart)) + 1
            if last and there > 1 and letter == other[there - 2] and one[here - 2] == counterpart:
                cost = min(cost, last[there - 2] + 1)
            row[there] = min(cost, beyond)
        if min(row) == beyond and min(before) == beyond:
            return beyond
    return row[-1]


def _different(one: str, other: str) -> tuple[str, str]:
    """What is left of both without their common beginning and end."""
    start, shorter = 0, min(len(one), len(other))
    while start < shorter and one[start] == other[start]:
        start += 1
    end, rest = 0, shorter - start
    while end < rest and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[start : len(one) - end], other[start : len(other) - end]
