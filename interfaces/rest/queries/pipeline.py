"""Queries of the pipeline."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from interfaces.rest.instants import From, Now, To
from interfaces.rest.reading import Page, Paged, query_router, reads
from projections import pipeline
from projections.pipeline import Deal, PipelineMetrics, Stage, StageTotal
from projections.shared import Reader

router = query_router("/pipeline", "pipeline")

Pipeline = Annotated[Reader, reads("pipeline")]
Owner = Annotated[str | None, Query(max_length=500, description="Deals of this representative only.")]


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
