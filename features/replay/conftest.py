"""The business whose story is recorded."""

from features.invariants.conftest import shop, teller

__all__ = ["shop", "teller"]
