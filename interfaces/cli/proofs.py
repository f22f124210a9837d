"""Commands for whoever does not want to believe that the history is as it was, but to see it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from infrastructure.proofs.bundles import write_bundle
from infrastructure.proofs.checkpoints import CheckpointRefused, Verifier
from infrastructure.proofs.keys import signer_of, signing_key
from infrastructure.proofs.reading import Advanced, Kept, hashed, kept
from infrastructure.proofs.sink import sink_of
from infrastructure.servers import ServerError
from infrastructure.servers.provided import database
from infrastructure.settings import Settings
from interfaces.cli import OPERATE
from interfaces.verify_bundle import GOOD, UNCLEAR, WRONG, Judgement, judge, told


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(rich_help_panel=OPERATE)(verify)
    app.command(rich_help_panel=OPERATE)(export_bundle)


def verify(
    key: Annotated[str | None, typer.Option(help="The verifier key to trust; without it, the service's own.")] = None,
    show_key: Annotated[bool, typer.Option("--show-key", help="Print the service's own, and check nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check that every event in the log is the one that was sealed. Exit status: 0 good, 1 wrong, 2 nothing sealed."""
    settings = Settings()
    verifier = Verifier.parsed(key) if key else _own(settings)
    if show_key:
        print(verifier)
        return
    with database(settings) as url, kept(url, sink_of(settings)) as found, _progress("Checking") as advanced:
        judgement = _judged(found, verifier, advanced)
    print(json.dumps({**judgement._asdict(), "good": judgement.wrong is None}) if as_json else told(judgement))
    sys.exit(WRONG if judgement.wrong else GOOD if judgement.sealed or not judgement.events else UNCLEAR)


def export_bundle(file: Annotated[Path, typer.Argument(help="A new file; .zip by custom.")]) -> None:
    """Write the whole history with its proofs to FILE, to be checked offline by verify_bundle.py."""
    settings = Settings()
    with database(settings) as url, _progress("Writing") as advanced:
        events = write_bundle(url, sink_of(settings), _own(settings), file, advanced)
    print(f"{file}: {events:,} events, {file.stat().st_size:,} bytes")


def _own(settings: Settings) -> Verifier:
    file = signing_key(settings)
    if not file.exists():
        raise ServerError(f"Nothing is sealed yet: there is no signing key {file}. `q2c serve` makes it.")
    return signer_of(file).verifier


def _judged(found: Kept, verifier: Verifier, advanced: Advanced) -> Judgement:
    try:
        opened = [verifier.opened(note) for note in found.notes]
    except CheckpointRefused as refused:
        return Judgement(found.events, 0, len(found.notes), f"a checkpoint is not what was signed: {refused}", None)
    roots = [(checkpoint.size, checkpoint.root) for checkpoint in opened]
    return judge(hashed(found.leaves(advanced)), found.sealed(), roots)


@contextmanager
def _progress(doing: str) -> Iterator[Advanced]:
    """On the terminal of whoever waits; nothing where nobody looks."""
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(doing)
        yield lambda done, of: bar.update(task, completed=done, total=of)
