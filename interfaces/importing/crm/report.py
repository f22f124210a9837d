"""What the import of opportunities comes to, as the log has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from domain.crm import Opportunity
from domain.quoting import Quote
from domain.shared.aggregate import Event
from interfaces.importing.crm.files import PipelineRow, Source
from interfaces.importing.crm.spellings import Correction
from interfaces.importing.report import plain
from interfaces.importing.rows import Problem

CENT = Decimal("0.01")


@dataclass(slots=True)
class Report:
    """Counts by the file's stages, and what was won."""

    source: Source
    problems: list[Problem] = field(default_factory=list)
    stages: Counter[str] = field(default_factory=Counter)
    without_account: int = 0
    won_amount: Decimal = Decimal(0)
    known_before: int = 0
    position: int = 0
    seconds: float = 0

    def add(self, row: PipelineRow, amount: Decimal) -> None:
        """One more that stands where the file says."""
        self.stages[row.deal_stage] += 1
        self.without_account += row.account is None
        self.won_amount += amount if row.deal_stage == "Won" else 0

    def failed(self, row: PipelineRow, reason: str) -> None:
        """One that does not."""
        self.problems.append(Problem(self.source.file, row.row, "", f"{row.number}: {reason}"))

    def known_otherwise(self, subject: str) -> None:
        """What was imported before from files that said something else of it."""
        self.problems.append(Problem("", 0, "", f"{subject} is known with other details, which stay"))

    @property
    def win_rate_percent(self) -> Decimal | None:
        """Won of those that were decided."""
        closed = self.stages["Won"] + self.stages["Lost"]
        return (Decimal(100 * self.stages["Won"]) / closed).quantize(CENT, ROUND_HALF_UP) if closed else None

    def as_json(self) -> dict[str, Any]:
        """Everything, amounts as decimal strings."""
        figures = {"win_rate_percent": self.win_rate_percent, "won_amount": self.won_amount}
        return {
            "rows": self.source.rows,
            "opportunities": self.stages.total(),
            "stages": {stage: self.stages[stage] for stage in ("Prospecting", "Engaging", "Won", "Lost")},
            "without_account": self.without_account,
            **plain(figures),
            "corrections": [
                {**asdict(one), "rows": count} for one, count in sorted(self.corrections, key=lambda each: str(each[0]))
            ],
            "problems": [asdict(problem) for problem in self.problems],
            "known_before": self.known_before,
            "position": self.position,
            "seconds": round(self.seconds, 1),
        }

    @property
    def corrections(self) -> Iterable[tuple[Correction, int]]:
        """What was read as something else than is written, and in how many rows."""
        return self.source.corrections.rows.items()


def stands(row: PipelineRow, events: Iterable[Event]) -> bool:
    """Whether an opportunity has got to where the file says."""
    match row.deal_stage:
        case "Won":
            wanted: type[Event] = Opportunity.Won
        case "Lost":
            wanted = Opportunity.Lost
        case "Engaging":
            wanted = Opportunity.MilestoneReached if row.account else Opportunity.Moved
        case "Prospecting":
            wanted = Opportunity.QuoteAttached if row.account else Opportunity.Opened
    return any(isinstance(event, wanted) for event in events)


def amount_of(events: Iterable[Event]) -> Decimal:
    """What a quote was drafted for."""
    drafted = [event.totals.line_extension_total.amount for event in events if isinstance(event, Quote.Drafted)]
    return sum(drafted, Decimal(0))
