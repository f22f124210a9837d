"""What members of a provider's groups are here."""

from __future__ import annotations

from domain.identity import Role


def roles_of(pairs: str) -> tuple[tuple[str, Role], ...]:
    """`group=role` pairs, separated by commas. Raises ValueError."""
    found = []
    for pair in filter(None, map(str.strip, pairs.split(","))):
        group, _, role = pair.rpartition("=")
        if not group or role not in list(Role):
            raise ValueError(f"{pair!r} is no group=role; roles are {', '.join(Role)}")
        found.append((group, Role(role)))
    return tuple(found)
