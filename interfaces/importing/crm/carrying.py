"""Carries the opportunities of the file through the application, day by day, as they happened.

Within a day they have nothing to do with each other, and are worked on at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from application.unit_of_work import KeyBelongsToAnotherRequest
from domain.shared.refusal import Refusal
from interfaces.importing.crm import commands
from interfaces.importing.crm.files import Account, PipelineRow, Source
from interfaces.importing.crm.report import Report, amount_of, stands
from interfaces.importing.office import Office, at_once, told
from interfaces.importing.wishes import Wish

ZERO = Decimal(0)
STEPS = 2
"""Per opportunity: begun, ended; or left open."""


class Import:
    """One run. It may be repeated, or continued after it was killed: what is known already is passed over."""

    def __init__(self, source: Source, office: Office, moved: Callable[[int], None] = lambda steps: None) -> None:
        self._source, self._office, self._moved = source, office, moved
        self._report = Report(source, list(source.problems))
        self._failed: set[str] = set()

    async def run(self) -> Report:
        """Take every opportunity to where the file says. Raises Refusal where seller, path or prices are refused."""
        todo = await self._unknown()
        if todo:
            await self._prepare()
        begun, ended = self._agenda(todo)
        for day in sorted({*begun, *ended}):
            await at_once(begun[day], partial(self._step, self._begin, day))
            await at_once(ended[day], partial(self._step, self._end, day))
        await at_once(todo, self._conclude)
        self._report.position = await self._office.head()
        return self._report

    async def _unknown(self) -> list[PipelineRow]:
        """What is still to be done."""
        known: set[str] = set()

        async def look(row: PipelineRow) -> None:
            if await self._add(row):
                known.add(row.number)
                self._moved(STEPS)

        await at_once(self._source.opportunities, look)
        self._report.known_before = len(known)
        return [row for row in self._source.opportunities if row.number not in known]

    async def _prepare(self) -> None:
        """Everything that opportunities need, on the file's first day."""
        rows = self._source.opportunities
        products = {row.product.name: row.product for row in rows}
        for wish in commands.beginning(products.values(), self._first_day):
            await self._register(wish)
        by_account: dict[Account, list[PipelineRow]] = defaultdict(list)
        for row in rows:
            if row.account is not None:
                by_account[row.account].append(row)
        for account, its_rows in by_account.items():
            await self._introduce(account, its_rows)

    async def _introduce(self, account: Account, rows: Sequence[PipelineRow]) -> None:
        """Who may buy; where it is refused, its opportunities have failed, and no others."""
        try:
            await self._register(commands.registered(account, self._first_day))
        except Refusal as refusal:
            for row in rows:
                self._fail(row, f"account {account.name!r}: {told(refusal)}")

    async def _register(self, wish: Wish) -> None:
        try:
            await self._ask(wish)
        except KeyBelongsToAnotherRequest:
            self._report.known_otherwise(wish.subject)

    def _agenda(
        self, rows: Sequence[PipelineRow]
    ) -> tuple[dict[date, list[PipelineRow]], dict[date, list[PipelineRow]]]:
        """What begins and what ends on each day. Of one without a day it is known only that it is there at the end."""
        begun: dict[date, list[PipelineRow]] = defaultdict(list)
        ended: dict[date, list[PipelineRow]] = defaultdict(list)
        for row in rows:
            begun[row.engaged_on or self._last_day].append(row)
            ended[row.closed_on or self._last_day].append(row)
        return begun, ended

    @property
    def _first_day(self) -> date:
        return self._source.days[0]

    @property
    def _last_day(self) -> date:
        return self._source.days[-1]

    async def _begin(self, day: date, row: PipelineRow) -> None:
        for wish in commands.begun(row, day):
            await self._ask(wish)

    async def _end(self, day: date, row: PipelineRow) -> None:
        if row.deal_stage == "Won":
            quote = await self._office.events_of(commands.quote_id(row.number), 1)
            await self._ask(commands.won(row, day, quote))
        elif row.deal_stage == "Lost":
            for wish in commands.lost(row, day):
                await self._ask(wish)

    async def _step(self, step: Callable[[date, PipelineRow], Awaitable[None]], day: date, row: PipelineRow) -> None:
        """One step of an opportunity that has not failed before."""
        try:
            if row.number not in self._failed:
                await step(day, row)
        except Refusal as refusal:
            self._fail(row, told(refusal))
        finally:
            self._moved(1)

    def _fail(self, row: PipelineRow, reason: str) -> None:
        """Leave it where it is, and tell."""
        self._failed.add(row.number)
        self._report.failed(row, reason)

    async def _conclude(self, row: PipelineRow) -> None:
        if row.number not in self._failed and not await self._add(row):
            self._report.failed(row, f"does not stand at {row.deal_stage}")

    async def _add(self, row: PipelineRow) -> bool:
        """Add it to the report as the log has it; False where it does not stand where the file says."""
        if not stands(row, await self._office.events_of(commands.opportunity_id(row.number))):
            return False
        won = row.deal_stage == "Won"
        self._report.add(row, amount_of(await self._office.events_of(commands.quote_id(row.number))) if won else ZERO)
        return True

    async def _ask(self, wish: Wish) -> None:
        await self._office.execute(wish.command, wish.envelope, wish.on)
