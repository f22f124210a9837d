"""Customers by their names, whole or in part, and misspelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from projections.shared import Reader
from projections.support.spelling import (
    Spelling,
    mistakes_between,
    pieces_of_similar,
    spelling,
    tolerance,
)

MOST_CANDIDATES = 400
MOST_SIMILAR = 200
"""Spellings of one word that are looked for, the nearest first."""
SHORTEST_WORD = 3
UNASKED_WORD = 0.5
"""What a word of the name that was not asked for costs, in mistakes."""
MOST_MISTAKES = 6
"""In a whole name; beyond that, one is as far as another."""
MISSING_WORD = 4
"""What a word that was asked for costs where the name lacks it."""

SIMILAR_TERMS = "select piece, term from pieces where piece = any(%(pieces)s::text[])"
BEGINNINGS = """select distinct term from terms where term > %(word)s and term < %(word)s || chr(1114111)
    order by term limit %(most)s"""
BEARING_ALL = """select customer_id from unnest(%(terms)s::text[], %(words)s::int[]) as asked (term, word)
    join terms using (term) group by customer_id having count(distinct word) >= %(least)s
    order by count(distinct word) desc limit %(most)s"""
NAMES = """select names.customer_id, ordinal, names.name, full_spelling, plain_spelling, words
    from names join records on record_id = names.customer_id where names.customer_id = any(%(customers)s)"""


@dataclass(frozen=True, slots=True)
class NamedCustomer:
    """A customer, and how far its name is from what was asked for."""

    customer_id: UUID
    ordinal: int
    match: Literal["exact", "part", "similar"]
    cost: float
    """In mistakes."""


@dataclass(frozen=True, slots=True)
class _Piece:
    piece: str
    term: str


@dataclass(frozen=True, slots=True)
class _Name:
    customer_id: UUID
    ordinal: int
    name: str
    full_spelling: str
    plain_spelling: str
    words: list[str]


async def customers_named(reader: Reader, text: str, limit: int, *, loosely: bool = True) -> list[NamedCustomer]:
    """Customers whose name is this, has these words, or would be either but for few mistakes; the nearest first.

    Where there are none, `loosely` takes those that have most of the words.
    """
    asked = spelling(text)
    if len(asked.full) < 2:
        return []
    terms = await _terms_like(reader, asked)
    wholes = [term for whole in asked.wholes for term in terms[whole]]
    words = [list(terms[word]) for word in asked.words]
    customers = await _bearing(reader, [wholes], 1)
    customers += await _bearing(reader, words, len(words))
    if loosely and not customers and len(words) > 1:
        customers = await _bearing(reader, words, (len(words) + 1) // 2)
    names = await reader.rows(_Name, NAMES, customers=list(set(customers)))
    best: dict[UUID, NamedCustomer] = {}
    for named in sorted((_judged(asked, name, terms) for name in names), key=lambda one: (one.cost, -one.ordinal)):
        best.setdefault(named.customer_id, named)
    return list(best.values())[:limit]


async def _terms_like(reader: Reader, asked: Spelling) -> dict[str, dict[str, int]]:
    """For the whole and each word, the terms that it may be meant for, with the number of mistakes between."""
    keys = {whole: set(pieces_of_similar(whole, 1)) for whole in asked.wholes}
    for word in asked.words:
        if len(word) >= SHORTEST_WORD:
            keys.setdefault(word, set()).update(key for most in (1, 2) for key in pieces_of_similar(word, most))
    known = await reader.rows(_Piece, SIMILAR_TERMS, pieces=sorted(set().union(*keys.values())))
    bearing: dict[str, list[str]] = {}
    for piece in known:
        bearing.setdefault(piece.piece, []).append(piece.term)
    terms = {term: _nearest(term, (other for key in of for other in bearing.get(key, ()))) for term, of in keys.items()}
    last = asked.words[-1] if asked.words else ""
    if len(last) >= SHORTEST_WORD:
        begun = await reader.rows(str, BEGINNINGS, word=last, most=MOST_SIMILAR)
        terms[last] = dict.fromkeys(begun, 0) | terms[last]
    return {word: {word: 0} for word in asked.words} | terms


def _nearest(term: str, others: Iterable[str]) -> dict[str, int]:
    """Those that may be meant by the term, and itself, with the number of mistakes between."""
    near = {term: 0}
    for other in set(others):
        most = tolerance(max(term, other, key=len))
        mistakes = mistakes_between(term, other, most)
        if mistakes <= most:
            near[other] = mistakes
    return dict(sorted(near.items(), key=lambda one: (one[1], one[0]))[:MOST_SIMILAR])


async def _bearing(reader: Reader, words: Sequence[Iterable[str]], least: int) -> list[UUID]:
    """Customers that bear one term of at least so many of the words."""
    asked = [(term, number) for number, terms in enumerate(words) for term in terms]
    return await reader.rows(
        UUID,
        BEARING_ALL,
        terms=[term for term, _ in asked],
        words=[number for _, number in asked],
        least=least,
        most=MOST_CANDIDATES,
    )


def _judged(asked: Spelling, name: _Name, terms: Mapping[str, Mapping[str, int]]) -> NamedCustomer:
    """How near the name is, as a whole or word by word. Of two equally near, the nearer to what was typed comes first,
    legal form and all."""
    as_typed = mistakes_between(asked.full, name.full_spelling, MOST_MISTAKES)
    whole = min(mistakes_between(asked.plain, name.plain_spelling, MOST_MISTAKES), as_typed)
    costs = [_cost(terms[word], name.words) for word in asked.words]
    unasked = UNASKED_WORD * max(len(name.words) - len(asked.words), 0)
    match: Literal["exact", "part", "similar"] = "similar" if any(costs) else "part"
    cost = min(whole, sum(costs) + unasked) + as_typed / 1000
    return NamedCustomer(name.customer_id, name.ordinal, "exact" if whole == 0 else match, cost)


def _cost(terms: Mapping[str, int], words: Iterable[str]) -> int:
    """Of the word of a name that is nearest to one asked for."""
    return min((terms[word] for word in words if word in terms), default=MISSING_WORD)
