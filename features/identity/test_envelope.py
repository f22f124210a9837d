"""What accompanies a command: who stands behind it, and which thing it creates."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from application.unit_of_work import Envelope

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
