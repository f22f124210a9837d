"""Proofs: how fast a log is sealed and checked, how soon what is saved is sealed, and what it costs those who save."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import uvloop

from infrastructure.event_log import EventLog
from infrastructure.proofs.bundles import write_bundle
from infrastructure.proofs.checkpoints import Signer
from infrastructure.proofs.keys import signer_of
from infrastructure.proofs.reading import log_name
from infrastructure.proofs.sealer import Sealer
from infrastructure.proofs.sink import Sink
from interfaces import verify_bundle
from interfaces.benchmark import worlds
from interfaces.benchmark.appending import saving
from interfaces.benchmark.clients import at_once
from interfaces.benchmark.figures import Figure, ratio
from interfaces.benchmark.servers import Server
from interfaces.benchmark.worlds import Say

ROUNDS = 3
RATE = 300
"""Commands a second while the delay is measured."""
DELAYS = """
    SELECT percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM made_at - recorded_at)::float8)
    FROM log.events, LATERAL (
        SELECT made_at FROM proofs.checkpoints WHERE size >= position ORDER BY size LIMIT 1) AS sealed
    WHERE position > %s"""


def proofs(server: Server, events: int, seconds: float, say: Say) -> Iterator[Figure]:
    """Of a log of so many events, and of one that grows."""
    with server.database() as url, tempfile.TemporaryDirectory() as folder:
        uvloop.run(worlds.fill(url, events, say))
        yield from _checked(url, Path(folder), events, say)
    with server.database() as url, tempfile.TemporaryDirectory() as folder:
        uvloop.run(worlds.fill(url, 1, say))
        yield from _followed(url, Path(folder), 5 * seconds)
        yield _cost(url, Path(folder), seconds)


def sealer_of(url: str, folder: Path) -> Sealer:
    """With a key and a sink in that folder."""
    return Sealer(url, _signer(url, folder), _sink(folder))


def _signer(url: str, folder: Path) -> Signer:
    return signer_of(folder / "key.pem", log_name(url))


def _sink(folder: Path) -> Sink:
    return Sink(folder / "checkpoints.jsonl")


def _checked(url: str, folder: Path, events: int, say: Say) -> Iterator[Figure]:
    """From an unsealed log to an auditor's answer."""
    sealer, bundle, key = sealer_of(url, folder), folder / "bundle.zip", _signer(url, folder).verifier
    say("Sealing …")
    begun = time.perf_counter()
    sealed = uvloop.run(sealer.seal())
    yield Figure("sealing", sealed / (time.perf_counter() - begun), "events/s", "a log that is there; this machine's")
    begun = time.perf_counter()
    write_bundle(url, _sink(folder), key, bundle, lambda done, of: say(f"bundle: {done:,} of {of:,} events …"))
    took = time.perf_counter() - begun
    size = f"{bundle.stat().st_size / sealed:.0f} bytes an event"
    yield Figure("bundle", sealed / took, "events/s", f"written for an auditor, {size}; this machine's")
    say("Checking …")
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-I", str(verify_bundle.__file__), str(bundle), "--key", str(key)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    took = (time.perf_counter() - begun) * 1e6 / sealed
    yield Figure("verified offline, a million events", took, "s", f"at the pace of {sealed:,}", most=60)


def _followed(url: str, folder: Path, seconds: float) -> Iterator[Figure]:
    """How long what is saved waits to be sealed."""
    with sealing(url, folder):
        head = uvloop.run(_save_steadily(url, seconds))
    uvloop.run(sealer_of(url, folder).seal())
    with psycopg.connect(url) as connection:
        row = connection.execute(DELAYS, [head]).fetchone()
    meaning = f"from an event's time to its checkpoint, {RATE} commands/s"
    for name, delay in zip(("p50", "p99"), row[0] if row else (), strict=True):
        yield Figure(f"sealing delay, {name}", delay, "s", meaning, most=10 if name == "p99" else None)


async def _save_steadily(url: str, seconds: float) -> int:
    """The position before it."""
    async with EventLog(url, name="q2c bench") as log, asyncio.TaskGroup() as tasks:
        head, begun = await log.head(), time.perf_counter()
        for number, encoded in enumerate(itertools.islice(await worlds.copies(log), int(RATE * seconds))):
            await asyncio.sleep(begun + number / RATE - time.perf_counter())
            tasks.create_task(log.append_encoded(encoded))
    return head


def _cost(url: str, folder: Path, seconds: float) -> Figure:
    """16 clients who save all they can, with and without somebody who seals it."""
    alone, beside = list[float](), list[float]()
    for _ in range(ROUNDS):
        alone.append(uvloop.run(_appends(url, seconds)))
        with sealing(url, folder):
            beside.append(uvloop.run(_appends(url, seconds)))
    return ratio("appends beside a sealer", beside, alone, "at full load; with and without", least=0.8)


async def _appends(url: str, seconds: float) -> float:
    async with EventLog(url, name="q2c bench") as log:
        await at_once(saving(log, 16), seconds / 10)
        return (await at_once(saving(log, 16), seconds)).rate


@contextmanager
def sealing(url: str, folder: Path) -> Iterator[None]:
    """A process that seals what comes, as a worker does; it has caught up when this begins."""
    uvloop.run(sealer_of(url, folder).seal())
    with subprocess.Popen([sys.executable, "-m", "interfaces.benchmark.proving", url, str(folder)]) as process:
        try:
            yield
        finally:
            process.terminate()


async def _seal(url: str, folder: Path) -> None:
    async with EventLog(url, name="q2c bench seal", readers=1) as log:
        await sealer_of(url, folder).run(log)


if __name__ == "__main__":
    uvloop.run(_seal(sys.argv[1], Path(sys.argv[2])))
