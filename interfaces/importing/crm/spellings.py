"""What the files write in several ways, or wrongly, and what is meant."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

SECTORS = {"technolgy": "technology"}
COUNTRIES = {"Philipines": "Philippines"}
CODES = {
    "Belgium": "BE",
    "Brazil": "BR",
    "Canada": "CA",
    "China": "CN",
    "France": "FR",
    "Germany": "DE",
    "India": "IN",
    "Italy": "IT",
    "Japan": "JP",
    "Jordan": "JO",
    "Kenya": "KE",
    "Korea": "KR",  # the file does not say which of the two; one of them buys hardware
    "Mexico": "MX",
    "Norway": "NO",
    "Panama": "PA",
    "Philippines": "PH",
    "Poland": "PL",
    "Romania": "RO",
    "Spain": "ES",
    "United Kingdom": "GB",
    "United States": "US",
}
"""ISO 3166-1 alpha-2 of the countries that the file may name."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What was read as something else than what is written."""

    file: str
    column: str
    written: str
    read_as: str


@dataclass(slots=True)
class Corrections:
    """Every correction, and in how many rows it was made."""

    rows: Counter[Correction] = field(default_factory=Counter)

    def spelled(self, file: str, column: str, written: str, spellings: dict[str, str]) -> str:
        """What is meant by a text that may be one of the known misspellings."""
        return self.read_as(file, column, written, spellings.get(written, written))

    def read_as(self, file: str, column: str, written: str, meant: str) -> str:
        """What is meant; kept where it is not what is written."""
        if meant != written:
            self.rows[Correction(file, column, written, meant)] += 1
        return meant


def squeezed(name: str) -> str:
    """A name without blanks and case: `GTXPro` and `GTX Pro` are the same."""
    return "".join(name.split()).casefold()
