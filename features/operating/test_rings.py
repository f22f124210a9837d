"""What has been done with leaves nothing behind that only the garbage collector would find: it stops a process for as
long as it looks, and whoever asks meanwhile waits."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from features.world import World

OURS = ("application", "domain", "infrastructure", "interfaces", "projections")


@contextmanager
def _left_behind() -> Iterator[Counter[str]]:
    """Counts, at the end, the objects of our own classes that rings of references keep alive."""
    left: Counter[str] = Counter()
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield left
        gc.collect()
        kinds = map(type, gc.garbage)
        left.update(kind.__qualname__ for kind in kinds if kind.__module__.partition(".")[0] in OURS)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
        gc.collect()


def _trade(world: World) -> None:
    """From a quote to an order, with what is refused, asked again, and looked at."""
    quote = world.sent_quote()
    api, acceptance = world.api, world.acceptance(quote)
    keys = f"{quote} first", f"{quote} second"
    assert api.post(f"/quotes/{quote}/accept", acceptance, key=keys[0]).status_code == 200
    assert api.post(f"/quotes/{quote}/accept", acceptance, key=keys[0]).status_code == 200
    assert api.post(f"/quotes/{quote}/accept", acceptance, key=keys[1]).status_code == 409
    assert api.post("/products", {"sku": "LAMP", "name": "Lamp", "kind": "goods"}).status_code == 409
    assert api.post("/products", {"sku": 1}).status_code == 422
    assert api.query(f"/quotes/{quote}").status_code == 200
    assert api.query("/orders").status_code == 200


def test_requests_leave_nothing_to_the_garbage_collector(world: World) -> None:
    _trade(world)  # what is made once is there
    with _left_behind() as left:
        _trade(world)
    assert left == {}
