"""Commands on quotes."""

from __future__ import annotations

from uuid import UUID

from application.quoting import (
    AcceptQuote,
    AddQuoteLine,
    ChangeQuoteLine,
    DeclineQuote,
    DraftQuote,
    ExpireQuote,
    ExtendQuote,
    RemoveQuoteLine,
    RepriceQuote,
    ReviseQuote,
    SendQuote,
    WithdrawQuote,
)
from interfaces.rest.executing import Change, Create, Recorded, command_router

router = command_router("/quotes", "quoting")


@router.post("")
async def draft_quote(command: DraftQuote, create: Create) -> Recorded:
    """Draft a quote with all its lines, priced from a price book."""
    return await create(command)


@router.post("/{quote_id}/add-line")
async def add_quote_line(quote_id: UUID, command: AddQuoteLine, change: Change) -> Recorded:
    """Add a line to the draft."""
    return await change(command, quote_id)


@router.post("/{quote_id}/change-line")
async def change_quote_line(quote_id: UUID, command: ChangeQuoteLine, change: Change) -> Recorded:
    """Replace a line of the draft, priced again."""
    return await change(command, quote_id)


@router.post("/{quote_id}/remove-line")
async def remove_quote_line(quote_id: UUID, command: RemoveQuoteLine, change: Change) -> Recorded:
    """Remove a line of the draft."""
    return await change(command, quote_id)


@router.post("/{quote_id}/reprice")
async def reprice_quote(quote_id: UUID, command: RepriceQuote, change: Change) -> Recorded:
    """Price every line of the draft again, from the price book as it is now."""
    return await change(command, quote_id)


@router.post("/{quote_id}/send")
async def send_quote(quote_id: UUID, command: SendQuote, change: Change) -> Recorded:
    """Send the draft: from then on it is immutable."""
    return await change(command, quote_id)


@router.post("/{quote_id}/accept")
async def accept_quote(quote_id: UUID, command: AcceptQuote, change: Change) -> Recorded:
    """Accept exactly the revision and content that was sent."""
    return await change(command, quote_id)


@router.post("/{quote_id}/decline")
async def decline_quote(quote_id: UUID, command: DeclineQuote, change: Change) -> Recorded:
    """Decline what was sent."""
    return await change(command, quote_id)


@router.post("/{quote_id}/expire")
async def expire_quote(quote_id: UUID, command: ExpireQuote, change: Change) -> Recorded:
    """Make visible that its last valid day has passed."""
    return await change(command, quote_id)


@router.post("/{quote_id}/withdraw")
async def withdraw_quote(quote_id: UUID, command: WithdrawQuote, change: Change) -> Recorded:
    """Take it back."""
    return await change(command, quote_id)


@router.post("/{quote_id}/extend")
async def extend_quote(quote_id: UUID, command: ExtendQuote, change: Change) -> Recorded:
    """Set a later last valid day; other prices by now are kept explicitly, or refused."""
    return await change(command, quote_id)


@router.post("/{quote_id}/revise")
async def revise_quote(quote_id: UUID, command: ReviseQuote, change: Change) -> Recorded:
    """Start the next revision with the lines of the last one, at their prices or at those of now."""
    return await change(command, quote_id)
