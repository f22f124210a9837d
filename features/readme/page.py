"""The README as a reader uses it: its blocks to paste, the answers below them, its links."""

from __future__ import annotations

import re
from dataclasses import dataclass

from features.house import disk

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
LEFT_OUT = "…"
VARYING = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "DIGEST"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "DAY"),
    (re.compile(r"\b\d\d:\d\d\b"), "TIME"),
    (re.compile(r"-INV-\d{4}-"), "-INV-YEAR-"),
    (re.compile(r'"position":\d+|as of \d+'), "POSITION"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "ADDRESS"),
    (re.compile(r"[^\S\n]+"), " "),
)
"""What differs from one run to the next, and the widths of tables."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A block of the tour, and the lines that the page says it answers."""

    commands: str
    answers: list[str]


def tour() -> list[Stop]:
    """The tour's blocks in order, each with the answer that stands right below it, if any."""
    blocks = BLOCK.findall(_part("## A five-minute tour"))
    stops = []
    for (language, text), below in zip(blocks, [*blocks[1:], ("sh", "")], strict=True):
        if language == "sh":
            stops.append(Stop(text, [] if below[0] else below[1].splitlines()))
    return stops


def links() -> set[str]:
    """Where the page's links lead."""
    return set(LINK.findall(disk.readme()))


def headings() -> set[str]:
    """The names by which links within the page reach its headings."""
    found = re.findall(r"^#+ (.*)$", disk.readme(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in found}


def missing(expected: list[str], answered: str) -> list[str]:
    """The expected lines that an answer lacks, in their order; `…` stands for anything, one line may hold several."""
    text, seen, lacking = _steady(answered), 0, []
    for line in expected:
        found = _pattern(line).search(text, seen)
        if found is None:
            lacking.append(line)
        else:
            seen = found.end()
    return lacking


def _pattern(line: str) -> re.Pattern[str]:
    parts = (re.escape(_steady(part).strip()) for part in line.split(LEFT_OUT))
    return re.compile(".*?".join(parts))


def _steady(text: str) -> str:
    for varying, name in VARYING:
        text = varying.sub(name, text)
    return text


def _part(heading: str) -> str:
    """From a heading of the second level up to the next one."""
    _, _, after = disk.readme().partition(f"\n{heading}\n")
    return after.split("\n## ", 1)[0]
