"""What is sealed: lists in the database that only grow, each with a tree and checkpoints of its own."""

from __future__ import annotations

from typing import NamedTuple


class Ledger(NamedTuple):
    """One of them. Its rows look like events, whatever they tell of."""

    rows: bytes
    """The table or view, with its schema."""
    tree: bytes
    """The schema of its tiles and checkpoints."""
    lock: int
    suffix: str
    """Of the names of its files."""

    def sql(self, statement: bytes) -> bytes:
        """The statement with the names of this one's tables."""
        return statement.replace(b"{rows}", self.rows).replace(b"{tree}", self.tree)


EVENTS = Ledger(b"log.events", b"proofs", 2, "")
"""The log of the business."""
ACCESSES = Ledger(b"access.events", b"access", 4, "-access")
"""Who was shown what."""
