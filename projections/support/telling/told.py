"""What is told of an event: one sentence that anybody understands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import singledispatch
from uuid import UUID

from domain.shared.aggregate import Event
from domain.shared.document import Line

NUMBER, OTHER = "\x01", "\x02"
"""Stand in a sentence for the number of the record that the event is about, and for the other one that it names: its
number, a customer's name, or what a dealing is called. No event bears them, and no keyboard types them."""


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a customer's timeline."""

    sentence: str
    other_id: UUID | None = None
    """What stands for `OTHER`; the dealing itself where it is None."""
    is_contact: bool = False
    """Whether seller and customer had to do with each other."""


@singledispatch
def told(event: Event) -> Told | None:
    """What the event means to somebody who looks after the customer; None where it is not told."""
    return None


def because(reason: str) -> str:
    """The end of a sentence that gives the reason, where there is one."""
    return f": {ended(reason)}" if reason.strip() else "."


def ended(text: str) -> str:
    """On one line, and with a full stop."""
    line = " ".join(text.split())
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."


def plainly(number: Decimal) -> str:
    """Without zeros that say nothing: 3.00 is 3."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def items(lines: Iterable[Line]) -> str:
    """What is on a document, in short: its first item, and how many more."""
    names = [f"{plainly(line.quantity)} × {line.item_name}" for line in lines]
    if not names:
        return "nothing yet"
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def listed(names: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = list(names) or [""]
    return f"{', '.join(most)} and {last}" if most else last
