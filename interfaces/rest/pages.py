"""Documents as pages that a person reads on a screen and prints."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from jinja2 import Environment, PackageLoader, StrictUndefined

from projections.documents import DocumentView

TITLES = {"quote": "Quote", "invoice": "Invoice", "credit_note": "Credit note"}
PREPAYMENT = "386"
LAST_DAYS = {"quote": "Valid until", "invoice": "Due", "credit_note": ""}

UNIT_NAMES = {"C62": "pc", "HUR": "h", "DAY": "d", "MON": "mo", "KGM": "kg"}
"""What a reader expects instead of the code of UN/ECE Recommendation 20."""


def amount(value: Decimal) -> str:
    """With groups of thousands, and the decimals that it has."""
    return f"{value:,f}"


def plain(value: Decimal) -> str:
    """A quantity or rate without idle zeros."""
    return f"{value.normalize():,f}"


def price(value: Decimal) -> str:
    """At least two decimals, more only where they say something."""
    short = value.normalize()
    exponent = short.as_tuple().exponent
    return f"{short:,f}" if isinstance(exponent, int) and exponent < -2 else f"{value:,.2f}"


def day(value: date) -> str:
    """`2 March 2026`: no reader takes the month for the day."""
    return f"{value.day} {value:%B %Y}"


def unit(code: str) -> str:
    """A short name of a unit, or its code."""
    return UNIT_NAMES.get(code, code)


_pages = Environment(
    loader=PackageLoader("interfaces.rest"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_pages.filters |= {"amount": amount, "plain": plain, "price": price, "day": day, "unit": unit}


def page(view: DocumentView) -> str:
    """The document as HTML, complete in itself."""
    kind = view.document.kind
    title = "Prepayment invoice" if view.document.type_code == PREPAYMENT else TITLES[kind]
    return _pages.get_template("document.html").render(
        view=view, document=view.document, title=title, last_day_label=LAST_DAYS[kind]
    )
