"""A name is found in spite of a mistake: pieces of terms always meet, and the right customer is among the first."""

from __future__ import annotations

import asyncio
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.crm import matching_name
from domain.crm.customer import LEGAL_FORMS
from infrastructure.event_log import EventLog
from infrastructure.projecting import Readers, rebuild
from interfaces.benchmark.companies import company_names, mistyped
from interfaces.benchmark.finding import register_customers
from projections.support import Support, find
from projections.support.asked import Term, terms_of
from projections.support.spelling import mistakes_between, pieces, pieces_of_similar, spelling

TERMS = st.text("abc", min_size=4, max_size=14)


def distance(one: str, other: str) -> int:
    """The definition, letter by letter: too many, too few, wrong, swapped."""
    table = [[here + there for there in range(len(other) + 1)] for here in range(len(one) + 1)]
    for here in range(1, len(one) + 1):
        for there in range(1, len(other) + 1):
            wrong = one[here - 1] != other[there - 1]
            around = (table[here - 1][there] + 1, table[here][there - 1] + 1, table[here - 1][there - 1] + wrong)
            table[here][there] = min(around)
            if here > 1 and there > 1 and one[here - 2 : here] == other[there - 2 : there][::-1]:
                table[here][there] = min(table[here][there], table[here - 2][there - 2] + 1)
    return table[-1][-1]


@given(TERMS, TERMS, st.integers(0, 4))
def test_mistakes_are_counted_up_to_what_matters(one: str, other: str, most: int) -> None:
    assert mistakes_between(one, other, most) == min(distance(one, other), most + 1)


@given(TERMS, TERMS, st.integers(1, 2))
def test_terms_within_so_many_mistakes_share_a_piece(one: str, other: str, mistakes: int) -> None:
    if distance(one, other) <= mistakes:
        assert set(pieces(one, mistakes)) & set(pieces_of_similar(other, mistakes))


@given(TERMS, st.randoms(use_true_random=False), st.integers(1, 2))
def test_a_mistyped_term_shares_a_piece(term: str, random: Random, mistakes: int) -> None:
    typed = term
    for _ in range(mistakes):
        typed = mistyped(typed, random)
    if distance(term, typed) <= mistakes:
        assert set(pieces(term, mistakes)) & set(pieces_of_similar(typed, mistakes))


@pytest.mark.parametrize("form", sorted(LEGAL_FORMS))
def test_a_legal_form_tells_nobody_apart_whoever_compares(form: str) -> None:
    assert spelling(f"Silva {form}").plain == spelling("Silva").plain
    assert matching_name(f"Silva {form}") == matching_name("Silva")


@pytest.mark.parametrize("form", ["Ltda.", "OG", "S.A.C.", "L.P.", "Sdn. Bhd.", "Pty Ltd", "GmbH & Co. KG", "A.p.S."])
def test_so_do_forms_as_they_are_written(form: str) -> None:
    assert spelling(f"Silva {form}").plain == spelling("Silva").plain
    assert matching_name(f"Silva {form}") == matching_name("Silva")


@pytest.mark.parametrize("form", ["Sp. z o.o.", "sp. z o. o.", "spol. s r.o.", "Spol. s r. o."])
def test_a_form_of_several_words_is_one(form: str) -> None:
    assert spelling(f"Silva {form}").words == ("silva",)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_understood_as_something(text: str) -> None:
    for term in [Term(text), *terms_of(text)]:
        assert all(kind for kind, _ in term.normal_forms())
        assert all(amount.is_finite() for amount in term.amounts()[0])


async def _nobody(_: object) -> list[tuple[str, str, UUID]]:
    return []


def test_mistyped_names_are_among_the_first_three(database_url: str) -> None:
    names, random = company_names(1_500), Random(7)
    asked = [(name, mistyped(name, random)) for name in random.sample(names, 200)]

    async def missed() -> list[tuple[str, str]]:
        async with EventLog(database_url) as log:
            await register_customers(log, names)
            await rebuild(Support, log, database_url)
        readers = Readers(database_url)
        try:
            reader = await readers.reader_for(Support.NAME)
            found = [(await find(reader, _nobody, typed, 3)).items for _, typed in asked]
        finally:
            await readers.aclose()
        return [
            (name, typed)
            for (name, typed), hits in zip(asked, found, strict=True)
            if name not in [hit.customer_name for hit in hits]
        ]

    assert asyncio.run(missed()) == []
