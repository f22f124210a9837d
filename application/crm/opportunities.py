"""Commands on opportunities and the paths that they are on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from annotated_types import MaxLen, MinLen

from application.constraints import Amount, Code, Currency, LongText, OptionalText, Text
from application.trading import survivor_id
from application.unit_of_work import Context
from domain.crm import PRESET, PRESET_NAME, Opportunity, Prospect, Stage, StageDetail, StagePath
from domain.shared.money import Money
from domain.shared.reference import reference


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineStagePath:
    """Define a path of stages that opportunities may be opened on."""

    name: Code
    stages: Annotated[tuple[Stage, ...], MinLen(2), MaxLen(50)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What an opportunity may come to, without tax."""

    amount: Amount
    currency: Currency


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOpportunity:
    """Replace what is known of an opportunity."""

    name: Text
    close_date: date | None = None
    """When it is expected to be decided."""
    customer_id: UUID | None = None
    """A prospect may be unknown yet; the customer of its first quote, then."""
    estimate: Estimate | None = None
    """Counts while there is no quote."""
    product_interest: OptionalText = ""
    source: OptionalText = ""
    """How it came to us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOpportunity(ChangeOpportunity):
    """Open an opportunity, in the first stage of its path."""

    owner: Text | None = None
    """Who opens it, where not given."""
    stage_path_id: UUID | None = None
    """The preset path where not given."""
    number: Code | None = None
    """Given by an import; else derived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignOpportunityOwner:
    """Say whose opportunity it is."""

    owner: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveOpportunity:
    """Advance it to a stage or set it back, with what is captured there."""

    stage: Text
    details: Annotated[tuple[StageDetail, ...], MaxLen(50)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePrimaryQuote:
    """Choose the quote whose amount counts."""

    quote_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WinOpportunity:
    """Say that it is won; an order that is confirmed for it says so by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoseOpportunity:
    """Say that it is lost, why, and to whom."""

    reason: LongText
    competitor: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonOpportunity:
    """No longer pursue it."""

    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenOpportunity:
    """Take up a lost or abandoned opportunity again."""

    close_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachQuote:
    """Let a quote that was drafted for the opportunity be one of its quotes."""

    quote_id: UUID
    customer_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachMilestone:
    """Let the opportunity follow how far its quote has come."""

    milestone: Literal["quote_sent", "quote_accepted"]
    quote_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WinByOrder:
    """Let the confirmed order win the opportunity."""

    order_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LoseOrder:
    """Let the opportunity know that all of an order was cancelled."""

    order_id: UUID


class Pursuing(Context):
    """What may be sold."""

    async def define_stage_path(self, stage_path_id: UUID, command: DefineStagePath) -> None:
        """A new path, whose name no other one has."""
        path = self.work.new(StagePath, stage_path_id)
        path.define(command.name, command.stages, self.at)
        self.work.claim("stage_path_name", command.name, stage_path_id)
        self.work.save(path)

    async def open_opportunity(self, opportunity_id: UUID, command: OpenOpportunity) -> None:
        """A new opportunity."""
        path_name, path = PRESET_NAME, PRESET
        if command.stage_path_id is not None:
            defined = await self.work.read(StagePath, command.stage_path_id)
            path_name, path = defined.name, defined.stages
        opportunity = self.work.new(Opportunity, opportunity_id)
        opportunity.open(
            await self._prospect(command),
            self.at,
            number=command.number or reference("OP", opportunity_id),
            owner=command.owner or self.work.envelope.actor,
            path_name=path_name,
            path=path,
        )
        if command.number is not None:
            self.work.claim("opportunity_number", command.number, opportunity_id)
        self.work.save(opportunity)

    async def change_opportunity(self, opportunity_id: UUID, command: ChangeOpportunity) -> None:
        """More is known."""
        opportunity = await self.work.load(Opportunity, opportunity_id)
        survivor = await survivor_id(self.work, opportunity.customer_id)
        opportunity.change(await self._prospect(command), survivor, self.at)
        self.work.save(opportunity)

    async def assign_opportunity_owner(self, opportunity_id: UUID, command: AssignOpportunityOwner) -> None:
        """It is somebody's."""
        opportunity = await self.work.load(Opportunity, opportunity_id)
        opportunity.assign_owner(command.owner, self.at)
        self.work.save(opportunity)

    async def move_opportunity(self, opportunity_id: UUID, command: MoveOpportunity) -> None:
        """It has come so far."""
        opportunity = await self.work.load(Opportunity, opportunity_id)
        opportunity.move(command.stage, command.details, self.at)
        self.work.save(opportunity)

    async def choose_primary_quote(self, opportunity_id: UUID, command: ChoosePrimaryQuote) -> None:
        """That quote's amount counts."""
        opportunity = await self.work.load(Opportunity, opportunity_id)
        opportunity.choose_primary_quote(command.quote_id, self.at)
        self.work.save(opportunity)

    async def win_opportunity(self, opportunity_id: UUID, command: WinOpportunity) -> None:
        """The customer buys."""
        opportunity = await self.work.load(Opportunity, opportunity_id)
        opportunity.win(self.at)
        self.work.save(opportunity)

    async def lose_opportunity(self, opportunity_id: UUID, command: LoseOpportunity) -> None:
        """The customer does not buy."""
        opportunity = await self.work.load(Opportunity, opportunity_id)
        opportunity.lose(command.reason, command.competitor, self.at)
        self.work.save(opportunity)

    async def abandon_opportunity(self, opportunity_id: UUID, command: AbandonOpportunity) -> None:
        """We do not sell."""
        opportunity = await self.work.load(Opportunity, opportunity_id)
        opportunity.abandon(command.reason, self.at)
        self.work.save(opportunity)

    async def reopen_opportunity(self, opportunity_id: UUID, command: ReopenOpportunity) -> None:
        """It is alive again."""
        opportunity = await self.work.load(Opportunity, opportunity_id)
        opportunity.reopen(command.close_date, self.at)
        self.work.save(opportunity)

    async def attach_quote(self, opportunity_id: UUID, command: AttachQuote) -> None:
        """There is an offer for it."""
        opportunity = await self.work.load(Opportunity, opportunity_id)
        opportunity.attach_quote(command.quote_id, command.customer_id, self.at)
        self.work.save(opportunity)

    async def reach_milestone(self, opportunity_id: UUID, command: ReachMilestone) -> None:
        """Its quote has come further."""
        opportunity = await self.work.load(Opportunity, opportunity_id)
        opportunity.reach(command.milestone, command.quote_id, self.at)
        self.work.save(opportunity)

    async def win_by_order(self, opportunity_id: UUID, command: WinByOrder) -> None:
        """There is an order for it."""
        opportunity = await self.work.load(Opportunity, opportunity_id)
        opportunity.win_by_order(command.order_id, self.at)
        self.work.save(opportunity)

    async def lose_order(self, opportunity_id: UUID, command: LoseOrder) -> None:
        """There is an order less for it."""
        opportunity = await self.work.load(Opportunity, opportunity_id)
        opportunity.lose_order(command.order_id, self.at)
        self.work.save(opportunity)

    async def _prospect(self, command: ChangeOpportunity) -> Prospect:
        estimate = command.estimate
        return Prospect(
            name=command.name,
            customer_id=await survivor_id(self.work, command.customer_id),
            close_date=command.close_date,
            estimate=None if estimate is None else Money.of(estimate.amount, estimate.currency),
            product_interest=command.product_interest,
            source=command.source,
        )
