"""Numbers stay without gaps although each command goes on from what the one before has not saved yet."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.billing import DraftInvoice, IssueInvoice
from application.crm import RegisterCustomer
from application.organisation import RegisterLegalEntity, SetTaxRates
from domain.billing import Invoice
from domain.organisation import IssueDatePrecedesSeries
from features.faults.service import FULL
from features.faults.write_side import Desk, PausingLog, desk
from infrastructure.database import connect
from infrastructure.event_log import Appended, EventLog, LogBusy, Save, Stale, exclusive

ADDRESS = {"country_code": "DE", "city": "Kiel"}
ENTITY = {"name": "Nordlicht GmbH", "address": ADDRESS, "currency": "EUR", "time_zone": "Europe/Berlin"}
RATE = {"jurisdiction": "DE", "category": "S", "rate": "19", "valid_from": "2007-01-01"}
LINE = {"item_name": "Advice", "quantity": "2", "net_price": "80.00"}
INVOICES = 8
TAKE_AWAY = b"""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE '%% exclusive'"""


class FailingLog(EventLog):
    """Refuses some of the appends that issue an invoice, counted from 0, before or after others are in the queue."""

    def __init__(self, database_url: str, failing: set[int], *, late: bool) -> None:
        super().__init__(database_url)
        self._failing, self._late = failing, late
        self.issued = 0

    async def append(self, save: Save) -> Appended:
        """See `EventLog.append`."""
        if save.metadata["command"] == IssueInvoice.__name__:
            self.issued += 1
            if self.issued - 1 in self._failing:
                if self._late:
                    await self.head()
                raise LogBusy("as the test wants it")
        return await super().append(save)


async def _drafts(business: Desk, seller_prefix: str) -> list[UUID]:
    seller = await business.does(
        RegisterLegalEntity, {**ENTITY, "series_prefix": seller_prefix, "vat_id": "DE136695976"}
    )
    await business.does(SetTaxRates, {"tax_rates": [RATE]}, seller.id)
    customer = await business.does(RegisterCustomer, {"name": "Müller & Söhne KG", "address": ADDRESS})
    draft = {"seller_id": str(seller.id), "customer_id": str(customer.id), "currency": "EUR", "lines": [LINE]}
    return [(await business.does(DraftInvoice, {**draft, "held": True})).id for _ in range(INVOICES)]


def test_what_was_passed_on_and_never_saved_decides_nothing(database_url: str) -> None:
    """Not even where another process has saved as many events since, so that versions tell nothing."""
    asyncio.run(_issue_in_turns(database_url))


async def _issue_in_turns(database_url: str) -> None:
    failing = FailingLog(database_url, {0}, late=False)
    async with desk(failing, database_url, "one") as one, desk(EventLog(database_url), database_url, "other") as other:
        never, last, before_last, *_ = await _drafts(one, "S")
        with pytest.raises(LogBusy):
            await one.does(IssueInvoice, {"issue_date": "2026-01-05"}, never)
        await other.does(IssueInvoice, {"issue_date": "2026-01-20"}, last)
        with pytest.raises(IssueDatePrecedesSeries):
            await one.does(IssueInvoice, {"issue_date": "2026-01-10"}, before_last)


class StaleToo(PausingLog):
    """Tells when a save was refused because of what others had written."""

    def __init__(self, database_url: str) -> None:
        super().__init__(database_url)
        self.stale = asyncio.Event()

    async def append(self, save: Save) -> Appended:
        """See `EventLog.append`."""
        try:
            return await super().append(save)
        except Stale:
            self.stale.set()
            raise


@pytest.mark.parametrize("gap", ["none", "refused before", "cancelled before"])
def test_nothing_goes_on_from_a_save_that_came_to_nothing(
    database_url: str, gap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name was taken from us, and another process has saved as many events: versions alone would tell nothing."""
    monkeypatch.setattr(exclusive, "SHARE", 60.0)
    asyncio.run(_issue_after_losing_the_turn(database_url, gap))


async def _issue_after_losing_the_turn(database_url: str, gap: str) -> None:
    log = StaleToo(database_url)
    async with desk(log, database_url, "one") as one, desk(EventLog(database_url), database_url, "other") as other:
        first, next_one, taken, *_ = await _drafts(one, "L")
        before = await log.hold_up(IssueInvoice, one.does(IssueInvoice, {"issue_date": "2026-01-10"}, first))
        after = await log.hold_up(IssueInvoice, one.does(IssueInvoice, {"issue_date": "2026-01-15"}, next_one))
        await _take_turns_away(database_url)
        await other.does(IssueInvoice, {"issue_date": "2026-01-20"}, taken)
        if gap == "cancelled before":
            before.asked.cancel()
            await asyncio.wait([before.asked])
        before.over.set()
        if gap == "refused before":
            await log.stale.wait()
        with pytest.raises(IssueDatePrecedesSeries):
            await after.goes_on()
        with pytest.raises((IssueDatePrecedesSeries, asyncio.CancelledError)):
            await before.asked


async def _take_turns_away(database_url: str) -> None:
    async with await connect(database_url, None, "q2c test") as owner:
        await owner.execute(TAKE_AWAY)


@pytest.mark.parametrize("late", [False, True])
@settings(max_examples=40 if FULL else 5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(failing=st.sets(st.integers(0, INVOICES + 2)))
def test_what_goes_on_from_a_save_that_fails_is_done_again(database_url: str, failing: set[int], late: bool) -> None:
    asyncio.run(_issue_all_at_once(database_url, failing, late=late))


async def _issue_all_at_once(database_url: str, failing: set[int], *, late: bool) -> None:
    log = FailingLog(database_url, failing, late=late)
    async with desk(log, database_url, f"issuer {uuid4()}") as business:
        start = await log.head()
        drafts = await _drafts(business, f"S{start}")
        asked = await asyncio.gather(
            *(business.does(IssueInvoice, on=draft) for draft in drafts), return_exceptions=True
        )
        recorded = [each for each in await log.read(start, 1_000) if each.topic == Invoice.Issued.TOPIC]
        done = [draft for draft, answer in zip(drafts, asked, strict=True) if not isinstance(answer, BaseException)]
        assert {type(answer) for answer in asked if isinstance(answer, BaseException)} <= {LogBusy}
        assert {each.originator_id for each in recorded} == set(done)
        numbers = [int(vars(each.event)["number"].rsplit("-")[-1]) for each in recorded]
        assert numbers == list(range(1, len(done) + 1))
