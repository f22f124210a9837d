"""Proofs that the log is what it was: signed checkpoints, and the hashes that lead to them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import PlainTextResponse

from infrastructure.proofs import bundles, serving
from infrastructure.proofs.ledgers import ACCESSES, EVENTS, Ledger
from infrastructure.proofs.serving import Consistency, Inclusion
from interfaces.rest.reading import check_theirs
from interfaces.rest.requests import ParameterInvalid

router = APIRouter(prefix="/proofs", tags=["proofs"])

EXAMPLE = (
    "quote-to-cash/9f86d081884c7d65\n3342\nqINjN5KjBUpzS1dkEMRd3VP7QBf4CrTVhJVWk1FRk9k=\n\n\u2014 "
    "quote-to-cash/9f86d081884c7d65 Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHj=\n"
)


async def _ledger(
    of: Annotated[
        Literal["events", "accesses"], Query(description="The log of the business, or the access log.")
    ] = "events",
) -> Ledger:
    return ACCESSES if of == "accesses" else EVENTS


Sealed = Annotated[Ledger, Depends(_ledger)]
Size = Annotated[int, Query(ge=1, lt=2**63, description="Events of a checkpoint that you have.", examples=[1])]


@router.get(
    "/checkpoint",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}, "example": EXAMPLE}}}},
)
async def last_checkpoint(request: Request, ledger: Sealed) -> PlainTextResponse:
    """How many events are sealed and the root of the tree over them, signed (C2SP tlog-checkpoint). Keep it: it will
    tell whether any of these events was changed afterwards."""
    return PlainTextResponse(await serving.last_checkpoint(request.app.state.system.log, ledger))


@router.get("/inclusion/{position}")
async def inclusion(request: Request, position: Annotated[int, Path(ge=1, lt=2**63)], ledger: Sealed) -> Inclusion:
    """That the event at this position is in the log that the last checkpoint signs."""
    return await serving.inclusion(request.app.state.system.log, position, ledger)


@router.get("/consistency")
async def consistency(request: Request, earlier: Size, later: Size, ledger: Sealed) -> Consistency:
    """That the log of one checkpoint is the beginning of the log of a later one: nothing in it was changed since."""
    if earlier > later:
        raise ParameterInvalid("The earlier checkpoint is the smaller one.")
    return await serving.consistency(request.app.state.system.log, earlier, later, ledger)


class Zip(Response):
    """A file of files."""

    media_type = "application/zip"


@router.get(
    "/evidence/{aggregate_id}",
    response_class=Zip,
    responses={200: {"content": {Zip.media_type: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def evidence(request: Request, aggregate_id: UUID, earlier: Size | None = None) -> Zip:
    """The whole history of one thing, such as of the quote that a customer has accepted, with the proof that each event
    of it is in the log that was signed: a file to keep, which `verify_bundle.py` checks offline; also against the
    checkpoint that you have kept, where you say of how many events that one is."""
    await check_theirs(request, aggregate_id)
    found = await bundles.evidence(request.app.state.system.log, aggregate_id, earlier)
    return Zip(found, headers={"Content-Disposition": f'attachment; filename="{aggregate_id}.zip"'})
