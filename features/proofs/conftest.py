"""What the tests of proofs start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.proofs.sealed import Sealed
from infrastructure.proofs.keys import signer_of
from infrastructure.proofs.sink import Sink
from infrastructure.servers.postgres import Cluster


@pytest.fixture
def sealed(cluster: Cluster, database_url: str, tmp_path: Path) -> Sealed:
    """An empty log with a key of its own."""
    return Sealed(database_url, cluster, signer_of(tmp_path / "key.pem"), Sink(tmp_path / "sink.jsonl"), tmp_path)
