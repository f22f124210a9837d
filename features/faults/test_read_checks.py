"""What a command was decided on still holds when its save is kept: prices and credit change between the two, and
nothing stale gets through."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, get_args
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from application.catalogue import SetPrices
from application.crm import AssignRepresentative, MergeCustomer, UnmergeCustomer
from application.ordering import ConfirmOrder, SetCreditLimit
from application.quoting import AcceptQuote, DraftQuote, ExtendQuote, RepriceQuote, SendQuote
from application.unit_of_work import Envelope
from domain.catalogue import PriceBook
from domain.crm import Customer, MergedInCircle
from domain.ordering import CreditAccount, Debtor, Order
from domain.quoting import PricesHaveChanged, Quote
from features.api import Json, SetClock
from features.faults.negative_controls import UncheckedReads
from features.faults.service import FULL
from features.faults.write_side import Desk, HeldUp, PausingLog, desk
from features.world import World
from infrastructure.application import Done
from infrastructure.event_log import EventLog, RecordedEvent, Stale

EXAMPLES = 200 if FULL else 15

Step = Literal["draft", "send", "reprice", "extend", "price", "go on"]
"""Draft, reprice or extend a quote, up to the save; draft and send one; change the price; let the first of those who
wait go on."""

BETWEEN: dict[str, list[Step]] = {
    "drafted": ["draft", "price"],
    "drafted from a copy": ["draft", "go on", "price", "draft"],
    "repriced": ["draft", "go on", "reprice", "price"],
    "extended": ["send", "extend", "price"],
}
"""In each of these, a price changes at the wrong moment."""


class UncheckedPausingLog(PausingLog, UncheckedReads):
    """Can be held up, and forgets what was read."""


@dataclass
class Shop:
    """Sales in one process, which can be held up between reading and saving; whoever sets prices in another."""

    world: World
    log: PausingLog
    sales: Desk
    pricing: Desk
    drafts: deque[UUID] = field(default_factory=deque)
    sent: deque[UUID] = field(default_factory=deque)
    waiting: deque[HeldUp[Done]] = field(default_factory=deque)
    prices: int = 0

    async def take(self, step: Step) -> None:
        """One step, where there is something to do it to."""
        if step == "price":
            await self.price()
        elif step == "go on" and self.waiting:
            await self.go_on()
        elif step == "draft":
            await self.begin(DraftQuote, self.world.quote())
        elif step == "send":
            done = await self.sales.does(DraftQuote, self.world.quote())
            await self.sales.does(SendQuote, on=done.id)
            self.sent.append(done.id)
        elif step == "reprice" and self.drafts:
            await self.begin(RepriceQuote, {}, self.drafts.popleft())
        elif step == "extend" and self.sent:
            await self.begin(ExtendQuote, {"valid_until": "2026-04-30"}, self.sent.popleft())

    async def price(self) -> None:
        """Another price than before."""
        self.prices += 1
        price = {"unit_price": f"{200 + self.prices % 3}.00"}
        lamp = {"product_id": self.world.products["LAMP"], "price": price, "valid_from": "2026-01-01"}
        await self.pricing.does(SetPrices, {"prices": [lamp]}, UUID(self.world.price_book))

    async def begin(self, command: type, body: Json, on: UUID | None = None) -> None:
        """Everything but to save it."""
        self.waiting.append(await self.log.hold_up(command, self.sales.does(command, body, on)))

    async def go_on(self) -> None:
        """Save it, or decide again; a refusal because of prices is as good an end as any."""
        try:
            done = await self.waiting.popleft().goes_on()
        except PricesHaveChanged:
            return
        if done.version == 1:
            self.drafts.append(done.id)


async def _interleave(world: World, database_url: str, steps: Sequence[Step], log: PausingLog) -> list[RecordedEvent]:
    """What the log holds in the end."""
    run = uuid4()
    async with (
        desk(log, database_url, f"sam {run}") as sales,
        desk(EventLog(database_url), database_url, f"pia {run}") as pricing,
    ):
        shop = Shop(world, log, sales, pricing)
        for step in steps:
            await shop.take(step)
        while shop.waiting:
            await shop.go_on()
        return await log.read(0, 100_000)


def judge_prices(world: World, recorded: Sequence[RecordedEvent]) -> None:
    """Every draft and every extension is at the prices of its moment."""
    lamp, version, price = UUID(world.products["LAMP"]), 0, Decimal(0)
    offered: dict[UUID, list[Decimal]] = {}
    for each in recorded:
        event = each.event
        if str(each.originator_id) == world.price_book:
            version = each.originator_version
            if isinstance(event, PriceBook.PriceSet) and event.product_id == lamp:
                price = event.price.unit_price
        elif isinstance(event, Quote.Drafted | Quote.Repriced):
            named = event.offer if isinstance(event, Quote.Drafted) else event
            offered[each.originator_id] = [line.gross_price for line in event.lines]
            assert named.price_book_version == version, "a stale price book"
            assert offered[each.originator_id] == [price], "a stale price"
        elif isinstance(event, Quote.ValidityExtended):
            assert offered[each.originator_id] == [price], "extended at a price of the past"


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(get_args(Step)), min_size=3, max_size=10))
@example(steps=[step for steps in BETWEEN.values() for step in [*steps, "go on"]])
def test_nothing_is_offered_at_a_stale_price(world: World, database_url: str, steps: list[Step]) -> None:
    judge_prices(world, asyncio.run(_interleave(world, database_url, steps, PausingLog(database_url))))


@pytest.mark.parametrize("between", BETWEEN)
def test_stale_prices_are_caught(world: World, database_url: str, between: str) -> None:
    recorded = asyncio.run(_interleave(world, database_url, BETWEEN[between], UncheckedPausingLog(database_url)))
    with pytest.raises(AssertionError, match=r"stale price|of the past"):
        judge_prices(world, recorded)


LIMIT = Decimal(10)


async def _confirm(world: World, database_url: str, meanwhile: str, log: PausingLog) -> list[RecordedEvent]:
    """An order for 357.00 is about to be confirmed when the customer's credit becomes less than that."""
    async with (
        desk(log, database_url, "sam") as sales,
        desk(EventLog(database_url), database_url, "lea") as lending,
    ):
        alias = UUID(world.api.done("/customers", {"name": "Mueller", "address": {"country_code": "DE"}}).id)
        limited = UUID(world.customer) if meanwhile == "limit" else alias
        limit = {"seller_id": world.seller, "customer_id": str(limited), "limit": str(LIMIT), "currency": "EUR"}
        if meanwhile == "merge":
            await lending.does(SetCreditLimit, limit)
        confirmation = await log.hold_up(ConfirmOrder, _accept(sales, log, world))
        if meanwhile == "limit":
            await lending.does(SetCreditLimit, limit)
        else:
            await lending.does(MergeCustomer, {"into": world.customer}, alias)
        await confirmation.goes_on()
        return await log.read(0, 100_000)


async def _accept(sales: Desk, log: EventLog, world: World) -> None:
    quote = (await sales.does(DraftQuote, world.quote())).id
    await sales.does(SendQuote, on=quote)
    sent = (await log.events_of(quote))[-1].event
    assert isinstance(sent, Quote.Sent)
    evidence = {"consent_text": "We order.", "accepted_by": "Ida", "identified_by": "e-mail"}
    shown = {"revision": sent.revision, "document_sha256": sent.document_sha256}
    await sales.does(AcceptQuote, {**shown, "evidence": evidence}, quote)


def judge_credit(recorded: Sequence[RecordedEvent]) -> None:
    """No order is confirmed beyond what its customer may owe at that moment, with whoever was merged into it."""
    owed: dict[UUID, tuple[UUID, Decimal]] = {}
    limits: dict[UUID, Decimal] = {}
    aliases: dict[UUID, set[UUID]] = {}
    outcomes = 0
    for each in recorded:
        event = each.event
        if isinstance(event, CreditAccount.LimitSet):
            limits[event.customer_id] = event.limit.amount
        elif isinstance(event, Debtor.AliasGained):
            aliases.setdefault(event.customer_id, set()).add(event.alias_id)
        elif isinstance(event, Order.Placed):
            owed[each.originator_id] = event.parties.bill_to_id, event.totals.payable_amount.amount
        elif isinstance(event, Order.Confirmed | Order.Held):
            outcomes += 1
            customer, amount = owed[each.originator_id]
            limited = [limits[one] for one in {customer, *aliases.get(customer, ())} if one in limits]
            assert isinstance(event, Order.Held) or not limited or amount <= sum(limited), "beyond the limit"
    assert outcomes == 1


@pytest.mark.parametrize("meanwhile", ["limit", "merge"])
def test_nothing_is_confirmed_on_credit_of_the_past(world: World, database_url: str, meanwhile: str) -> None:
    judge_credit(asyncio.run(_confirm(world, database_url, meanwhile, PausingLog(database_url))))


@pytest.mark.parametrize("meanwhile", ["limit", "merge"])
def test_stale_credit_is_caught(world: World, database_url: str, meanwhile: str) -> None:
    recorded = asyncio.run(_confirm(world, database_url, meanwhile, UncheckedPausingLog(database_url)))
    with pytest.raises(AssertionError, match="beyond the limit"):
        judge_credit(recorded)


def test_two_processes_merge_in_no_circle(world: World, database_url: str) -> None:
    """One of them still has a customer at hand as it was before the other one merged it."""

    async def merge(one: UUID, two: UUID) -> None:
        async with _two_desks(database_url) as (sam, pia):
            await sam.does(DraftQuote, world.quote(customer_id=str(two)))
            await pia.does(MergeCustomer, {"into": str(one)}, two)
            with pytest.raises(MergedInCircle):
                await sam.does(MergeCustomer, {"into": str(two)}, one)

    asyncio.run(merge(*_customers(world)))


def test_what_looks_like_a_circle_is_looked_at_again(world: World, database_url: str) -> None:
    """One of two customers is at hand as it was when the other one stood for it, which is an alias itself by now."""

    async def merge(one: UUID, two: UUID) -> None:
        async with _two_desks(database_url) as (sam, pia):
            await pia.does(MergeCustomer, {"into": str(one)}, two)
            await sam.does(DraftQuote, world.quote(customer_id=str(two)))
            await sam.does(AssignRepresentative, {"representative": "sam"}, one)
            await pia.does(UnmergeCustomer, {}, two)
            await pia.does(MergeCustomer, {"into": str(two)}, one)
            drafted = await sam.does(DraftQuote, world.quote(customer_id=str(two)))
            quote = await sam.application.log.load(Quote, drafted.id)
            assert quote.offer.parties.sold_to_id == two

    asyncio.run(asyncio.wait_for(merge(*_customers(world)), 60))


def test_what_is_looked_at_and_then_loaded_is_the_same(world: World, database_url: str) -> None:
    """Another process changes it in between, or while this one still has it at hand as it was."""

    async def look_and_load(customer: UUID) -> None:
        async with _two_desks(database_url) as (sam, pia):
            await sam.does(DraftQuote, world.quote(customer_id=str(customer)))
            await pia.does(AssignRepresentative, {"representative": "pia"}, customer)
            envelope, command = Envelope(key="looks", actor="sam", at=SetClock().now()), UnmergeCustomer()
            async with sam.application._work(command, envelope, customer, False) as work:
                seen = await work.read(Customer, customer)
                with pytest.raises(Stale) as stale:
                    await work.load(Customer, customer)
            assert stale.value.aggregate_ids == (seen.id,)

    asyncio.run(look_and_load(UUID(world.customer)))


def _customers(world: World) -> list[UUID]:
    bodies = [{"name": name, "address": {"country_code": "DE"}} for name in ("Mueller", "Müller")]
    return [UUID(world.api.done("/customers", body).id) for body in bodies]


@asynccontextmanager
async def _two_desks(database_url: str) -> AsyncIterator[tuple[Desk, Desk]]:
    async with (
        desk(EventLog(database_url), database_url, "sam") as sam,
        desk(EventLog(database_url), database_url, "pia") as pia,
    ):
        yield sam, pia
