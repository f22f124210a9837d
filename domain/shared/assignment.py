"""Whose something is in sales: what decides who may see and change it, where not everybody may."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """It is theirs who look after the customer, who own it, or who have what it follows from."""

    customer_id: UUID | None = None
    """A customer whom nobody looks after is everybody's in sales."""
    owners: tuple[str, ...] = ()
    follows: tuple[str, UUID] | None = None
    """Kind (`order`) and id of what it came of, or is about."""
