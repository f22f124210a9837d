"""What activities and comments are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

SubjectKind = Literal["customer", "opportunity", "quote", "contract", "order", "invoice", "credit_note", "payment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Somebody or something that there is."""

    kind: SubjectKind
    id: UUID
