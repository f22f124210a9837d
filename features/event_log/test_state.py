"""What an aggregate is made of is kept as typed JSON, and comes back to the last digit or not at all."""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.shared.money import Money
from features.event_log.counters import AT, Counter
from infrastructure.event_log.state import NotKept, restore, same, state_of

SCALARS: list[st.SearchStrategy[Any]] = [st.none(), st.booleans(), st.integers(), st.text(), st.uuids(), st.dates()]
SCALARS += [
    st.floats(),
    st.decimals(allow_nan=False),
    st.datetimes(timezones=st.just(UTC)),
    st.just(Money(Decimal("1.10"), "EUR")),
]


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Of anything, one in another."""
    keys = st.text() | st.uuids() | st.integers()
    return st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(keys, inner) | st.sets(keys)


values = st.recursive(st.one_of(SCALARS), containers)


# On a clean clone the first text is slow to be made: tables of characters are.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["total", "one", "other"]), values))
def test_what_is_kept_comes_back_to_the_last_digit(attributes: dict[str, Any]) -> None:
    counter, again = Counter(uuid4()), Counter(uuid4())
    vars(counter).update(attributes)
    try:
        kept = state_of(counter)
    except NotKept:
        return
    restore(again, kept)
    assert same({**vars(again), "id": counter.id}, vars(counter))


def test_what_would_not_come_back_as_it_is_is_not_kept() -> None:
    shared: list[str] = []
    lossy = [1.5, {1.5}, object(), b"", timedelta(1), frozenset("a")]
    for value in (*lossy, [1, "1"], [None, 1], {"a": shared, "b": shared}, AT.astimezone(ZoneInfo("Europe/Berlin"))):
        counter = Counter(uuid4())
        vars(counter)["value"] = value
        with pytest.raises(NotKept):
            state_of(counter)


def test_what_is_compared_is_compared_to_the_last_digit() -> None:
    assert same({"a": [Decimal("1.0")]}, {"a": [Decimal("1.0")]})
    different: list[tuple[Any, Any]] = [(Decimal("1.0"), Decimal("1.00")), ({1: 1, 2: 2}, {2: 2, 1: 1}), (True, 1)]
    counter, other = Counter(UUID(int=1)), Counter(UUID(int=1))
    assert same(counter, other)
    other.total = Decimal("0.0")
    different += [
        (counter, other),
        ([1], (1,)),
        (Money(Decimal("1.0"), "EUR"), Money(Decimal(1), "EUR")),
        ({1}, {2}),
        ([1], [1, 2]),
    ]
    for one, other in different:
        assert not same(one, other)
