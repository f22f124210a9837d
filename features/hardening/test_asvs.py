"""What the README says of security is shown by tests that exist."""

from __future__ import annotations

import re

import pytest

from features.house import disk

SECTION = "Answers to OWASP ASVS"
CITED = re.compile(r"`([a-z_]+/[a-z_]+\.(?:py|feature))(?:::|: )([^`]+)`")


def cited() -> list[tuple[str, str]]:
    return CITED.findall(disk.section(SECTION))


@pytest.mark.parametrize(("file", "name"), sorted(set(cited())))
def test_every_test_that_the_readme_names_exists(file: str, name: str) -> None:
    text = (disk.ROOT / "features" / file).read_text()
    sought = rf"^ *Scenario(?: Outline)?: {re.escape(name)}$" if file.endswith(".feature") else rf"def {name}\("
    assert re.search(sought, text, re.MULTILINE), f"{file} has no {name}"


def test_every_row_is_shown_or_says_why_not() -> None:
    rows = [line.strip("| ").split(" | ") for line in disk.section(SECTION).splitlines() if re.match(r"\| \d", line)]
    assert len(rows) > 80
    for row in rows:
        requirement, said = row[0], row[1]
        assert re.match(r"(\d+\.\d+\.\d+(–\d+\.\d+\.\d+)?(, )?)+ ", requirement), requirement
        shown = CITED.findall(" ".join(row[2:]))
        assert shown or not said.startswith("yes:") or len(said) > len("yes:"), requirement
