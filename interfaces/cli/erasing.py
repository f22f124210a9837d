"""`q2c erase` and what else is done about personal data by whoever holds its keys."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import typer

from domain.privacy import DataSubject
from domain.shared.refusal import NotAllowedNow, Refusal
from infrastructure import erasing
from infrastructure.event_log import LogBusy
from infrastructure.new_files import new_file
from infrastructure.proofs.keys import signer_of, signing_key
from infrastructure.proofs.reading import log_name
from infrastructure.servers.provided import database
from infrastructure.settings import Settings
from infrastructure.wiring import System, open_system
from interfaces.cli import OPERATE

Done = TypeVar("Done")
Subject = Annotated[
    UUID,
    typer.Argument(
        help="Id of the customer, of the invoice that first named a one-time customer's buyer, or of the data subject, "
        "as POST /privacy/erasures answers it."
    ),
]
IN_PLAIN = "A customer's name and address are kept in plain, and are not among what is sealed: they stay."


def register(parent: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (erase, personal_data, rotate_key):
        parent.command(rich_help_panel=OPERATE)(command)


def erase(
    subject: Subject,
    certificate: Annotated[Path | None, typer.Option(help="Write the signed certificate to this new file.")] = None,
) -> None:
    """Erase a customer's or buyer's personal data for good, as asked for and approved (POST /privacy/erasures)."""

    async def job(system: System) -> erasing.Erasure:
        return await erasing.erase(system, await _whose(system, subject))

    settings = Settings()
    with contextlib.ExitStack() as held:
        # The certificate is made once: a place for it is found before anything is destroyed.
        file = held.enter_context(new_file(certificate, "a certificate")) if certificate is not None else None
        url = held.enter_context(database(settings))
        try:
            erased = _do(url, job)
        except NotAllowedNow as refusal:
            sys.exit(f"q2c: {refusal} Somebody asks for it (POST /privacy/erasures), and somebody else approves it.")
        except Refusal as refusal:
            sys.exit(f"q2c: {refusal}")
        except LogBusy:
            sys.exit("q2c: Somebody acts on this data subject, or the log is busy. Run it again until it is done.")
        note = erased.certificate(signer_of(signing_key(settings), log_name(url)))
        print(note, end="", flush=True)
        if file is not None:
            file.write_text(note)
    print(IN_PLAIN, file=sys.stderr)
    print("Take a new backup: what earlier ones hold of personal data can no longer be read.", file=sys.stderr)


def personal_data(subject: Subject) -> None:
    """Print what is known of a customer's people or of a buyer, opened: an event a line, as JSON (right of access)."""

    async def job(system: System) -> int:
        told = 0
        async for line in erasing.personal_data(system, await _whose(system, subject)):
            print(line.decode())
            told += 1
        return told

    with database(Settings()) as url:
        if not _do(url, job):
            print("q2c: nothing of them is sealed.", file=sys.stderr)
    print(IN_PLAIN, file=sys.stderr)


def rotate_key() -> None:
    """Wrap the keys of personal data with a new key-encryption key, and destroy the old one; everything goes on."""
    with database(Settings()) as url:
        retired = _do(url, lambda system: system.vault.rotate())
    print(f"Version {retired} of the key-encryption key is destroyed; {retired + 1} is in use. Back up its file.")


async def _whose(system: System, id: UUID) -> UUID:
    """The customer or invoice that a data subject is about; any other id as it is."""
    first = await system.log.events_of(id, up_to_version=1)
    if not first or not first[0].topic.startswith("privacy.DataSubject."):
        return id
    subject = await system.log.load(DataSubject, id)
    return subject.invoice_id or subject.customer_id or id


def _do(url: str, job: Callable[[System], Awaitable[Done]]) -> Done:
    async def done() -> Done:
        async with open_system(url, "q2c privacy") as system:
            return await job(system)

    return asyncio.run(done())
