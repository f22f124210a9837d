"""Commands on legal entities."""

from __future__ import annotations

from uuid import UUID

from application.organisation import RegisterLegalEntity, SetTaxRates
from interfaces.rest.executing import Change, Create, Recorded, command_router

router = command_router("/legal-entities", "organisation")


@router.post("")
async def register_legal_entity(command: RegisterLegalEntity, create: Create) -> Recorded:
    """Register a company that sells."""
    return await create(command)


@router.post("/{entity_id}/set-tax-rates")
async def set_tax_rates(entity_id: UUID, command: SetTaxRates, change: Change) -> Recorded:
    """Replace its dated table of tax rates."""
    return await change(command, entity_id)
