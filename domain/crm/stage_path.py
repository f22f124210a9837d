"""The path of an opportunity: its stages, what each means for a forecast, and what brings an opportunity there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, get_args

from domain.shared.aggregate import Aggregate, Event
from domain.shared.refusal import Invalid, Refusal

ForecastCategory = Literal["omitted", "pipeline", "best_case", "commit", "closed"]
CATEGORIES: tuple[str, ...] = get_args(ForecastCategory)
Milestone = Literal["quote_sent", "quote_accepted", "won"]
"""What brings an opportunity to a stage by itself."""


class StagePathIsNotSound(Refusal):
    """A path names each stage once, in one of them an opportunity is won, and just from there on it is closed."""

    rule = "F1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of the path. There is none without a forecast category (F1)."""

    name: str
    forecast_category: ForecastCategory
    probability: Decimal
    """Percent of the amount that a forecast counts on."""
    reached_by: Milestone | None = None
    asks_for: tuple[str, ...] = ()
    """What is captured of an opportunity in this stage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageDetail:
    """What was captured in a stage."""

    name: str
    value: str


def _stage(
    name: str, category: ForecastCategory, probability: int, milestone: Milestone | None, *asks_for: str
) -> Stage:
    return Stage(
        name=name,
        forecast_category=category,
        probability=Decimal(probability),
        reached_by=milestone,
        asks_for=asks_for,
    )


PRESET_NAME = "preset"
PRESET: tuple[Stage, ...] = (
    _stage("potential", "omitted", 10, None, "need", "budget"),
    _stage("proposal", "pipeline", 40, "quote_sent", "competitors", "decision criteria"),
    _stage("purchase_order", "best_case", 70, "quote_accepted", "purchase order date"),
    _stage("advance", "commit", 90, None, "advance amount", "advance received on"),
    _stage("order_acceptance", "closed", 100, "won", "promised delivery"),
    _stage("installation", "closed", 100, None, "site", "installed on", "installed by"),
)
"""Where no other path is asked for."""


def won_place(stages: Sequence[Stage]) -> int:
    """The place of the stage in which it is won."""
    return next(place for place, stage in enumerate(stages) if stage.reached_by == "won")


def check_path(stages: Sequence[Stage]) -> None:
    """Refuse a path that an opportunity could not be followed on (F1)."""
    names = [stage.name for stage in stages]
    if len(set(names)) < len(names) or not all(names):
        raise StagePathIsNotSound("Each stage has a name of its own.", pointer="/stages")
    milestones = [stage.reached_by for stage in stages if stage.reached_by is not None]
    if milestones.count("won") != 1 or len(set(milestones)) < len(milestones) or stages[0].reached_by == "won":
        raise StagePathIsNotSound(
            "Each milestone leads to one stage at most, winning to one that is not the first.", pointer="/stages"
        )
    won = won_place(stages)
    for place, stage in enumerate(stages):
        pointer = f"/stages/{place}"
        if stage.forecast_category not in CATEGORIES or (stage.forecast_category == "closed") != (place >= won):
            raise StagePathIsNotSound(f"{stage.name} cannot be {stage.forecast_category}.", pointer=pointer)
        if not 0 <= stage.probability <= 100 or (stage.probability == 100) != (place >= won):
            raise StagePathIsNotSound(f"{stage.name} cannot have {stage.probability} percent.", pointer=pointer)


class StagePath(Aggregate):
    """A path that opportunities may be opened on; those that are on it keep it as it was then."""

    ACTIONS = {"defined": ()}

    name: str
    stages: tuple[Stage, ...]

    class Defined(Event):
        name: str
        stages: tuple[Stage, ...]

        def apply(self, path: StagePath) -> None:
            path.state, path.name, path.stages = "defined", self.name, self.stages

    def define(self, name: str, stages: Sequence[Stage], at: datetime) -> None:
        """A new path. Refuses one without sense (F1)."""
        if not stages:
            raise Invalid("A path has stages.", pointer="/stages")
        check_path(stages)
        self.record(self.Defined, at, name=name, stages=tuple(stages))


def stage_of(stages: Sequence[Stage], name: str) -> int:
    """The place of that stage."""
    for place, stage in enumerate(stages):
        if stage.name == name:
            return place
    raise Invalid(f"The path has the stages {', '.join(stage.name for stage in stages)}.", pointer="/stage")
