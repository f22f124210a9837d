"""Deals and opportunities by stage, owner and age, how well they end, and what is to be done about them."""

from projections.pipeline.deal_queries import Deal, PipelineMetrics, Stage, StageTotal, deals, metrics, stages
from projections.pipeline.model import Pipeline
from projections.pipeline.opportunity_queries import (
    OpportunityState,
    Wanted,
    conversation,
    forecast_categories,
    opportunities,
    opportunity,
    outcomes,
    stage_paths,
)
from projections.pipeline.rows import (
    CategoryTotal,
    Conversation,
    OpportunityRow,
    OpportunityView,
    Outcomes,
    StagePathView,
)
from projections.pipeline.work_queries import HandOverState, hand_over, hand_overs, my_work
from projections.pipeline.work_rows import HandOverRow, HandOverView, MyWork

__all__ = [
    "CategoryTotal",
    "Conversation",
    "Deal",
    "HandOverRow",
    "HandOverState",
    "HandOverView",
    "MyWork",
    "OpportunityRow",
    "OpportunityState",
    "OpportunityView",
    "Outcomes",
    "Pipeline",
    "PipelineMetrics",
    "Stage",
    "StagePathView",
    "StageTotal",
    "Wanted",
    "conversation",
    "deals",
    "forecast_categories",
    "hand_over",
    "hand_overs",
    "metrics",
    "my_work",
    "opportunities",
    "opportunity",
    "outcomes",
    "stage_paths",
    "stages",
]
