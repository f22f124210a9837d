"""What is read of the log itself, by those who may not see everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from domain.identity import Role
from domain.shared.aggregate import Aggregate
from features.api import Api, SetClock
from features.changes.listening import Door, Listener, served
from features.house.processes import signed
from features.proofs.sealed import seal
from features.scopes.people import asked, be
from features.world import World
from infrastructure.history import import_domain


@pytest.fixture
def world(api: Api) -> World:
    """Rita looks after the customer; rob sells, too."""
    world = World.made(api)
    for login in ("rita", "rob"):
        be(api, login, Role.SALES_REPRESENTATIVE)
    api.done(f"/customers/{world.customer}/assign-representative", {"representative": "rita"})
    return world


@pytest.fixture
def door(world: World, database_url: str, clock: SetClock) -> Iterator[Door]:
    with served(database_url, clock) as door:
        yield door


def test_changes_are_announced_to_whom_they_are(world: World, door: Door, database_url: str) -> None:
    began = world.api.position
    quote = world.sent_quote()
    product = world.api.done("/products", {"sku": "X", "name": "Chair"})
    heard = {}
    for login in ("rita", "rob"):
        with closing(
            Listener(Door(door.port, signed(database_url, login)), after=began, kind=["quoting", "catalogue"])
        ) as listener:
            heard[login] = [(one.event, one.data["aggregate_id"]) for one in listener.until(product.position)]
    of_product = ("catalogue.Product.Registered", product.id)
    assert heard["rob"] == [of_product]
    assert heard["rita"] == [("quoting.Quote.Drafted", quote), ("quoting.Quote.Sent", quote), of_product]


def test_evidence_is_for_whom_it_is(world: World, database_url: str, tmp_path: Path) -> None:
    quote = world.sent_quote()
    seal(database_url, tmp_path)
    assert asked(world.api, "rita", f"/proofs/evidence/{quote}") == 200
    assert asked(world.api, "rob", f"/proofs/evidence/{quote}") == 404


def test_every_kind_of_thing_says_whose_it_is_or_is_nobodys() -> None:
    import_domain()
    nobodys = {kind for kind, one in Aggregate.KINDS.items() if one.assignment is Aggregate.assignment}
    assert {kind for kind in nobodys if kind.split(".")[0] in NAMES} == {
        "catalogue.PriceBook",
        "catalogue.Product",
        "crm.StagePath",
        "identity.User",
        "organisation.LegalEntity",
        "organisation.NumberSeries",
    }


NAMES = "identity organisation catalogue crm quoting contracting ordering billing payments".split()
"""Of the contexts: tests have kinds of their own."""
