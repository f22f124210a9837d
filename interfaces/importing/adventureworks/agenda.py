"""When what happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from interfaces.importing.adventureworks.deals import Deal


@dataclass(slots=True)
class Day:
    """What happened on one day."""

    ordered: list[Deal] = field(default_factory=list)
    shipped: list[Deal] = field(default_factory=list)
    paid: list[Deal] = field(default_factory=list)


def agenda(deals: Iterable[Deal]) -> list[tuple[date, Day]]:
    """The days in their order, and on each what happened, in the order of the deals."""
    days: dict[date, Day] = defaultdict(Day)
    for deal in deals:
        heading = deal.order.heading
        days[heading.order_date].ordered.append(deal)
        days[heading.ship_date].shipped.append(deal)
        days[heading.due_date].paid.append(deal)
    return sorted(days.items())
