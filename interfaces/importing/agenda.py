"""When what happened, and how much of it is worked on at once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from interfaces.importing.adventureworks import Deal

AT_ONCE = 16

T = TypeVar("T")


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


async def at_once(things: Iterable[T], work: Callable[[T], Awaitable[None]]) -> None:
    """Work on all of them, `AT_ONCE` at a time, begun in their order."""
    waiting = iter(things)

    async def next_ones() -> None:
        for thing in waiting:
            await work(thing)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(next_ones())
