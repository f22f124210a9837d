"""`python -m features.identity.policy_table`: write down who may do what, so that a review sees every change."""

from __future__ import annotations

from pathlib import Path

from application.access import OPEN, POLICY
from domain.identity import Role

FILE = Path(__file__).parent / "policy_table.txt"


def table() -> str:
    """A line for each operation, with the roles that may carry it out."""
    lines = [f"{operation}: {' '.join(role for role in Role if role in POLICY[operation])}" for operation in POLICY]
    return "\n".join(sorted([*lines, *(f"{operation}: whoever can reach it" for operation in OPEN)])) + "\n"


if __name__ == "__main__":
    FILE.write_text(table(), encoding="utf-8")
