"""What was measured, and whether it is what was promised."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured."""

    name: str
    value: float
    unit: str
    """`x`: a ratio to what the name says it is compared with."""
    meaning: str
    least: float | None = None
    """The bar, where more is better."""
    most: float | None = None
    """The bar, where less is better."""

    @property
    def bar(self) -> str | None:
        """What was promised, if anything."""
        if self.least is not None:
            return f"at least {self.least:g}"
        return None if self.most is None else f"at most {self.most:g}"

    @property
    def met(self) -> bool | None:
        """Whether it is as promised."""
        if self.least is not None:
            return self.value >= self.least
        return None if self.most is None else self.value <= self.most

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        value = float(f"{self.value:.4g}")
        return {"name": self.name, "value": value, "unit": self.unit, "bar": self.bar, "met": self.met}


def milliseconds(name: str, seconds: Sequence[float], quantile: float, meaning: str, **bar: float | None) -> Figure:
    """So much of them took at most that long."""
    return Figure(name, 1000 * slowest(seconds, quantile), "ms", meaning, **bar)


def slowest(seconds: Sequence[float], quantile: float) -> float:
    """What that part of them does not exceed: 0.5 is the median, 0.99 leaves out the slowest hundredth."""
    ordered = sorted(seconds)
    return ordered[min(int(len(ordered) * quantile), len(ordered) - 1)]


def ratio(name: str, ours: Sequence[float], theirs: Sequence[float], meaning: str, **bar: float | None) -> Figure:
    """The median ratio of rounds in which one was measured right after the other."""
    rounds = [one / other for one, other in zip(ours, theirs, strict=True)]
    return Figure(name, statistics.median(rounds), "x", meaning, **bar)
