"""What an import comes to, or would: how many rows of each file are new, change something or are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from interfaces.importing.csv_files.desk import Verdict
from interfaces.importing.csv_files.forms import FormName
from interfaces.importing.rows import Problem

NONE: Counter[Verdict] = Counter()


@dataclass(slots=True)
class Report:
    """The outcome."""

    rows: Mapping[FormName, int]
    verdicts: Mapping[FormName, Counter[Verdict]]
    problems: list[Problem]
    imported: bool = False
    """Whether anything was done."""
    position: int = 0
    """Of the last event of the log."""
    seconds: float = 0.0

    def files(self) -> list[dict[str, Any]]:
        """Each file's rows; the bad ones are those that have problems."""
        return [
            {"file": f"{name}.csv", "rows": rows, **self._counts(self.verdicts.get(name, NONE), rows)}
            for name, rows in self.rows.items()
        ]

    def as_json(self) -> dict[str, Any]:
        """Everything."""
        return {
            "imported": self.imported,
            "files": self.files(),
            "problems": [asdict(problem) for problem in self.in_order()],
            "position": self.position,
            "seconds": round(self.seconds, 1),
        }

    def in_order(self) -> list[Problem]:
        """The problems, file by file and row by row."""
        return sorted(self.problems, key=lambda one: (one.file, one.row, one.column))

    @staticmethod
    def _counts(verdicts: Counter[Verdict], rows: int) -> dict[str, int]:
        return {
            "new": verdicts["new"],
            "changed": verdicts["changed"],
            "known": verdicts["known"],
            "bad": rows - verdicts.total(),
        }
