"""What reports have in common."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """For JSON: decimals as strings."""
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}
