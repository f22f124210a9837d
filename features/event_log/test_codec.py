"""What is stored stays readable, and nothing else is."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.shared.aggregate import Event
from features.event_log.counters import counted, renamed, save
from infrastructure.event_log import EventLog, NotStorable, Undecodable, UnknownTopic
from infrastructure.event_log.codec import decode, encode
from infrastructure.event_log.statement import encoded

ID = UUID("6f2b8c1e-0000-4000-8000-000000000001")
HEAD = (
    b'"originator_id":"6f2b8c1e-0000-4000-8000-000000000001","originator_version":1,"timestamp":"2026-01-31T12:00:00Z"'
)
RENAMED = renamed(ID)
COUNTED = counted(ID, 1, note="ü")[0]


@pytest.mark.parametrize(
    ("topic", "state", "event"),
    [
        ("features.Counter.Counted", b"{" + HEAD + ',"by":"1.10","note":"ü"}'.encode(), COUNTED),
        ("features.Counter.Renamed@3", b"{" + HEAD + b',"name":"tally"}', RENAMED),
        ("features.Counter.Renamed@2", b"{" + HEAD + b',"title":"tally"}', RENAMED),
        ("features.Counter.Renamed", b"{" + HEAD + b',"label":"tally"}', RENAMED),
    ],
)
def test_golden_rows_of_every_version_load(topic: str, state: bytes, event: Event) -> None:
    assert decode(topic, state) == event
    if topic == event.TOPIC:
        assert encode(event) == state


@pytest.mark.parametrize(
    "topic",
    [
        "os.system",
        "features.Counter",
        "features.Counter.Gone",
        "features.Counter.Counted@2",
        "features.Counter.Renamed@4",
        "features.Counter.Renamed@1",
        "features.Counter.Renamed@x",
        "features.event_log.counters:Counter.Counted",
    ],
)
def test_a_name_that_is_no_event_is_refused(topic: str) -> None:
    with pytest.raises(UnknownTopic):
        decode(topic, b"{}")


@pytest.mark.parametrize("state", [b"", b"{}", b"{" + HEAD + b',"by":"x"}', b"\xff", b'{"by":"\xff"}', b"[]"])
def test_a_state_that_does_not_fit_is_named(state: bytes) -> None:
    for topic in ("features.Counter.Counted", "features.Counter.Renamed"):
        with pytest.raises(Undecodable):
            decode(topic, state)


def test_what_json_cannot_say_is_refused() -> None:
    for metadata in ({"reason": "\ud800"}, {"reason": object()}):
        with pytest.raises(NotStorable):
            encode(metadata)


@pytest.mark.anyio
async def test_a_row_that_cannot_be_decoded_can_still_be_named(log: EventLog) -> None:
    gone = encoded(
        actor="a", key="k", digest=b"", metadata=b'{"a":1}', ids=[ID], versions=[1], topics=["old.Gone"], states=[b"?"]
    )
    await log.append_encoded(gone)
    await log.append(save(counted(UUID(int=2), 1)))
    first, second = await log.read(0, 10)
    with pytest.raises(UnknownTopic):
        _ = first.event
    assert (first.position, first.topic, first.state, first.metadata) == (1, "old.Gone", b"?", {"a": 1})
    assert second.event == counted(UUID(int=2), 1)[0]
