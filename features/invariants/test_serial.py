"""Whatever several processes decide at once, some order of one after another explains it."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from fastapi import FastAPI
from httpx2 import Response

from domain.catalogue import PriceBook
from domain.quoting import Quote
from features.api import Api, Json
from features.invariants.story import SEED
from features.world import World
from infrastructure.event_log import RecordedEvent

# Which warnings are errors is a matter of the whole process, and changes while another thread builds its routes.
pytestmark = pytest.mark.filterwarnings("ignore::pydantic.warnings.UnsupportedFieldAttributeWarning")

REASON = {"reason": "changed our mind"}
Ask = tuple[Api, str, Json, str]
"""Whom, for what, with which body; and what it is called."""
ENDS = {"accept", "withdraw", "decline"}


def test_a_quote_ends_once_and_nothing_happens_to_it_after(two: tuple[Api, Api]) -> None:
    one, other = two
    world, chance = World.made(one), random.Random(SEED)
    for _ in range(6):
        quote = world.sent_quote()
        bodies = {"accept": world.acceptance(quote), "withdraw": REASON, "decline": REASON}
        asked = [(action, body) for action, body in bodies.items() for _ in range(2)]
        asked += [("extend", {"valid_until": f"2026-04-{day:02}"}) for day in range(1, 7)]
        chance.shuffle(asked)
        asks = [
            (api, f"/quotes/{quote}/{action}", body, action)
            for (action, body), api in zip(asked, [one, other] * len(asked), strict=False)
        ]
        done = [action for (*_, action), answer in zip(asks, _all_at_once(asks), strict=True) if answer.is_success]
        happened = [entry["happened"].split()[-1] for entry in one.client.get(f"/history/{quote}").json()["entries"]]
        extensions = done.count("extend")
        (end,) = ENDS & set(done)
        assert len(done) == extensions + 1
        ended = {"accept": ["accepted", "converted"], "withdraw": ["withdrawn"], "decline": ["declined"]}[end]
        assert happened == ["drafted", "sent", *["extended"] * extensions, *ended]


def test_payments_at_once_never_settle_more_than_an_invoice_or_more_than_they_are(two: tuple[Api, Api]) -> None:
    one = two[0]
    world = World.made(one)
    lines = [{"item_name": "Advice", "quantity": "1", "net_price": "100.00"}]
    who = {"seller_id": world.seller, "customer_id": world.customer, "currency": "EUR"}
    invoices = [one.done("/invoices", {**who, "lines": lines}).id for _ in range(3)]
    payments = [world.pay("150.00").id for _ in range(4)]
    asks: list[Ask] = [
        (api, f"/payments/{payment}/allocate", {"allocations": [{"invoice_id": invoice, "amount": "40.00"}]}, "")
        for payment in payments
        for invoice in invoices
        for api in two
    ]
    random.Random(SEED).shuffle(asks)
    done = sum(answer.is_success for answer in _all_at_once(asks))
    one.position = max(api.position for api in two)
    paid = [Decimal(one.get(f"/invoices/{invoice}")["document"]["paid_amount"]) for invoice in invoices]
    used = [150 - Decimal(one.get(f"/payments/{payment}")["payment"]["unapplied_amount"]) for payment in payments]
    assert all(amount <= 119 for amount in paid)
    assert all(amount <= 150 for amount in used)
    assert sum(paid) == sum(used) == 40 * done
    # Two of 40.00 fit into 119.00, and a third does not; what was refused, nothing else had made room for.
    assert done == 6


def test_a_quote_is_priced_by_the_price_book_as_it_was_when_it_was_drafted(two: tuple[Api, Api]) -> None:
    one = two[0]
    world = World.made(one)
    price = {"product_id": world.products["LAMP"], "valid_from": "2026-01-01"}
    asks: list[Ask] = []
    for number in range(20):
        prices = {"prices": [price | {"price": {"unit_price": f"{100 + number}.00"}}]}
        asks.append((one, f"/price-books/{world.price_book}/set-prices", prices, ""))
        asks += [(api, "/quotes", world.quote(), "") for api in two]
    assert all(answer.is_success for answer in _all_at_once(asks))
    book: dict[str, Decimal] = {}
    version, drafted = 0, 0
    for recorded in _log(one):
        event = recorded.event
        if str(recorded.originator_id) == world.price_book:
            version = recorded.originator_version
            if isinstance(event, PriceBook.PriceSet):
                book[str(event.product_id)] = event.price.unit_price
        if isinstance(event, Quote.Drafted):
            drafted += 1
            assert event.offer.price_book_version == version
            assert [line.gross_price for line in event.lines] == [book[world.products["LAMP"]]]
    assert drafted == 40


def _all_at_once(asks: list[Ask]) -> list[Response]:
    def asking(ask: Ask) -> Callable[[], Response]:
        api, path, body, _ = ask
        return lambda: api.post(path, body, key=f"ask {id(ask)} {path}")

    with ThreadPoolExecutor(12) as threads:
        return [each.result() for each in [threads.submit(asking(ask)) for ask in asks]]


def _log(api: Api) -> list[RecordedEvent]:
    assert isinstance(api.client.app, FastAPI)
    assert api.client.portal is not None
    recorded: list[RecordedEvent] = api.client.portal.call(api.client.app.state.system.log.read, 0, 100_000)
    return recorded
