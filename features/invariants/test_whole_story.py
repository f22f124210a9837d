"""After any story: read models are what the log gives anew, numbers follow each other, no cent is lost, policies have
nothing left to do, and what was once told of the past is told again."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from fastapi import FastAPI

from domain.billing import CreditNote, Invoice
from domain.contracting import Contract
from domain.ordering import Order
from domain.payments import Payment
from domain.shared.aggregate import Aggregate
from features.api import Api, Json
from features.invariants.story import SEED, Teller, tell
from features.rest.examples import EXAMPLES
from features.rest.shop import Shop
from infrastructure.catching_up import react_to
from infrastructure.event_log import RecordedEvent
from infrastructure.event_log.state import NotKept, restore, same, state_of
from infrastructure.projecting import Comparison, read_models, verify
from infrastructure.wiring import System

COMMANDS = len(EXAMPLES) + 10
QUESTIONS = 200


def test_after_a_story_everything_holds(shop: Shop, teller: Teller, database_url: str) -> None:
    tell(shop, COMMANDS)
    _read_models_are_what_the_log_gives_anew(teller, database_url)
    _numbers_follow_each_other_in_the_order_of_the_log(teller)
    _no_cent_is_lost(teller)
    _what_is_kept_is_what_happened(teller)
    _going_through_all_policies_again_appends_nothing(teller)


def _read_models_are_what_the_log_gives_anew(told: Teller, database_url: str) -> None:
    head = _portal(told, _system(told).log.head)
    for name, model in read_models().items():
        _portal(told, _system(told).positions.reached, name, head, 30.0)
        compared: list[Comparison] = _portal(told, verify, model, _system(told).log, database_url)
        assert [table.table for table in compared if not table.same] == [], name
        empty = [table.table for table in compared if table.live is None or not table.live.rows]
        assert empty == [], f"{name}: the story has nothing for {empty}"


def _numbers_follow_each_other_in_the_order_of_the_log(told: Teller) -> None:
    series: dict[str, list[int]] = defaultdict(list)
    for recorded in _log(told):
        if isinstance(recorded.event, Invoice.Issued | CreditNote.Issued | CreditNote.Approved):
            prefix, _, number = recorded.event.number.rpartition("-")
            series[prefix].append(int(number))
    assert {prefix.split("-")[1] for prefix in series} == {"INV", "PRE", "CN"}
    for numbers in series.values():
        assert numbers == list(range(1, len(numbers) + 1))


def _no_cent_is_lost(told: Teller) -> None:
    things = list(_aggregates(told))
    for payment in (one for one in things if isinstance(one, Payment)):
        assert payment.unapplied.amount >= 0
    settled: dict[Any, Any] = defaultdict(int)
    for fund in (one for one in things if isinstance(one, Payment | CreditNote)):
        for invoice_id, amount in fund.allocations.items():
            settled[invoice_id] += amount.amount
    for invoice in (one for one in things if isinstance(one, Invoice)):
        assert invoice.open_amount.amount >= 0
        funds = [*invoice.payments.values(), *invoice.set_offs.values()]
        assert sum(amount.amount for amount in funds) == settled[invoice.id]
    for order in (one for one in things if isinstance(one, Order)):
        assert all(left >= 0 for left in order.open.values())
    for contract in (one for one in things if isinstance(one, Contract)):
        whole = sum(line.line_extension_amount.amount for line in contract.lines)
        assert not contract.schedule or sum(one.amount.amount for one in contract.schedule) == whole


def _what_is_kept_is_what_happened(told: Teller) -> None:
    """Snapshot, cache and log give the same aggregate, to the last digit."""
    system, kinds = _system(told), set()
    for whole in _aggregates(told):
        kind = type(whole)
        assert same(_portal(told, system.log.load, kind, whole.id), whole)
        kept, from_cache = _portal(told, system.application._aggregates.check_out, kind, whole.id)
        if kept.version == whole.version:  # else another process has written since
            assert same(kept, whole), kind.KIND
            kinds |= {kind} if from_cache else set()
        with suppress(NotKept):
            restored = kind(whole.id)
            restore(restored, state_of(whole))
            assert same(restored, whole)
    assert len(kinds) > 10


def _going_through_all_policies_again_appends_nothing(told: Teller) -> None:
    _portal(told, _react_to_everything, _system(told))
    head = _portal(told, _system(told).log.head)
    _portal(told, _react_to_everything, _system(told))
    assert _portal(told, _system(told).log.head) == head


async def _react_to_everything(system: System) -> None:
    for recorded in await system.log.read(0, 100_000):
        await react_to(system.application, recorded)


def test_what_was_told_of_the_past_is_told_again(shop: Shop, teller: Teller) -> None:
    chance, kept = random.Random(SEED), dict[str, tuple[int, Json]]()
    while len(kept) < QUESTIONS:
        tell(shop, 5, chance.randrange(2**32))
        head = _portal(teller, _system(teller).log.head)
        for one in chance.sample(teller.told, min(len(teller.told), 20)):
            id = one.answer.decode().split('"id":"')[1][:36]
            now = teller.client.get(f"/history/{id}").json()
            assert now["as_of"] <= head
            kept[f"{id} {head}"] = head, now
    for question, (position, answer) in kept.items():
        id = question.split()[0]
        again = teller.client.get(f"/history/{id}", params={"position": position}).json()
        assert again == {**answer, "as_of": position}


def _aggregates(api: Api) -> Iterator[Aggregate]:
    streams: dict[Any, list[RecordedEvent]] = defaultdict(list)
    for recorded in _log(api):
        streams[recorded.originator_id].append(recorded)
    for id, recorded_events in streams.items():
        kind = Aggregate.KINDS[recorded_events[0].topic.rpartition(".")[0]]
        yield kind.replay(id, (each.event for each in recorded_events))


def _log(api: Api) -> list[RecordedEvent]:
    recorded: list[RecordedEvent] = _portal(api, _system(api).log.read, 0, 100_000)
    return recorded


def _system(api: Api) -> System:
    assert isinstance(api.client.app, FastAPI)
    system: System = api.client.app.state.system
    return system


def _portal(api: Api, what: Any, *arguments: Any) -> Any:
    """Do it in the interface's own event loop."""
    assert api.client.portal is not None
    return api.client.portal.call(what, *arguments)
