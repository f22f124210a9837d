"""Deals by stage, owner and age, and how well they end."""

from projections.pipeline.model import Pipeline
from projections.pipeline.queries import Deal, PipelineMetrics, Stage, StageTotal, deals, metrics, stages

__all__ = ["Deal", "Pipeline", "PipelineMetrics", "Stage", "StageTotal", "deals", "metrics", "stages"]
