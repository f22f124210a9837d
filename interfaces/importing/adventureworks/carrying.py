"""Carries the deals of a file through the application, day by day, as they happened.

A day ends before the next begins: invoices are dated in the order of their numbers. Within a day orders have nothing to
do with each other and are worked on at once, except deliveries. They are invoiced under consecutive numbers: one after
another, each order gets the same number in every run, interrupted or not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import partial

from application.unit_of_work import KeyBelongsToAnotherRequest
from domain.quoting import Quote
from domain.shared.refusal import Refusal
from interfaces.importing.adventureworks import deals
from interfaces.importing.adventureworks.agenda import agenda
from interfaces.importing.adventureworks.deals import Deal
from interfaces.importing.adventureworks.dimensions import Product
from interfaces.importing.adventureworks.orders import SalesOrder, Source
from interfaces.importing.adventureworks.prices import PriceList, price_lists
from interfaces.importing.adventureworks.report import Billed, Report
from interfaces.importing.office import Answer, Office, at_once, told
from interfaces.importing.rows import Problem
from interfaces.importing.wishes import Wish

STEPS = 3
"""Per order: agreed, delivered, paid."""
AFTER_DRAFT = 1
"""An invoice's first version is its draft, with all of its lines; what is asked for here follows it."""


class Import:
    """One run. It may be repeated, or continued after it was killed: what is known already is passed over."""

    def __init__(self, source: Source, office: Office, moved: Callable[[int], None] = lambda steps: None) -> None:
        self._office, self._moved = office, moved
        orders = sorted(source.orders, key=lambda order: order.heading.order_date)
        self._prices = price_lists(orders)
        self._deals = [Deal(order, self._prices[order.heading.currency]) for order in orders]
        self._report = Report(problems=list(source.problems), left_out=sorted(source.left_out))
        self._failed: set[str] = set()
        self._priced: set[tuple[str, date]] = set()
        self._asked: dict[str, str | None] = {}
        """Keys of what was registered in this run, and why it was refused."""
        self._firsts: dict[str, SalesOrder] = {}
        for order in orders:
            self._firsts.setdefault(order.heading.reseller.external_id, order)

    async def run(self) -> Report:
        """Take every order to its end. Raises Refusal where the seller itself is refused."""
        todo = await self._unsettled()
        if todo:
            for wish in deals.seller(todo[0].order.heading.order_date):
                await self._carry_out(wish)
        for day, happened in agenda(todo):
            await self._prepare(day, happened.ordered)
            await at_once(happened.ordered, partial(self._step, self._agree))
            for deal in happened.shipped:
                await self._step(self._deliver, deal)
            await at_once(happened.paid, partial(self._step, self._pay))
        self._report.position = await self._office.head()
        return self._report

    async def _unsettled(self) -> list[Deal]:
        """What is still to be done; an order whose invoice is paid is done with."""
        settled: set[str] = set()

        async def look(deal: Deal) -> None:
            billed = Billed.of(await self._office.events_of(deal.invoice_id, AFTER_DRAFT))
            if billed is not None and not billed.open:
                settled.add(deal.number)
                self._conclude(deal, billed)
                self._moved(STEPS)

        await at_once(self._deals, look)
        self._report.known_before = len(settled)
        return [deal for deal in self._deals if deal.number not in settled]

    async def _prepare(self, day: date, ordered: Sequence[Deal]) -> None:
        """Customers, products and prices of what was ordered that day."""
        customers = {deal.order.heading.reseller.external_id: deal for deal in ordered}
        await at_once([self._firsts[external_id] for external_id in customers], self._register_customer)
        for prices in {id(deal.prices): deal.prices for deal in ordered}.values():
            await self._ask(deals.price_book(prices))
            for first in (first for first in prices.days() if first <= day):
                await self._set_prices(prices, first)

    async def _register_customer(self, first: SalesOrder) -> None:
        await self._ask(deals.customer(first.heading, first.heading.order_date), first)

    async def _set_prices(self, prices: PriceList, day: date) -> None:
        """The products that are sold from that day on, and their prices."""
        beginning = list(prices.beginning(day))
        if (prices.currency, day) in self._priced:
            return
        self._priced.add((prices.currency, day))

        async def register(product: Product) -> None:
            await self._ask(deals.product(product, day))

        await at_once([one.product for one in beginning], register)
        sold = [one for one in beginning if not self._asked[deals.product_key(one.product)]]
        if sold:
            await self._ask(deals.new_prices(prices.currency, sold, day))

    async def _ask(self, wish: Wish, order: SalesOrder | None = None) -> None:
        """Ask for what orders need, once in a run; that it was refused is the trouble of the orders that need it."""
        if wish.key in self._asked:
            return
        self._asked[wish.key] = None
        try:
            await self._office.execute(wish.command, wish.envelope, wish.on)
        except KeyBelongsToAnotherRequest:
            file, row = (order.file, order.row) if order else ("", 0)
            reason = f"{wish.subject} is known with other details, which stay"
            self._report.problems.append(Problem(file, row, "", reason))
        except Refusal as refusal:
            self._asked[wish.key] = f"{wish.key}: {told(refusal)}"

    async def _agree(self, deal: Deal) -> None:
        """Quote, and the reseller's acceptance."""
        for needed in deal.needs():
            if trouble := self._asked.get(needed):
                self._fail(deal, trouble)
                return
        await self._carry_out(deal.draft())
        position = (await self._carry_out(deal.send())).position
        sent = await self._office.event_at(position)
        if not isinstance(sent, Quote.Sent):
            raise TypeError(f"position {position} is not where a quote was sent")
        await self._carry_out(deal.accept(sent))

    async def _deliver(self, deal: Deal) -> None:
        await self._carry_out(deal.fulfil())

    async def _pay(self, deal: Deal) -> None:
        """What the invoice asks for; afterwards nothing is open."""
        billed = await self._billed(deal)
        if billed is not None and billed.totals.payable_amount:
            await self._carry_out(deal.pay(billed.number, billed.totals.payable_amount))
            billed = await self._billed(deal)
        if billed is None:
            self._fail(deal, "no invoice was issued")
        elif billed.open:
            self._fail(deal, f"{billed.open} of invoice {billed.number} are still open")
        else:
            self._conclude(deal, billed)

    async def _billed(self, deal: Deal) -> Billed | None:
        return Billed.of(await self._office.events_of(deal.invoice_id, AFTER_DRAFT))

    async def _carry_out(self, wish: Wish) -> Answer:
        return await self._office.execute(wish.command, wish.envelope, wish.on)

    async def _step(self, step: Callable[[Deal], Awaitable[None]], deal: Deal) -> None:
        """One step of an order that has not failed before."""
        try:
            if deal.number not in self._failed:
                await step(deal)
        except Refusal as refusal:
            self._fail(deal, told(refusal))
        finally:
            self._moved(1)

    def _fail(self, deal: Deal, reason: str) -> None:
        self._failed.add(deal.number)
        self._report.left_out.append(deal.number)
        self._report.problems.append(Problem(deal.order.file, deal.order.row, "", f"{deal.number}: {reason}"))

    def _conclude(self, deal: Deal, billed: Billed) -> None:
        order = deal.order
        self._report.add(order, billed)
        for column, difference in billed.differences(order):
            self._report.problems.append(Problem(order.file, order.row, column, f"{deal.number}: {difference}"))
