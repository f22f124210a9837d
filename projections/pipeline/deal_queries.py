"""What is asked about deals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from projections.shared import Reader

Stage = Literal[
    "draft",
    "sent",
    "accepted",
    "converted",
    "contract",
    "order",
    "declined",
    "expired",
    "withdrawn",
    "cancelled",
]

_AGE = """(extract(epoch from coalesce(ended_at, greatest(%(now)s, drafted_at)) - drafted_at) / 86400)"""
_WON = "accepted_at is not null and stage not in ('declined', 'cancelled')"
_LOST = "sent_at is not null and stage in ('declined', 'expired', 'withdrawn', 'cancelled')"


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal from the draft of its quote on; the amount is net, without charges and tax."""

    deal_id: UUID
    """Of the quote that it began with."""
    ordinal: int
    number: str
    customer_id: UUID
    buyer_name: str
    owner: str
    stage: str
    currency: str
    amount: Decimal
    drafted_at: datetime
    sent_at: datetime | None
    accepted_at: datetime | None
    age_days: int
    """Whole days from its first draft to its end, or to now."""
    contract_id: UUID | None
    order_id: UUID | None
    opportunity_id: UUID | None


@dataclass(frozen=True, slots=True)
class StageTotal:
    """The deals of one stage in one currency."""

    stage: str
    currency: str
    deals: int
    amount: Decimal
    average_age_days: Decimal


@dataclass(frozen=True, slots=True)
class PipelineMetrics:
    """How deals of one currency end. Decided are those won or, once sent, lost; days to one decimal."""

    currency: str
    won: int
    """Accepted, and neither declined as a contract nor wholly cancelled since."""
    lost: int
    """Declined, expired, withdrawn or wholly cancelled."""
    win_rate_percent: Decimal | None
    won_amount: Decimal
    lost_amount: Decimal
    average_deal_size: Decimal | None
    """Of the deals won, rounded to 2 decimals."""
    average_cycle_days: Decimal | None
    """From the first draft to the acceptance, of the deals won."""
    median_cycle_days: Decimal | None


async def deals(
    reader: Reader, now: datetime, before: int, limit: int, *, stage: Stage | None = None, owner: str | None = None
) -> list[Deal]:
    """Deals, the newest first; of a stage or an owner where asked for."""
    return await reader.rows(
        Deal,
        f"""select deal_id, ordinal, number, customer_id, buyer_name, owner, stage, currency, amount, drafted_at,
                sent_at, accepted_at, floor({_AGE})::int as age_days, contract_id, order_id,
                opportunity_id
            from deals where ordinal < %(before)s and (%(stage)s::text is null or stage = %(stage)s)
            and (%(owner)s::text is null or owner = %(owner)s) order by ordinal desc limit %(limit)s + 1""",
        now=now,
        before=before,
        limit=limit,
        stage=stage,
        owner=owner,
    )


async def stages(reader: Reader, now: datetime, owner: str | None = None) -> list[StageTotal]:
    """How many deals are in each stage, and what they come to in each currency."""
    return await reader.rows(
        StageTotal,
        f"""select stage, currency, count(*)::int as deals, sum(amount) as amount,
                round(avg({_AGE}), 1) as average_age_days
            from deals where %(owner)s::text is null or owner = %(owner)s group by stage, currency
            order by array_position(array['draft', 'sent', 'accepted', 'converted', 'contract', 'order', 'declined',
                'expired', 'withdrawn', 'cancelled'], stage), currency""",
        now=now,
        owner=owner,
    )


async def metrics(
    reader: Reader, first: date | None, last: date | None, owner: str | None = None
) -> list[PipelineMetrics]:
    """How the deals ended that were decided from a day to another (in UTC), in each currency."""
    return await reader.rows(
        PipelineMetrics,
        f"""select currency, won, lost, round(100.0 * won / nullif(won + lost, 0), 1) as win_rate_percent, won_amount,
                lost_amount, round(won_amount / nullif(won, 0), 2) as average_deal_size,
                round(average_cycle, 1) as average_cycle_days, round(median_cycle, 1) as median_cycle_days
            from (
                select currency, (count(*) filter (where {_WON}))::int as won,
                    (count(*) filter (where {_LOST}))::int as lost,
                    coalesce(sum(amount) filter (where {_WON}), 0) as won_amount,
                    coalesce(sum(amount) filter (where {_LOST}), 0) as lost_amount,
                    avg(cycle) filter (where {_WON}) as average_cycle,
                    percentile_disc(0.5) within group (order by cycle) filter (where {_WON}) as median_cycle
                from (select *, extract(epoch from accepted_at - drafted_at) / 86400 as cycle from deals) as timed
                where ended_at is not null and (%(first)s::date is null or ended_at >= %(first)s::date)
                and (%(last)s::date is null or ended_at < %(last)s::date + 1)
                and (%(owner)s::text is null or owner = %(owner)s) and (({_WON}) or ({_LOST}))
                group by currency
            ) as ended order by currency""",
        first=first,
        last=last,
        owner=owner,
    )
