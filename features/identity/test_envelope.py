"""What accompanies a command: who stands behind it, and which thing it creates."""

from __future__ import annotations

from datetime import UTC, datetime
from time import time_ns
from typing import Any
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.unit_of_work import Envelope
from domain.contracting import Contract
from domain.ordering import Order
from infrastructure.idempotency import fresh_key

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def envelope(actor: str = "ann", key: str = "k", **more: Any) -> Envelope:
    return Envelope(key=key, actor=actor, at=AT, **more)


@pytest.mark.parametrize(
    ("given", "people"),
    [
        ({}, ("ann",)),
        ({"on_behalf_of": "bob"}, ("ann", "bob")),
        ({"behind": ("cid", "dan")}, ("ann", "cid", "dan")),
        ({"on_behalf_of": "bob", "behind": ("bob", "ann", "cid")}, ("ann", "bob", "cid")),
        ({"on_behalf_of": "bob", "other_accounts": ("ann-2", "bob")}, ("ann", "bob", "ann-2")),
    ],
)
def test_everybody_who_stands_behind_a_command_is_named_once(given: dict[str, Any], people: tuple[str, ...]) -> None:
    assert envelope(**given).people == people


def test_a_key_names_one_thing_of_one_actor_for_ever() -> None:
    """The log holds identities that were made so: another way of making them would do again what was done."""
    assert envelope().new_id() == UUID("0a228021-aea0-5ccd-9505-960ad339eeaa")
    assert envelope().new_id() == envelope(on_behalf_of="bob", reason="why").new_id()
    assert len({envelope(actor, key).new_id() for actor in ("ann", "bob") for key in ("k", "l")}) == 4


def test_a_persons_command_has_no_cause() -> None:
    sent = envelope()
    assert (sent.causation_depth, sent.causation_position, sent.expected_version, sent.customer_id) == (
        0,
        None,
        None,
        None,
    )


@given(first=st.integers(0, 2**48 - 2), later=st.integers(1, 1_000), rest=st.integers(0, 2**74 - 1))
def test_what_is_created_under_a_later_key_comes_after(first: int, later: int, rest: int) -> None:
    """So that all of a time lies together in an index, whatever follows from it, too."""
    keys = [_time_ordered(time, rest) for time in (first, min(first + later, 2**48 - 1))]
    before, after = (envelope(key=str(key)).new_id() for key in keys)
    for id in (before, Order.id_for(Contract.id_for(before, 1), 1)):
        assert id < after
        assert id.int >> 80 == first
        assert (id.version, id.variant) == (8, RFC_4122)
    assert envelope(key=str(keys[0])).new_id() == before


@given(first=st.integers(0, 2**48 - 1), rest=st.integers(0, 2**74 - 1))
def test_the_time_of_a_key_is_all_that_shows(first: int, rest: int) -> None:
    key = _time_ordered(first, rest)
    made = {envelope(actor, str(key)).new_id() for actor in ("ann", "bob")}
    assert len(made) == 2
    assert {id.int & 2**62 - 1 for id in made}.isdisjoint({key.int & 2**62 - 1})


def test_a_fresh_key_is_of_now() -> None:
    earliest = time_ns() // 1_000_000
    keys = [UUID(fresh_key()) for _ in range(100)]
    assert {(key.version, key.variant) for key in keys} == {(7, RFC_4122)}
    assert len(set(keys)) == 100
    assert all(earliest <= key.int >> 80 <= time_ns() // 1_000_000 for key in keys)


def _time_ordered(time: int, rest: int) -> UUID:
    """Version 7 of RFC 9562."""
    return UUID(int=time << 80 | 7 << 76 | (rest >> 62) << 64 | 2 << 62 | rest & 2**62 - 1)
