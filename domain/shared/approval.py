"""Two pairs of eyes: whoever asks for something does not approve it."""

from __future__ import annotations

from collections.abc import Iterable

from domain.shared.refusal import Refusal


class ApprovedByRequester(Refusal):
    """Whoever asked for this cannot approve it."""

    rule = "A1"


def check_second_person(
    requested_by: Iterable[str], approved_by: Iterable[str], refusal: type[Refusal] = ApprovedByRequester
) -> None:
    """Refuse where somebody is on both sides, as the one who acts or as the one on whose behalf (A1)."""
    if set(requested_by) & set(approved_by):
        raise refusal
