"""An account, its books, and runners that keep them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from features.projecting.bookkeeping import keep_apart, make_known


@pytest.fixture(autouse=True)
def known_account() -> Iterator[None]:
    """The log can decode the account's events, for one test."""
    make_known()
    yield
    keep_apart()
