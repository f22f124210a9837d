"""Why a command is refused. The docstring of a refusal is the sentence that its user reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar


def code_of(kind: type[Exception]) -> str:
    """The stable name for machines: `QuoteHasExpired` is `quote_has_expired`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", kind.__name__).lower()


class Refusal(Exception):
    """The request was refused."""

    rule: ClassVar[str | None] = None
    """The rule that it stands for, as the domain's reference names it (`Q3`)."""

    def __init__(
        self, detail: str = "", *, pointer: str = "", state: str | None = None, available: Sequence[str] = ()
    ) -> None:
        super().__init__(detail or self.title())
        self.detail = detail
        self.pointer = pointer
        """Where in the command, as a JSON pointer (`/lines/3/quantity`)."""
        self.state = state
        self.available = tuple(available)
        """What the aggregate's state allows instead."""

    @classmethod
    def title(cls) -> str:
        """The sentence for the user."""
        return (cls.__doc__ or "").strip().splitlines()[0]

    @classmethod
    def code(cls) -> str:
        """The stable name for machines."""
        return code_of(cls)


@contextmanager
def within(place: str) -> Iterator[None]:
    """What is refused in it stands there in the command: `/lines/1` before `/quantity`."""
    try:
        yield
    except Refusal as refusal:
        refusal.pointer = place + refusal.pointer
        raise


class NotFound(Refusal):
    """There is no such thing."""


class Invalid(Refusal):
    """A value is not allowed."""


class NotAllowedNow(Refusal):
    """The state does not allow this action."""


class AlreadyTaken(Refusal):
    """Something else already bears this."""
