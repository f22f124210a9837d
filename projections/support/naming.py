"""Customers by their names, whole or in part, and misspelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
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

MOST_WORDS = 8
"""Of a name that is asked for; of more, the longest, which tell most."""
MOST_BEARERS = 1200
"""Names that are looked at for several words: those with the fewest words first, then the newest."""
MOST_NAMES = 300
"""Names that are judged, the likeliest first."""
MOST_COMPARED = 300
"""Names that are compared letter by letter with what was typed, the likeliest first."""
MOST_OF_PIECE = 400
"""Terms that share one piece with a word."""
MOST_SIMILAR = 200
"""Spellings of one word that are looked for, the nearest first."""
SHORTEST_WORD = 3
UNASKED_WORD = 0.5
"""What a word of the name that was not asked for costs, in mistakes."""
MOST_MISTAKES = 6
"""In a whole name; beyond that, one is as far as another."""
MISSING_WORD = 4
"""What a word that was asked for costs where the name lacks it."""

SIMILAR_TERMS = """select distinct asked.like_term, found.term
    from unnest(%(like_terms)s::text[], %(pieces)s::text[]) as asked (like_term, piece)
    cross join lateral (
        select term from pieces where pieces.piece = asked.piece order by term limit %(most)s
    ) as found"""
BEGINNINGS = """
    with recursive begun as (
        (select term, 1 as place from terms where term > %(word)s and term < %(word)s || chr(1114111)
            order by term limit 1)
        union all
        select following.term, place + 1 from begun cross join lateral (
            select term from terms where terms.term > begun.term and terms.term < %(word)s || chr(1114111)
            order by term limit 1
        ) as following
        where place < %(most)s
    )
    select term from begun"""
"""From one to the next: a term that very many bear is read once."""
BEARERS = """
    with asked as (
        select * from unnest(%(terms)s::text[], %(words)s::int[], %(mistakes)s::int[]) as asked (term, word, mistakes)
    ), rarest as (
        select word from (select distinct word from asked) as every cross join lateral (
            select count(*) from (
                select from asked join terms using (term)
                where asked.word = every.word and word_count >= %(least)s limit %(most)s
            ) as bearing
        ) as bearers
        order by count, word limit %(enough)s
    ), bearers as (
        select distinct customer_id from rarest cross join lateral (
            select customer_id from asked cross join lateral (
                select customer_id, word_count, ordinal from terms
                where terms.term = asked.term and word_count >= %(least)s
                order by word_count, ordinal desc limit %(most)s
            ) as bearing
            where asked.word = rarest.word
            order by mistakes + word_count * %(unasked)s, ordinal desc limit %(most)s
        ) as few
    ), borne as (
        select customer_id, name, min(mistakes) as mistakes, min(cardinality(words)) as word_count
        from bearers join names using (customer_id)
        cross join lateral unnest(words || array[full_spelling, plain_spelling]) as has (term) join asked using (term)
        group by customer_id, name, word
    )
    select names.customer_id, ordinal, names.name, full_spelling, plain_spelling, words from (
        select customer_id, name, sum(mistakes - %(missing)s) + min(word_count) * %(unasked)s as cost
        from borne group by customer_id, name having count(*) >= %(least)s
    ) as nearest join names using (customer_id, name) join records on record_id = names.customer_id
    order by cost, ordinal desc limit %(names)s"""
"""Whoever bears so many of the words bears one of the rarest; who bears that one is few."""


@dataclass(frozen=True, slots=True)
class NamedCustomer:
    """A customer, and how far its name is from what was asked for."""

    customer_id: UUID
    ordinal: int
    match: Literal["exact", "part", "similar"]
    cost: float
    """In mistakes."""


@dataclass(frozen=True, slots=True)
class _Similar:
    like_term: str
    term: str


@dataclass(frozen=True, slots=True)
class _Name:
    customer_id: UUID
    ordinal: int
    name: str
    full_spelling: str
    plain_spelling: str
    words: list[str]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A name that is asked for, with the terms that its whole and its words may be meant for."""

    spelled: Spelling
    words: tuple[str, ...]
    terms: Mapping[str, Mapping[str, int]]
    """Mistakes in each term, by what was typed."""


@dataclass(frozen=True, slots=True)
class _Judged:
    name: _Name
    match: Literal["exact", "part", "similar"]
    cost: float


async def customers_named(reader: Reader, text: str, limit: int, *, loosely: bool = True) -> list[NamedCustomer]:
    """Customers whose name is this, has these words, or would be either but for few mistakes; the nearest first.

    Where there are none, `loosely` takes those that have most of the words.
    """
    spelled = spelling(text)
    nearest = [_compared(spelled, one) for one in (await _judged(reader, spelled, loosely))[:MOST_COMPARED]]
    best: dict[UUID, NamedCustomer] = {}
    for named in sorted(nearest, key=lambda one: (one.cost, -one.ordinal)):
        best.setdefault(named.customer_id, named)
    return list(best.values())[:limit]


async def customers_meant(reader: Reader, text: str, limit: int) -> list[UUID]:
    """The same, in less detail and of more customers."""
    judged = await _judged(reader, spelling(text), loosely=False)
    return list(dict.fromkeys(one.name.customer_id for one in judged))[:limit]


async def _judged(reader: Reader, spelled: Spelling, loosely: bool) -> list[_Judged]:
    if len(spelled.full) < 2:
        return []
    words = tuple(sorted(spelled.words, key=len, reverse=True)[:MOST_WORDS])
    asked = _Asked(spelled, words, await _terms_like(reader, spelled, words))
    borne = [asked.terms[word] for word in words]
    names = await _bearing(reader, borne, len(borne))
    for whole in sorted(spelled.wholes.difference(words)):
        names += await _bearing(reader, [asked.terms[whole]], 1)
    if loosely and not names and len(borne) > 1:
        names = await _bearing(reader, borne, (len(borne) + 1) // 2)
    return sorted((_judge(asked, name) for name in names), key=lambda one: (one.cost, -one.name.ordinal))


async def _terms_like(reader: Reader, asked: Spelling, words: Sequence[str]) -> dict[str, dict[str, int]]:
    """For the whole and each word, the terms that it may be meant for, with the number of mistakes between."""
    keys = {whole: set(pieces_of_similar(whole, 1)) for whole in asked.wholes}
    for word in words:
        if len(word) >= SHORTEST_WORD:
            keys.setdefault(word, set()).update(key for most in (1, 2) for key in pieces_of_similar(word, most))
    pairs = [(term, piece) for term, of in keys.items() for piece in sorted(of)]
    like_terms, pieces = [term for term, _ in pairs], [piece for _, piece in pairs]
    known = await reader.rows(_Similar, SIMILAR_TERMS, like_terms=like_terms, pieces=pieces, most=MOST_OF_PIECE)
    similar: dict[str, list[str]] = {term: [] for term in keys}
    for one in known:
        similar[one.like_term].append(one.term)
    terms = {term: _nearest(term, others) for term, others in similar.items()}
    last = asked.words[-1] if asked.words else ""
    if last in words and len(last) >= SHORTEST_WORD:
        begun = await reader.rows(str, BEGINNINGS, word=last, most=MOST_SIMILAR)
        terms[last] = dict.fromkeys(begun, 0) | terms[last]
    return {word: {word: 0} for word in words} | terms


def _nearest(term: str, others: Iterable[str]) -> dict[str, int]:
    """Those that may be meant by the term, and itself, with the number of mistakes between."""
    near = {term: 0}
    for other in set(others):
        most = tolerance(max(term, other, key=len))
        mistakes = mistakes_between(term, other, most)
        if mistakes <= most:
            near[other] = mistakes
    return dict(sorted(near.items(), key=lambda one: (one[1], one[0]))[:MOST_SIMILAR])


async def _bearing(reader: Reader, words: Sequence[Mapping[str, int]], least: int) -> list[_Name]:
    """Names that bear one term of at least so many of the words."""
    asked = [(term, number, mistakes) for number, of in enumerate(words) for term, mistakes in of.items()]
    enough = len(words) - least + 1
    return await reader.rows(
        _Name,
        BEARERS,
        terms=[term for term, _, _ in asked],
        words=[number for _, number, _ in asked],
        mistakes=[mistakes for _, _, mistakes in asked],
        least=least,
        enough=enough,
        missing=MISSING_WORD,
        unasked=Decimal(UNASKED_WORD),
        most=MOST_NAMES if len(words) == 1 else MOST_BEARERS // enough,
        names=MOST_NAMES,
    )


def _judge(asked: _Asked, name: _Name) -> _Judged:
    """How near the name is, word by word, or as a whole where that shares a piece with what was typed."""
    costs = [_cost(asked.terms[word], name.words) for word in asked.words]
    by_word = sum(costs) + UNASKED_WORD * max(len(name.words) - len(asked.words), 0)
    wholes = ((asked.spelled.full, name.full_spelling), (asked.spelled.plain, name.plain_spelling))
    whole = min(asked.terms[typed].get(spelled, MOST_MISTAKES) for typed, spelled in wholes)
    match: Literal["part", "similar"] = "similar" if any(costs) else "part"
    named = asked.spelled.full in (name.full_spelling, name.plain_spelling)
    return _Judged(name, "exact" if named else match, min(whole, by_word))


def _compared(asked: Spelling, judged: _Judged) -> NamedCustomer:
    """Letter by letter. Of two equally near, the nearer to what was typed comes first, legal form and all."""
    name = judged.name
    as_typed = mistakes_between(asked.full, name.full_spelling, MOST_MISTAKES)
    whole = min(as_typed, mistakes_between(asked.plain, name.plain_spelling, MOST_MISTAKES))
    return NamedCustomer(name.customer_id, name.ordinal, judged.match, min(whole, judged.cost) + as_typed / 1000)


def _cost(terms: Mapping[str, int], words: Iterable[str]) -> int:
    """Of the word of a name that is nearest to one asked for."""
    return min((terms[word] for word in words if word in terms), default=MISSING_WORD)
