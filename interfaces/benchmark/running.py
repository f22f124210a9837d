"""All measurements in their order, each on a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from interfaces.benchmark import appending, deals, finding, growing, http, numbering, projecting, proving, replaying
from interfaces.benchmark.figures import Figure
from interfaces.benchmark.installation import serving
from interfaces.benchmark.servers import Server, own_disk, slow_disk

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be measured, and how thoroughly."""

    parts: frozenset[str]
    quick: bool
    adventureworks: Path | None

    @property
    def seconds(self) -> float:
        """How long each way of doing a thing is measured, each round."""
        return 0.5 if self.quick else 1.0


def measured(database_url: str | None, wanted: Wanted, say: Say) -> Iterator[Figure]:
    """Each figure as soon as it is there. Raises ServerError, DatabaseUnavailable."""
    with own_disk(database_url) as server:
        yield from _on(server, wanted, say)
        yield from _once(server, wanted, say)
    with slow_disk() as server:
        if server is None:
            yield Figure(
                "a disk of 1 ms", 0, "measured", "no C compiler, or too little memory: only this disk was measured"
            )
        else:
            yield from _on(server, wanted, say)


def _on(server: Server, wanted: Wanted, say: Say) -> Iterator[Figure]:
    """What depends on what a commit costs."""
    if "appends" in wanted.parts:
        say(f"Appends, {server.disk} …")
        yield from appending.appends(server, wanted.seconds)
    if "http" in wanted.parts:
        say(f"HTTP, {server.disk} …")
        yield from http.over_http(server, wanted.seconds)
    if "projections" in wanted.parts:
        say(f"Read models, {server.disk} …")
        yield from projecting.feeding(server, wanted.seconds)
        yield from projecting.following(server, wanted.seconds, say)
    if "numbers" in wanted.parts:
        say(f"Numbers of one series, {server.disk} …")
        yield from numbering.numbers(server, wanted.seconds)


def _once(server: Server, wanted: Wanted, say: Say) -> Iterator[Figure]:
    """What does not."""
    if "deals" in wanted.parts:
        yield from _deals(server, wanted, say)
    if "projections" in wanted.parts:
        yield from projecting.rebuilding(server, 20_000 if wanted.quick else 1_000_000, say)
    if "replay" in wanted.parts:
        say("Loading and replay …")
        yield from replaying.replays(server, 60_000 if wanted.quick else 200_000)
    if "find" in wanted.parts:
        say("Find …")
        with server.database() as url:
            yield from finding.finds(url, 10_000 if wanted.quick else 100_000)
    if "proofs" in wanted.parts:
        yield from proving.proofs(server, 20_000 if wanted.quick else 1_000_000, wanted.seconds, say)
    if "growth" in wanted.parts:
        yield from growing.growth(server, wanted.quick, say)


def _deals(server: Server, wanted: Wanted, say: Say) -> Iterator[Figure]:
    say("Deals …")
    with server.database() as url, serving(url) as address:
        yield from deals.deals(address, url)
    for path in [None] if wanted.adventureworks is None else [None, wanted.adventureworks]:
        say("Import …")
        with server.database() as url:
            yield from deals.imports(url, path)
