"""The names by which events are asked for: a context, an aggregate, or one event."""

from __future__ import annotations

from functools import cache

from domain.shared.aggregate import Aggregate


class NoSuchKind(Exception):
    """No event bears this name, nor does an aggregate or a context."""


def check_kind(kind: str) -> None:
    """Refuse what nothing is called. Raises `NoSuchKind`."""
    if kind not in _known(len(Aggregate.EVENTS)):
        raise NoSuchKind("A kind is a context, an aggregate or an event, such as billing.Invoice.Issued.")


def is_of_kind(event: str, kind: str) -> bool:
    """Whether the event's stored name, without version, is of that kind."""
    return event == kind or event.startswith(f"{kind}.")


@cache
def _known(_: int) -> frozenset[str]:
    names = [topic.partition("@")[0].split(".") for topic in Aggregate.EVENTS]
    return frozenset(".".join(name[:depth]) for name in names for depth in (1, 2, 3))
