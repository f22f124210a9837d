"""Commands for whoever does not want to believe that the history is as it was, but to see it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from infrastructure.database import DatabaseUnavailable
from infrastructure.proofs.bundles import write_bundle
from infrastructure.proofs.checkpoints import Checkpoint, CheckpointRefused, Signer, Verifier
from infrastructure.proofs.keys import signer_of, signing_key
from infrastructure.proofs.ledgers import ACCESSES, EVENTS
from infrastructure.proofs.reading import Advanced, Kept, hashed, kept, log_name
from infrastructure.proofs.sealer import Sealer, SealingRefused
from infrastructure.proofs.sink import sink_of
from infrastructure.servers import ServerError
from infrastructure.servers.provided import database
from infrastructure.settings import Settings
from interfaces.cli import OPERATE
from interfaces.verify_bundle import GOOD, UNCLEAR, WRONG, Judgement, as_json, judge, told


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (verify, export_bundle, seal):
        app.command(rich_help_panel=OPERATE)(command)


Accesses = Annotated[bool, typer.Option("--accesses", help="The access log instead of the log of the business.")]


def verify(
    key: Annotated[
        list[str] | None, typer.Option(help="A verifier key to trust; several after a change; else the service's own.")
    ] = None,
    show_key: Annotated[bool, typer.Option("--show-key", help="Print the service's own, and check nothing.")] = False,
    in_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    accesses: Accesses = False,
) -> None:
    """Check that every event in the log is the one that was sealed. Exits with 0 if so, 1 if not, 2 if unclear."""
    settings, ledger = Settings(), ACCESSES if accesses else EVENTS
    try:
        with database(settings) as url:
            log = log_name(url, ledger)
            trusted = [Verifier.parsed(each) for each in key] if key else [_signer(settings, log).verifier]
            if show_key:
                print(*trusted, sep="\n")
                return
            with kept(url, sink_of(settings, log, ledger), ledger) as found, _progress("Checking") as advanced:
                judgement = _judged(found, trusted, advanced)
    except (ServerError, DatabaseUnavailable, CheckpointRefused) as trouble:
        print(f"q2c: It cannot be judged: {trouble}", file=sys.stderr)
        sys.exit(UNCLEAR)
    print(as_json(judgement) if in_json else told(judgement))
    sys.exit(WRONG if judgement.wrong else GOOD if judgement.sealed else UNCLEAR)


def export_bundle(
    file: Annotated[Path, typer.Argument(help="A new file; .zip by custom.")], accesses: Accesses = False
) -> None:
    """Write the whole history with its proofs to FILE, to be checked offline by verify_bundle.py."""
    settings, ledger = Settings(), ACCESSES if accesses else EVENTS
    with database(settings) as url, _progress("Writing") as advanced:
        log = log_name(url, ledger)
        sink, verifier = sink_of(settings, log, ledger), _signer(settings, log).verifier
        events = write_bundle(url, sink, verifier, file, advanced, ledger)
    print(f"{file}: {events:,} events, {file.stat().st_size:,} bytes")


def seal(
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Go on with this key although the log was sealed with another one.")
    ] = False,
    accesses: Accesses = False,
) -> None:
    """Seal the log now; the worker does so by itself."""
    settings, ledger = Settings(), ACCESSES if accesses else EVENTS
    with database(settings) as url:
        log = log_name(url, ledger)
        sealer = Sealer(url, signer_of(signing_key(settings), log), sink_of(settings, log, ledger), ledger)
        try:
            if new_key:
                asyncio.run(sealer.take_over())
            print(f"Sealed up to {asyncio.run(sealer.seal()):,}")
        except SealingRefused as refused:
            raise ServerError(f"Not sealed: {refused}.") from None


def _signer(settings: Settings, log: str) -> Signer:
    file = signing_key(settings)
    if not file.exists():
        raise ServerError(f"There is no signing key {file}. The worker makes it when it first seals; or name keys.")
    return signer_of(file, log)


def _judged(found: Kept, trusted: Sequence[Verifier], advanced: Advanced) -> Judgement:
    try:
        opened = [_opened(note, trusted) for note in found.notes]
    except CheckpointRefused as refused:
        return Judgement(events=found.events, wrong=f"a checkpoint is not what was signed: {refused}")
    roots = [(checkpoint.size, checkpoint.root) for checkpoint in opened]
    return judge(hashed(found.leaves(advanced)), found.sealed(), roots)


def _opened(note: str, trusted: Sequence[Verifier]) -> Checkpoint:
    """By whichever of the keys has signed it."""
    for verifier in trusted[:-1]:
        try:
            return verifier.opened(note)
        except CheckpointRefused:
            continue
    return trusted[-1].opened(note)


@contextmanager
def _progress(doing: str) -> Iterator[Advanced]:
    """On the terminal of whoever waits; nothing where nobody looks."""
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(doing)
        yield lambda done, of: bar.update(task, completed=done, total=of)
