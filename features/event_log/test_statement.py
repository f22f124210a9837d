"""A save as the statement takes it: what it writes, what it rests on, and what no other save beside it may bear."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from features.event_log.counters import counted, save
from infrastructure.event_log import NotStorable, Stale
from infrastructure.event_log.statement import encode_save, encoded

A, B, C = (UUID(int=number) for number in (1, 2, 3))
LAST = 2**31 - 1


def test_what_it_writes_and_what_it_rests_on() -> None:
    found = encode_save(save(counted(A, 3, 4) + counted(B, 1), reads=[(C, 7), (A, 2)]))
    assert found.written == {A: 4, B: 1}
    assert found.expected == [(A, 2), (B, 0), (C, 7)]
    assert found.size == sum(map(len, found.events)) > 300
    assert len(found.events) == 3


def test_only_its_last_event_bears_the_request() -> None:
    found = encode_save(save(counted(A, 1, 2), key="the key", actor="the actor"))
    for told in (b"the actor", b"the key", b"digest"):
        assert [told in event for event in found.events] == [told == b"the key", True]
    # The metadata of these saves name the key, too.
    assert [event.count(b"the key") for event in found.events] == [1, 2]


def test_nobody_else_may_bear_its_key_or_its_claims() -> None:
    found = encode_save(
        save(
            counted(A, 1), key="k", actor="é", releases=[("number", "7")], claims=[("number", "8", A), ("name", "x", B)]
        )
    )
    assert found.claims == [(b"number", b"7", None), (b"number", b"8", A), (b"name", b"x", B)]
    assert found.marks == [(b"\0\xc3\xa9", b"k"), (b"number", b"7"), (b"number", b"8"), (b"name", b"x")]


@pytest.mark.parametrize("version", [0, 1, LAST])
def test_a_version_that_there_may_be(version: int) -> None:
    found = encode_save(save(counted(A, version)))
    assert (found.expected, found.written) == ([(A, version - 1)], {A: version})


@pytest.mark.parametrize("version", [-1, LAST + 1])
def test_a_version_that_there_may_not_be(version: int) -> None:
    with pytest.raises(NotStorable, match=str(version)):
        encode_save(save(counted(A, version)))


@pytest.mark.parametrize("versions", [(1, 3), (1, 1), (2, 1), (1, 2, 4), (1, 2, 2)])
def test_its_own_events_follow_one_another(versions: tuple[int, ...]) -> None:
    with pytest.raises(Stale) as refused:
        encode_save(save(counted(B, 1) + counted(A, *versions)))
    assert (refused.value.aggregate_ids, refused.value.only_read) == ((A,), False)


@pytest.mark.parametrize("text", ["\ud800", "a\udfff"])
def test_what_is_no_text_is_not_stored(text: str) -> None:
    events = counted(A, 1)
    for wrong in (
        save(events, actor=text),
        save(events, key=text, metadata={}),
        save(events, claims=[(text, "1", A)]),
        save(events, claims=[("number", text, A)]),
    ):
        with pytest.raises(NotStorable, match="surrogates"):
            encode_save(wrong)


def test_bytes_are_taken_as_events_are() -> None:
    """Imports and measurements have them already."""
    told = save(counted(A, 1), key="k", metadata={"key": "k"})
    again = encoded(
        actor="alice", key="k", digest=b"digest", metadata=b'{"key":"k"}', ids=[A], versions=[1],
        topics=[told.events[0].TOPIC], states=[b"{}"],
    )  # fmt: skip
    assert again.claims == []
    assert (again.written, again.expected, again.marks) == ({A: 1}, [(A, 0)], encode_save(told).marks)
    with pytest.raises(ValueError, match="longer"):
        encoded(
            actor="alice", key=str(uuid4()), digest=b"", metadata=b"", ids=[A], versions=[1, 2],
            topics=[told.events[0].TOPIC], states=[b"{}"],
        )  # fmt: skip
