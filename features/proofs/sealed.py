"""A log that was sealed several times, and the offline verifier beside it, alone with Python."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import conninfo

from features.event_log.counters import counted, save
from infrastructure.event_log import EventLog
from infrastructure.proofs.bundles import write_bundle
from infrastructure.proofs.checkpoints import Checkpoint, CheckpointRefused, Signer
from infrastructure.proofs.keys import signer_of
from infrastructure.proofs.reading import hashed, kept, log_name
from infrastructure.proofs.sealer import Sealer
from infrastructure.proofs.sink import Sink
from infrastructure.servers.postgres import SUPERUSER, Cluster
from interfaces import verify_bundle

TRIGGERS = ("log.events", "proofs.tiles", "proofs.checkpoints", "proofs.published")


def seal(url: str, folder: Path) -> int:
    """Seal a log with a key and a sink in that folder; how many events are sealed now."""
    signer = signer_of(folder / "key.pem", log_name(url))
    return asyncio.run(Sealer(url, signer, Sink(folder / "sink.jsonl")).seal())


@dataclass
class Sealed:
    """A log with its key and its sink, and what an auditor was given of it."""

    url: str
    cluster: Cluster
    signer: Signer
    sink: Sink
    folder: Path

    def grow(self, *sizes: int) -> None:
        """So many events each time, one save each, and sealed each time."""

        async def grown() -> None:
            async with EventLog(self.url) as log:
                for size in sizes:
                    await self._append(log, size)
                    await self._sealer().seal()

        asyncio.run(grown())

    def append(self, events: int, *, reason: str = "Größe") -> None:
        """Unsealed ones."""

        async def appended() -> None:
            async with EventLog(self.url) as log:
                await self._append(log, events, reason)

        asyncio.run(appended())

    async def _append(self, log: EventLog, events: int, reason: str = "Größe") -> None:
        saves = [save(counted(uuid4(), 1), metadata={"reason": reason}) for _ in range(events)]
        await asyncio.gather(*map(log.append, saves))

    def _sealer(self) -> Sealer:
        return Sealer(self.url, self.signer, self.sink)

    def seal(self) -> int:
        """How many events are sealed now."""
        return asyncio.run(self._sealer().seal())

    def tamper(self, *statements: str, **values: Any) -> None:
        """As somebody does who owns the machine."""
        parts = conninfo.conninfo_to_dict(self.url)
        url = self.cluster.url(str(parts["dbname"]), SUPERUSER)
        with psycopg.connect(url) as connection:
            for table in TRIGGERS:
                connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            for statement in statements:
                assert connection.execute(statement, values).rowcount, statement
            for table in TRIGGERS:
                connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")

    def bundle(self) -> Path:
        """What an auditor is given."""
        file = self.folder / f"{uuid4().hex}.zip"
        write_bundle(self.url, self.sink, self.signer.verifier, file, lambda done, of: None)
        return file

    def judged(
        self,
        bundle: Path | None = None,
        *,
        key: str | None = None,
        held: Path | None = None,
        limit: Callable[[], None] | None = None,
    ) -> dict[str, Any]:
        """What the verifier finds, with the key that the auditor has had from the beginning."""
        arguments = ["--key", key or str(self.signer.verifier), "--json"]
        arguments += ["--checkpoint", str(held)] if held else []
        status, said = self.run(bundle or self.bundle(), *arguments, limit=limit)
        found: dict[str, Any] = json.loads(said)
        assert status == {True: 0, False: 1, None: 2}[found["good"]]
        return found

    def run(self, bundle: Path, *arguments: str, limit: Callable[[], None] | None = None) -> tuple[int, str]:
        """The verifier as it is handed out: one file in a folder of its own, without this project and its packages."""
        alone = self.folder / "alone"
        alone.mkdir(exist_ok=True)
        program = shutil.copy(str(verify_bundle.__file__), alone)
        command = [sys.executable, "-I", "-S", program, str(bundle), *arguments]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=alone, env={"PATH": ""}, preexec_fn=limit
        )
        return done.returncode, done.stdout + done.stderr


def verified(sealed: Sealed, signers: Sequence[Signer]) -> verify_bundle.Judgement:
    """What `q2c verify` finds, with the keys of all who have signed."""
    with kept(sealed.url, sealed.sink) as found:
        opened = [_opened(note, signers) for note in found.notes]
        roots = [(checkpoint.size, checkpoint.root) for checkpoint in opened]
        return verify_bundle.judge(hashed(found.leaves(lambda done, of: None)), found.sealed(), roots)


def _opened(note: str, signers: Sequence[Signer]) -> Checkpoint:
    for signer in signers[:-1]:
        with contextlib.suppress(CheckpointRefused):
            return signer.verifier.opened(note)
    return signers[-1].verifier.opened(note)


def contents(bundle: Path) -> dict[str, bytes]:
    """Its files."""
    with zipfile.ZipFile(bundle) as files:
        return {name: files.read(name) for name in files.namelist()}


def zipped(bundle: Path, files: Mapping[str, bytes]) -> Path:
    """A bundle of such files."""
    with zipfile.ZipFile(bundle, "w") as written:
        for name, content in files.items():
            written.writestr(name, content)
    return bundle
