"""Events to bytes and back: JSON with decimals as strings, one typed decoder for each topic.

A row's topic is only ever looked up among the events that the domain declares; nothing that a row names is imported.
Stored versions older than the class are upcast by the class's own static methods, by the library's convention:
`upcast_v1_v2(state)` changes the decoded JSON object in place. Decoding runs no `__init__`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from domain.shared.aggregate import Aggregate, Event
from infrastructure.event_log.saves import NotStorable, UnknownTopic

_encoder = msgspec.json.Encoder(decimal_format="string")
_untyped = msgspec.json.Decoder(dict[str, Any])


class Undecodable(UnknownTopic):
    """A row's state does not fit its event."""

    def __init__(self, topic: str, fault: Exception) -> None:
        super().__init__(f"{topic}: {fault!r}")


class _Decoders(dict[str, Callable[[bytes], Event]]):
    """How each topic's states are decoded: those of present events in one call, once it was asked for."""

    def __missing__(self, topic: str) -> Callable[[bytes], Event]:
        event_class = Aggregate.EVENTS.get(topic)
        if event_class is None:
            return partial(_upcast, topic)
        found = self[topic] = msgspec.json.Decoder(event_class).decode
        return found


DECODERS = _Decoders()
FAULTS = msgspec.MsgspecError, ValueError, LookupError, TypeError, AttributeError
"""What they raise where a state does not fit its event."""


def encode(value: Event | Mapping[str, Any]) -> bytes:
    """JSON, UTF-8. Raises NotStorable."""
    try:
        return _encoder.encode(value)
    except (TypeError, ValueError) as error:
        raise NotStorable(f"{type(value).__qualname__}: {error}") from None


def decode(topic: str, state: bytes) -> Event:
    """The event of a row. Raises UnknownTopic, or Undecodable where the state does not fit."""
    try:
        return DECODERS[topic](state)
    except FAULTS as fault:
        raise Undecodable(topic, fault) from fault


def decode_metadata(metadata: bytes) -> dict[str, Any]:
    """The metadata of a row."""
    return _untyped.decode(metadata)


def _upcast(topic: str, state: bytes) -> Event:
    name, stored = _version_of(topic)
    event_class = next((known for known in Aggregate.EVENTS.values() if _version_of(known.TOPIC)[0] == name), None)
    if event_class is None or stored >= event_class.class_version:
        raise UnknownTopic(topic)
    fields = _untyped.decode(state)
    for version in range(stored, event_class.class_version):
        upcast = getattr(event_class, f"upcast_v{version}_v{version + 1}", None)
        if upcast is None:
            raise UnknownTopic(f"{topic}: nothing brings version {version} to {version + 1}")
        upcast(fields)
    return msgspec.convert(fields, event_class)


def _version_of(topic: str) -> tuple[str, int]:
    name, _, version = topic.partition("@")
    if not version:
        return name, 1
    if not version.isdecimal() or int(version) < 2:
        raise UnknownTopic(topic)
    return name, int(version)
