"""What is asked about opportunities, and what was said and done about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from domain.crm import PRESET, PRESET_NAME, Opportunity
from domain.crm import Stage as PathStep
from projections.pipeline.rows import (
    ActivityRow,
    CapturedDetail,
    CategoryTotal,
    CommentRow,
    Conversation,
    OpportunityQuote,
    OpportunityRow,
    OpportunityView,
    Outcomes,
    PathStage,
    StageEntry,
    StagePathView,
)
from projections.shared import Reader, wanted_customers

OpportunityState = Literal["open", "won", "lost", "abandoned"]

OPPORTUNITY = """o.opportunity_id, o.version, o.ordinal, o.number, o.state, o.name, o.customer_id,
    c.name as customer_name, o.owner, path_name, o.stage, stage_since, forecast_category, probability, close_date,
    coalesce(d.currency, o.currency) as currency, coalesce(d.amount, estimate) as amount,
    case when o.state in ('open', 'won') then round(coalesce(d.amount, estimate) * probability / 100, 2) else 0 end
        as weighted_amount,
    primary_quote_id, d.stage as deal_stage, product_interest, source, opened_at, last_activity_at, o.ended_at, reason,
    competitor, o.state = 'open' and close_date is not null and close_date < %(today)s as past_due,
    o.state = 'open' and last_activity_at < %(now)s - make_interval(days => %(stale_after_days)s) as stale"""
FROM = """opportunities as o left join deals as d on d.deal_id = primary_quote_id
    left join customers as c on c.customer_id = o.customer_id"""
ACTIVITY = """activity_id, version, ordinal, state, kind, subject_kind, subject_id, owner, summary, notes, with_whom,
    due_date, happened_on, outcome, state = 'planned' and due_date < %(today)s as overdue"""
COMMENT = """comment_id, version, ordinal, state, subject_kind, subject_id, author, body, mentions, written_at,
    edited_at"""
DEAL = """(select unnest(array[deal_id, contract_id, order_id, deals.opportunity_id]) from deals
    where %(id)s in (deal_id, contract_id, order_id, opportunity_id) union select %(id)s)"""
"""What belongs to the same deal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which opportunities are asked for; None where it does not matter."""

    state: OpportunityState | None = None
    owner: str | None = None
    stage: str | None = None
    customer_id: UUID | None = None
    """And of those that are the same."""
    past_due: bool | None = None
    stale: bool | None = None


async def opportunities(
    reader: Reader, now: datetime, stale_after_days: int, before: int, limit: int, wanted: Wanted
) -> list[OpportunityRow]:
    """Opportunities, the newest first."""
    return await reader.rows(
        OpportunityRow,
        f"""select * from (select {OPPORTUNITY} from {FROM}
                where o.ordinal < %(before)s and (%(state)s::text is null or o.state = %(state)s)
                and (%(owner)s::text is null or o.owner = %(owner)s)
                and (%(stage)s::text is null or o.stage = %(stage)s)
                and (%(customers)s::uuid[] is null or o.customer_id = any(%(customers)s))) as found
            where (%(past_due)s::boolean is null or past_due = %(past_due)s)
            and (%(stale)s::boolean is null or stale = %(stale)s) order by ordinal desc limit %(limit)s + 1""",
        now=now,
        today=now.date(),
        stale_after_days=stale_after_days,
        before=before,
        limit=limit,
        state=wanted.state,
        owner=wanted.owner,
        stage=wanted.stage,
        customers=await wanted_customers(reader, wanted.customer_id),
        past_due=wanted.past_due,
        stale=wanted.stale,
    )


async def opportunity(
    reader: Reader, opportunity_id: UUID, now: datetime, stale_after_days: int
) -> OpportunityView | None:
    """One opportunity with all that belongs to it."""
    row = await reader.row(
        OpportunityRow,
        f"select {OPPORTUNITY} from {FROM} where o.opportunity_id = %(id)s",
        id=opportunity_id,
        now=now,
        today=now.date(),
        stale_after_days=stale_after_days,
    )
    if row is None:
        return None
    stages = await reader.rows(
        StageEntry,
        """select stage, forecast_category, state, actor, entered_at from opportunity_stages
            where opportunity_id = %(id)s order by place""",
        id=opportunity_id,
    )
    details = await reader.rows(
        CapturedDetail,
        "select stage, name, value from stage_details where opportunity_id = %(id)s order by stage, name",
        id=opportunity_id,
    )
    quotes = await _quotes(reader, row)
    talk = await conversation(reader, opportunity_id, now)
    return OpportunityView(row, list(Opportunity.ACTIONS.get(row.state, ())), stages, details, quotes, talk)


async def _quotes(reader: Reader, row: OpportunityRow) -> list[OpportunityQuote]:
    return await reader.rows(
        OpportunityQuote,
        """select deal_id as quote_id, number, stage, currency, amount, contract_id, order_id,
                deal_id is not distinct from %(primary)s::uuid as primary
            from deals where opportunity_id = %(id)s order by ordinal""",
        id=row.opportunity_id,
        primary=row.primary_quote_id,
    )


async def conversation(reader: Reader, id: UUID, now: datetime) -> Conversation:
    """What was said and done about something, and about the other documents of the same deal; the last 200 of each."""
    comments = await reader.rows(
        CommentRow,
        f"select {COMMENT} from comments where subject_id in {DEAL} order by ordinal desc limit 200",
        id=id,
    )
    activities = await reader.rows(
        ActivityRow,
        f"select {ACTIVITY} from activities where subject_id in {DEAL} order by ordinal desc limit 200",
        id=id,
        today=now.date(),
    )
    return Conversation(comments, activities)


async def forecast_categories(reader: Reader, owner: str | None) -> list[CategoryTotal]:
    """What open and won opportunities come to by forecast category and currency."""
    return await reader.rows(
        CategoryTotal,
        f"""select forecast_category, coalesce(d.currency, o.currency) as currency, count(*)::int as opportunities,
                coalesce(sum(coalesce(d.amount, estimate)), 0) as amount,
                coalesce(sum(round(coalesce(d.amount, estimate) * probability / 100, 2)), 0) as weighted_amount
            from {FROM} where o.state in ('open', 'won') and (%(owner)s::text is null or o.owner = %(owner)s)
            group by 1, 2
            order by array_position(array['omitted', 'pipeline', 'best_case', 'commit', 'closed'], forecast_category),
                2""",
        owner=owner,
    )


async def outcomes(
    reader: Reader, first: date | None, last: date | None, owner: str | None, *, by_owner: bool
) -> list[Outcomes]:
    """How the opportunities ended that ended from a day to another (in UTC), in each currency."""
    return await reader.rows(
        Outcomes,
        f"""select owner, currency, won, lost, abandoned,
                round(100.0 * won / nullif(won + lost, 0), 2) as win_rate_percent, won_amount,
                round(won_amount / nullif(won, 0), 2) as average_deal_size,
                round(average_cycle, 1) as average_cycle_days, round(median_cycle, 1) as median_cycle_days
            from (
                select case when %(by_owner)s then o.owner end as owner, coalesce(d.currency, o.currency) as currency,
                    (count(*) filter (where o.state = 'won'))::int as won,
                    (count(*) filter (where o.state = 'lost'))::int as lost,
                    (count(*) filter (where o.state = 'abandoned'))::int as abandoned,
                    coalesce(sum(coalesce(d.amount, estimate)) filter (where o.state = 'won'), 0) as won_amount,
                    avg(extract(epoch from o.ended_at - opened_at) / 86400) filter (where o.state = 'won')
                        as average_cycle,
                    percentile_disc(0.5) within group (order by extract(epoch from o.ended_at - opened_at) / 86400)
                        filter (where o.state = 'won') as median_cycle
                from {FROM} where o.ended_at is not null and (%(first)s::date is null or o.ended_at >= %(first)s::date)
                    and (%(last)s::date is null or o.ended_at < %(last)s::date + 1)
                    and (%(owner)s::text is null or o.owner = %(owner)s)
                group by 1, 2
            ) as ended order by owner, currency""",
        first=first,
        last=last,
        owner=owner,
        by_owner=by_owner,
    )


@dataclass(frozen=True, slots=True)
class _Step:
    stage_path_id: UUID
    path_name: str
    name: str
    forecast_category: str
    probability: Decimal
    reached_by: str | None
    asks_for: list[str]


async def stage_paths(reader: Reader) -> list[StagePathView]:
    """The preset path, and those that were defined, the oldest first."""
    steps = await reader.rows(
        _Step,
        """select stage_path_id, stage_paths.name as path_name, path_stages.name, forecast_category, probability,
                reached_by, asks_for
            from stage_paths join path_stages using (stage_path_id) order by ordinal, place""",
    )
    paths: dict[UUID, StagePathView] = {}
    for step in steps:
        path = paths.setdefault(step.stage_path_id, StagePathView(step.stage_path_id, step.path_name, []))
        path.stages.append(_shown(step, step.asks_for))
    return [StagePathView(None, PRESET_NAME, [_shown(step, step.asks_for) for step in PRESET]), *paths.values()]


def _shown(step: _Step | PathStep, asks_for: Iterable[str]) -> PathStage:
    return PathStage(step.name, step.forecast_category, step.probability, step.reached_by, list(asks_for))
