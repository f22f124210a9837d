"""Two pairs of eyes: whoever asks for something does not approve it."""

from __future__ import annotations

from collections.abc import Iterable

from domain.shared.refusal import Refusal


class SamePerson(Refusal):
    """This takes two people. Every refusal for who stands behind a command, by whichever account, is one of these."""


class ApprovedByRequester(SamePerson):
    """Whoever asked for this cannot approve it."""

    rule = "A1"


def check_second_person(
    requested_by: Iterable[str], approved_by: Iterable[str], refusal: type[SamePerson] = ApprovedByRequester
) -> None:
    """Refuse where somebody is on both sides, acting, on whose behalf, or by another account of theirs (A1)."""
    if set(requested_by) & set(approved_by):
        raise refusal
