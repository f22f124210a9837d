"""Queries of the pipeline."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from interfaces.rest.instants import From, Now, To
from interfaces.rest.reading import Page, Paged, found, query_router, reads
from projections import pipeline
from projections.pipeline import (
    CategoryTotal,
    Conversation,
    Deal,
    HandOverRow,
    HandOverState,
    HandOverView,
    MyWork,
    OpportunityRow,
    OpportunityState,
    OpportunityView,
    Outcomes,
    PipelineMetrics,
    Stage,
    StagePathView,
    StageTotal,
    Wanted,
)
from projections.shared import Reader

router = query_router("/pipeline", "pipeline")

Pipeline = Annotated[Reader, reads("pipeline")]
Owner = Annotated[str | None, Query(max_length=500, description="Deals of this representative only.")]
StaleAfter = Annotated[
    int, Query(ge=1, le=3650, alias="stale_after_days", description="Days without activity after which it is stale.")
]
StageName = Annotated[str | None, Query(max_length=500, description="In this stage of their path only.")]


@router.get("/deals")
async def deals(
    reader: Pipeline, window: Paged, now: Now, stage: Stage | None = None, owner: Owner = None
) -> Page[Deal]:
    """Deals from the draft of their quote to their order, the newest first."""
    rows = await pipeline.deals(reader, now, window.before, window.limit, stage=stage, owner=owner)
    return window.page(rows)


@router.get("/stages")
async def stages(reader: Pipeline, now: Now, owner: Owner = None) -> list[StageTotal]:
    """How many deals are in each stage, how old they are, and what they come to in each currency."""
    return await pipeline.stages(reader, now, owner)


@router.get("/metrics")
async def metrics(reader: Pipeline, first: From = None, last: To = None, owner: Owner = None) -> list[PipelineMetrics]:
    """Win rate, average deal size and sales cycle time of the deals decided between two days, in each currency."""
    return await pipeline.metrics(reader, first, last, owner)


@router.get("/opportunities")
async def opportunities(
    reader: Pipeline,
    window: Paged,
    now: Now,
    state: OpportunityState | None = None,
    stage: StageName = None,
    owner: Owner = None,
    customer_id: UUID | None = None,
    past_due: bool | None = None,
    stale: bool | None = None,
    stale_after: StaleAfter = 30,
) -> Page[OpportunityRow]:
    """Opportunities, the newest first; those past due or stale are judged now."""
    wanted = Wanted(state=state, owner=owner, stage=stage, customer_id=customer_id, past_due=past_due, stale=stale)
    rows = await pipeline.opportunities(reader, now, stale_after, window.before, window.limit, wanted)
    return window.page(rows)


@router.get("/opportunities/{opportunity_id}")
async def opportunity(
    opportunity_id: UUID, reader: Pipeline, now: Now, response: Response, stale_after: StaleAfter = 30
) -> OpportunityView:
    """An opportunity: its stages, its quotes and where they stand, what was said and done, what may be done next."""
    return found(await pipeline.opportunity(reader, opportunity_id, now, stale_after), response)


@router.get("/stage-paths")
async def stage_paths(reader: Pipeline) -> list[StagePathView]:
    """The paths that opportunities may be opened on."""
    return await pipeline.stage_paths(reader)


@router.get("/forecast-categories")
async def forecast_categories(reader: Pipeline, owner: Owner = None) -> list[CategoryTotal]:
    """What open and won opportunities come to in each forecast category and currency."""
    return await pipeline.forecast_categories(reader, owner)


@router.get("/outcomes")
async def outcomes(
    reader: Pipeline, first: From = None, last: To = None, owner: Owner = None, by: Literal["all", "owner"] = "all"
) -> list[Outcomes]:
    """Win rate, won amount, sales cycle and deal size of the opportunities that ended between two days."""
    return await pipeline.outcomes(reader, first, last, owner, by_owner=by == "owner")


@router.get("/conversations/{subject_id}")
async def conversation(subject_id: UUID, reader: Pipeline, now: Now) -> Conversation:
    """What was said and done about something, and about the other documents of the same deal."""
    return await pipeline.conversation(reader, subject_id, now)


@router.get("/my-work")
async def my_work(
    reader: Pipeline,
    now: Now,
    owner: Annotated[str | None, Query(max_length=500, description="Whose work; everybody's where not given.")] = None,
    stale_after: StaleAfter = 30,
) -> MyWork:
    """What waits for somebody: tasks, mentions, deals at risk, questions of finance."""
    return await pipeline.my_work(reader, owner, now, stale_after)


@router.get("/hand-overs")
async def hand_overs(
    reader: Pipeline, window: Paged, state: HandOverState | None = None, owner: Owner = None
) -> Page[HandOverRow]:
    """Agreed deals for finance to take over, the newest first."""
    return window.page(await pipeline.hand_overs(reader, window.before, window.limit, state=state, owner=owner))


@router.get("/hand-overs/{order_id}")
async def hand_over(order_id: UUID, reader: Pipeline, response: Response) -> HandOverView:
    """Everything that finance has to know of the deal of an order, and what is missing."""
    return found(await pipeline.hand_over(reader, order_id), response)
