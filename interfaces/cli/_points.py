"""Points of the past as they are typed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import typer


def position_or_instant(text: str) -> int | datetime:
    """A position of the log, or an ISO 8601 instant (UTC unless it says otherwise)."""
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return int(text)
    return _instant(text, "a position such as 1200, or an instant such as 2024-05-01T12:00Z")


def date_or_instant(text: str) -> date:
    """An ISO 8601 date, or an instant (UTC unless it says otherwise)."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return _instant(text, "a date such as 2024-05-01")


def instant_of(text: str | None, of_day: time) -> datetime | None:
    """An instant, or the beginning or end of a day in UTC."""
    if text is None:
        return None
    given: date = date_or_instant(text)
    return given if isinstance(given, datetime) else datetime.combine(given, of_day, UTC)


def _instant(text: str, expected: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not {expected}") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
