"""Keys of its own for each scenario: some of them destroy the key that wraps all others."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.privacy.words import Words


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the key-encryption key is made when it is first needed; the signing key is beside it."""
    file = tmp_path / "key-encryption-key.json"
    monkeypatch.setenv("Q2C_KEY_ENCRYPTION_KEY", str(file))
    monkeypatch.setenv("Q2C_SIGNING_KEY", str(tmp_path / "signing-key.pem"))
    return file


@pytest.fixture
def words() -> Words:
    """None yet."""
    return Words()
