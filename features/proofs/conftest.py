"""What the tests of proofs start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.proofs.sealed import Sealed
from infrastructure.proofs.keys import signer_of
from infrastructure.proofs.reading import log_name
from infrastructure.proofs.sink import Sink
from infrastructure.servers.postgres import Cluster


@pytest.fixture
def sealed(cluster: Cluster, database_url: str, tmp_path: Path) -> Sealed:
    """An empty log with a key of its own."""
    signer = signer_of(tmp_path / "key.pem", log_name(database_url))
    return Sealed(database_url, cluster, signer, Sink(tmp_path / "sink.jsonl"), tmp_path)
