"""What the pipeline answers about opportunities, and what was said and done about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OpportunityRow:
    """A possible sale. Its amount is its primary quote's, without tax, else what it was estimated at (F2)."""

    opportunity_id: UUID
    version: int
    ordinal: int
    number: str
    state: str
    name: str
    customer_id: UUID | None
    customer_name: str | None
    owner: str
    path_name: str
    stage: str
    stage_since: datetime
    forecast_category: str
    probability: Decimal
    close_date: date | None
    currency: str | None
    amount: Decimal | None
    weighted_amount: Decimal | None
    """The amount times the stage's probability, rounded to 2 decimals; of lost and abandoned ones, 0."""
    primary_quote_id: UUID | None
    deal_stage: str | None
    """Where its primary quote, or what became of it, stands."""
    product_interest: str
    source: str
    opened_at: datetime
    last_activity_at: datetime
    ended_at: datetime | None
    reason: str | None
    competitor: str | None
    past_due: bool
    """It is open, and the day passed on which it was to be decided (F3; days in UTC)."""
    stale: bool
    """It is open, and nothing was done about it for as many days as asked for (F3)."""


@dataclass(frozen=True, slots=True)
class StageEntry:
    """When it came to a stage or to its end, and who brought it there."""

    stage: str
    forecast_category: str
    state: str
    actor: str
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class CapturedDetail:
    """What was captured in a stage."""

    stage: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class OpportunityQuote:
    """A quote for it; the amount is net."""

    quote_id: UUID
    number: str
    stage: str
    currency: str
    amount: Decimal
    contract_id: UUID | None
    order_id: UUID | None
    primary: bool


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """A call, visit, message or task."""

    activity_id: UUID
    version: int
    ordinal: int
    state: str
    kind: str
    subject_kind: str
    subject_id: UUID
    owner: str
    summary: str
    notes: str
    with_whom: str
    due_date: date | None
    happened_on: date | None
    outcome: str
    overdue: bool
    """It is to be done, and its day has passed (in UTC)."""


@dataclass(frozen=True, slots=True)
class CommentRow:
    """What somebody said; nothing where it was taken back."""

    comment_id: UUID
    version: int
    ordinal: int
    state: str
    subject_kind: str
    subject_id: UUID
    author: str
    body: str
    mentions: list[str]
    written_at: datetime
    edited_at: datetime | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said and done about a deal, the newest first; whichever of its documents it was about."""

    comments: list[CommentRow]
    activities: list[ActivityRow]


@dataclass(frozen=True, slots=True)
class OpportunityView:
    """An opportunity with everything that belongs to it, and what may be done with it."""

    opportunity: OpportunityRow
    available_actions: list[str]
    stages: list[StageEntry]
    """The oldest first."""
    details: list[CapturedDetail]
    quotes: list[OpportunityQuote]
    conversation: Conversation

    @property
    def version(self) -> int:
        """Of the aggregate: the ETag."""
        return self.opportunity.version


@dataclass(frozen=True, slots=True)
class CategoryTotal:
    """The opportunities of one forecast category in one currency; lost and abandoned ones are in none."""

    forecast_category: str
    currency: str | None
    opportunities: int
    amount: Decimal
    weighted_amount: Decimal


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How opportunities ended. Days are from opening to winning, to one decimal."""

    owner: str | None
    """None for everybody's."""
    currency: str | None
    won: int
    lost: int
    abandoned: int
    """Neither won nor lost: not in the win rate."""
    win_rate_percent: Decimal | None
    """Won of won and lost, rounded to 2 decimals."""
    won_amount: Decimal
    average_deal_size: Decimal | None
    average_cycle_days: Decimal | None
    median_cycle_days: Decimal | None


@dataclass(frozen=True, slots=True)
class PathStage:
    """A stage of a path."""

    name: str
    forecast_category: str
    probability: Decimal
    reached_by: str | None
    asks_for: list[str]


@dataclass(frozen=True, slots=True)
class StagePathView:
    """A path that opportunities may be opened on; the preset has no id."""

    stage_path_id: UUID | None
    name: str
    stages: list[PathStage]
