"""Find anything by whatever somebody may quote of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from projections.shared import Reader
from projections.support.asked import Term, readings_of
from projections.support.keys import MatchedOn, number_key
from projections.support.naming import NamedCustomer, customers_meant, customers_named
from projections.support.records import STANDING, Standing, link_to, title_of
from projections.support.rows import Hit, Hits

Match = Literal["exact", "part", "similar"]

MOST = 500
"""Matches of one term that are looked at, the newest first."""
MOST_OF_CUSTOMERS = 2000
"""Records of all customers that a name means, the newest first."""
LEAST_OF_CUSTOMER = 50
"""Records of one of them that are looked at in any case."""
SHORTEST_PART = 3
RANKS: dict[str, int] = {
    "number": 0,
    "other_number": 0,
    "vat_id": 0,
    "name": 1,
    "email": 1,
    "contact": 1,
    "phone": 1,
    "purchase_order": 2,
    "item": 3,
    "amount": 4,
    "open_amount": 4,
}
"""Of what is matched exactly; then what is matched in part, and then what is similar."""
OF_PEOPLE = frozenset(("name", "contact", "email", "phone", "vat_id"))
"""What is sealed, and found elsewhere."""
PART, SIMILAR = 5, 6
ALMOST = 1.5
"""A name with fewer mistakes than that is as good as a part of one."""

EXACT = """
    select asked.term, found.ordinal, found.record_id, found.customer_id,
        case asked.matched_on when 'sequence' then 'number' else asked.matched_on end as matched_on,
        case asked.matched_on when 'sequence' then 'part' else 'exact' end as match
    from unnest(%(terms)s::int[], %(on)s::text[], %(keys)s::text[]) as asked (term, matched_on, key)
    cross join lateral (
        select r.ordinal, r.record_id, r.customer_id from (
            select ordinal from keys where keys.matched_on = asked.matched_on and keys.key = asked.key
            order by ordinal desc limit %(most)s
        ) as newest join records r using (ordinal)
    ) as found
    union all
    select asked.term, r.ordinal, r.record_id, r.customer_id, asked.matched_on, 'exact'
    from unnest(%(people_terms)s::int[], %(people_on)s::text[], %(people)s::uuid[])
        as asked (term, matched_on, customer_id)
    join records r on r.record_id = asked.customer_id
    union all
    select asked.term, found.ordinal, found.record_id, found.customer_id, found.matched_on, 'exact'
    from unnest(%(amount_terms)s::int[], %(amounts)s::numeric[], %(currencies)s::text[])
        as asked (term, amount, currency)
    cross join lateral (
        (select r.ordinal, r.record_id, r.customer_id, 'amount' as matched_on from records r
            where r.total_amount between asked.amount and asked.amount and coalesce(r.currency = asked.currency, true)
            order by r.total_amount, r.ordinal desc limit %(most)s)
        union all
        (select r.ordinal, r.record_id, r.customer_id, 'open_amount' from records r
            where r.open_amount between asked.amount and asked.amount and r.open_amount <> 0
            and r.open_amount <> r.total_amount and coalesce(r.currency = asked.currency, true)
            order by r.open_amount, r.ordinal desc limit %(most)s)
    ) as found"""
"""`between` one amount and the same: in the order of the index, which is not that of all records."""
EXACT_OF = """
    with mine as materialized (
        select r.* from unnest(%(customers)s::uuid[]) as asked (customer_id)
        cross join lateral (
            select ordinal, record_id, records.customer_id, currency, total_amount, open_amount from records
            where records.customer_id = asked.customer_id order by ordinal desc limit %(each)s
        ) as r
        order by r.ordinal desc limit %(most)s
    )
    select asked.term, r.ordinal, r.record_id, r.customer_id,
        case asked.matched_on when 'sequence' then 'number' else asked.matched_on end as matched_on,
        case asked.matched_on when 'sequence' then 'part' else 'exact' end as match
    from mine r cross join unnest(%(terms)s::int[], %(on)s::text[], %(keys)s::text[]) as asked (term, matched_on, key)
    cross join lateral (
        select from keys k
        where k.matched_on = asked.matched_on and k.key = asked.key and k.ordinal = r.ordinal limit 1
    ) as borne
    union all
    select asked.term, r.ordinal, r.record_id, r.customer_id, asked.matched_on, 'exact'
    from unnest(%(people_terms)s::int[], %(people_on)s::text[], %(people)s::uuid[])
        as asked (term, matched_on, customer_id)
    join records r on r.record_id = asked.customer_id
    where asked.customer_id = any(%(customers)s)
    union all
    select asked.term, r.ordinal, r.record_id, r.customer_id,
        case when r.total_amount = asked.amount then 'amount' else 'open_amount' end, 'exact'
    from mine r cross join unnest(%(amount_terms)s::int[], %(amounts)s::numeric[], %(currencies)s::text[])
        as asked (term, amount, currency)
    where (r.total_amount = asked.amount or r.open_amount = asked.amount and r.open_amount <> 0)
    and coalesce(r.currency = asked.currency, true)"""
"""From the newest records of the customers to their keys: a fact that very many records bear is no longer way."""
PARTS = """
    select 0 as term, r.ordinal, r.record_id, r.customer_id, found.matched_on, 'part' as match
    from unnest(array['number', 'other_number', 'purchase_order', 'item']) as asked (matched_on)
    cross join lateral (
        (select k.matched_on, k.ordinal from keys k
            where k.matched_on = asked.matched_on and k.key > %(key)s and k.key < %(key)s || chr(1114111)
            order by k.key desc, k.ordinal desc limit %(limit)s)
        union all
        (select k.matched_on, k.ordinal from keys k
            where asked.matched_on = 'number' and k.matched_on = 'number' and reverse(k.key) collate "C" > %(reversed)s
            and reverse(k.key) collate "C" < %(reversed)s || chr(1114111)
            order by reverse(k.key) collate "C" desc, k.ordinal desc limit %(limit)s)
    ) as found
    join records r using (ordinal)"""
RECORDS = f"""
    select asked.id as asked_id, {STANDING}, r.record_id, r.number, r.name, survivor.customer_id,
        coalesce(survivor.name, '') as customer_name, r.currency, r.total_amount, r.open_amount, r.document_date
    from unnest(%(ids)s::uuid[]) as asked (id) join records own on own.record_id = asked.id
    left join customers on customers.customer_id = own.customer_id
    left join customers survivor on survivor.customer_id = customers.survivor_id
    join records r on r.record_id = case own.kind when 'customer' then survivor.customer_id else own.record_id end"""
"""A customer that was merged into another one is that one."""
SAME_CUSTOMERS = """select customer_id from customers where survivor_id in (
    select survivor_id from customers where customer_id = any(%(ids)s))"""


@dataclass(frozen=True, slots=True)
class _Found:
    term: int
    ordinal: int
    record_id: UUID
    customer_id: UUID | None
    matched_on: MatchedOn
    match: Match

    @property
    def rank(self) -> tuple[int, float, int]:
        place = {"exact": RANKS[self.matched_on], "part": PART, "similar": SIMILAR}[self.match]
        return place, 0.0, -self.ordinal


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A record that is a hit, and how good a one."""

    rank: tuple[int, float, int]
    record_id: UUID
    matched_on: MatchedOn
    match: Match


@dataclass(frozen=True, slots=True)
class _Record(Standing):
    asked_id: UUID
    record_id: UUID
    number: str
    name: str | None
    customer_id: UUID | None
    customer_name: str
    currency: str | None
    total_amount: Decimal | None
    open_amount: Decimal | None
    document_date: date


PeopleFound = Callable[[Sequence[tuple[str, str]]], Awaitable[Sequence[tuple[str, str, UUID]]]]
"""Who is found by a kind (`contact`, `name`, …) and its normal form: the read model itself knows nobody."""


async def find(reader: Reader, people: PeopleFound, text: str, limit: int) -> Hits:
    """What the text may mean, the likeliest first: the text as a whole, then what bears all of its terms."""
    readings = readings_of(text)
    candidates = [_as_found(found) for found in await _exact(reader, people, [Term(text)], None)]
    named = await customers_named(reader, text, limit, loosely=not any(term.is_fact for term in readings[0]))
    candidates += map(_as_named, named)
    for terms in readings:
        if len(terms) > 1:
            candidates += await _narrowed(reader, people, terms)
    if not candidates and len(readings) > 1:
        candidates += await _bearing_facts(reader, people, [term for term in readings[-1] if term.is_fact], None)
    exact = sum(candidate.match == "exact" for candidate in candidates)
    if len(number_key(text)) >= SHORTEST_PART and exact < limit:
        candidates += [_as_found(found) for found in await _parts(reader, number_key(text), limit)]
    return Hits(await _hits(reader, candidates, limit))


async def _exact(
    reader: Reader, people: PeopleFound, terms: Sequence[Term], customers: list[UUID] | None
) -> list[_Found]:
    """What bears one of the terms, of these customers or of any."""
    asked = await _asked(people, terms)
    found = await reader.rows(_Found, EXACT, **asked, most=MOST)
    if customers is None:
        return found
    each, these = max(MOST_OF_CUSTOMERS // len(customers), LEAST_OF_CUSTOMER), set(customers)
    newest = await reader.rows(_Found, EXACT_OF, **asked, customers=customers, each=each, most=MOST_OF_CUSTOMERS)
    return newest + [one for one in found if one.customer_id in these]


async def _asked(people: PeopleFound, terms: Sequence[Term]) -> dict[str, list[Any]]:
    """The columns of what is asked: normal forms, customers whose people bear one, and amounts, each with its term."""
    forms = [(number, *form) for number, term in enumerate(terms) for form in term.normal_forms()]
    keys = [each for each in forms if each[1] not in OF_PEOPLE or each[1] == "name"]
    of_people = [(number, (matched_on, form)) for number, matched_on, form in forms if matched_on in OF_PEOPLE]
    whose = [
        (number, matched_on, subject)
        for matched_on, form, subject in await people([form for _, form in of_people])
        for number, asked in of_people
        if asked == (matched_on, form)
    ]
    # Of a buyer who is not registered: every document that names them has the subject in the place of the name.
    keys += [(number, matched_on, str(subject)) for number, matched_on, subject in whose if matched_on == "name"]
    amounts = [
        (number, amount, currency)
        for number, term in enumerate(terms)
        for found, currency in [term.amounts()]
        for amount in found
    ]
    columns: dict[tuple[str, ...], Sequence[tuple[Any, ...]]] = {
        ("terms", "on", "keys"): keys,
        ("people_terms", "people_on", "people"): whose,
        ("amount_terms", "amounts", "currencies"): amounts,
    }
    return {name: [row[place] for row in rows] for names, rows in columns.items() for place, name in enumerate(names)}


async def _parts(reader: Reader, key: str, limit: int) -> list[_Found]:
    """What bears a number that begins with this, or ends with it."""
    return await reader.rows(_Found, PARTS, key=key, reversed=key[::-1], limit=limit)


async def _narrowed(reader: Reader, people: PeopleFound, terms: Sequence[Term]) -> list[_Candidate]:
    """What bears every fact among the terms, of customers that the other terms name; if they name none, every term, or
    all of those as one: a product may have a name of several words."""
    facts = [term for term in terms if term.is_fact]
    words = " ".join(term.text for term in terms if not term.is_fact)
    if not facts:
        return []
    customers: list[UUID] | None = None
    if words:
        customers = await customers_meant(reader, words, MOST)
        named = await _exact(reader, people, [Term(words)], None)
        customers += [found.customer_id for found in named if found.matched_on == "contact" and found.customer_id]
        customers = await reader.rows(UUID, SAME_CUSTOMERS, ids=customers) or None
    every = [facts] if customers or not words else [list(terms), [*facts, Term(words)]]
    return [found for meant in every for found in await _bearing_facts(reader, people, meant, customers)]


async def _bearing_facts(
    reader: Reader, people: PeopleFound, facts: Sequence[Term], customers: list[UUID] | None
) -> list[_Candidate]:
    found = await _exact(reader, people, facts, customers)
    return [_as_found(one) for one in _bearing_all(found, len(facts))]


def _bearing_all(found: Sequence[_Found], facts: int) -> Iterable[_Found]:
    """Records that bear every fact, themselves or by their customer; the customer where nothing of it bears more."""
    borne: dict[UUID, set[int]] = {}
    for one in found:
        borne.setdefault(one.record_id, set()).add(one.term)
    by_customer: set[int] = set()
    return (
        one
        for one in found
        if len(borne[one.record_id] | (borne.get(one.customer_id, by_customer) if one.customer_id else set())) == facts
    )


def _as_found(found: _Found) -> _Candidate:
    return _Candidate(found.rank, found.record_id, found.matched_on, found.match)


def _as_named(named: NamedCustomer) -> _Candidate:
    place = {"exact": RANKS["name"], "part": PART, "similar": PART if named.cost < ALMOST else SIMILAR}[named.match]
    return _Candidate((place, named.cost, -named.ordinal), named.customer_id, "name", named.match)


async def _hits(reader: Reader, candidates: Iterable[_Candidate], limit: int) -> list[Hit]:
    best: dict[UUID, _Candidate] = {}
    for candidate in sorted(candidates, key=lambda one: one.rank):
        best.setdefault(candidate.record_id, candidate)
    hits: dict[UUID, Hit] = {}
    likeliest = list(best.values())
    while likeliest and len(hits) < limit:
        some, likeliest = likeliest[: 2 * limit], likeliest[2 * limit :]
        records = await reader.rows(_Record, RECORDS, ids=[candidate.record_id for candidate in some])
        by_id = {record.asked_id: record for record in records}
        for candidate in some:
            if record := by_id.get(candidate.record_id):
                hits.setdefault(record.record_id, _hit(record, candidate))
    return list(hits.values())[:limit]


def _hit(record: _Record, candidate: _Candidate) -> Hit:
    return Hit(
        kind=record.kind,
        id=record.record_id,
        number=record.number,
        title=title_of(record.kind, record.customer_name, record.name),
        customer_id=record.customer_id,
        customer_name=record.customer_name,
        state=record.state,
        amount=record.total_amount,
        open_amount=record.open_amount,
        currency=record.currency,
        document_date=record.document_date,
        matched_on=candidate.matched_on,
        match=candidate.match,
        available_actions=record.actions(),
        link=link_to(record.kind, record.record_id),
    )
