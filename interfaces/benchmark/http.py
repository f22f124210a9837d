"""Commands and queries over HTTP: one API process as `q2c api` starts it, beside what Postgres and FastAPI can do."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from functools import partial

import uvloop

from interfaces.benchmark import appending
from interfaces.benchmark.clients import Run
from interfaces.benchmark.dealer import Dealer
from interfaces.benchmark.figures import Figure, milliseconds, ratio, slowest
from interfaces.benchmark.installation import serving, signed_in
from interfaces.benchmark.loading import Loading, loading, request
from interfaces.benchmark.peer_http import echoing, registering, saving, served
from interfaces.benchmark.servers import Server

FEW, MANY = 16, 64
ROUNDS = 7
LAMP = {"name": "Lamp", "kind": "goods", "unit_code": "C62", "tax_class": "standard", "product_line": "Lighting"}
LIMIT = "limit: a row and its commit each"
STOCK = "stock: FastAPI over the library, both as they come"
ONLY = "uvicorn without FastAPI: bytes that are there already are appended to our log, and nothing else is done"
BARE = "bare: an endpoint of FastAPI that gives back what it is sent, as much as the query answers"


def over_http(server: Server, seconds: float) -> list[Figure]:
    """Queries, and on the same products commands; 16 and 64 connections."""
    with server.database() as url, loading() as load:
        uvloop.run(appending.prepare(url))
        with serving(url) as address:
            queries = _queries(server.disk, load, address, signed_in(url), seconds)
        with serving(url, without_worker=True) as address:
            return [*_commands(server.disk, load, url, address, seconds), *queries]


def _commands(disk: str, load: Loading, url: str, address: str, seconds: float) -> list[Figure]:
    ours, limit, stock, only, many = list[Run](), list[Run](), list[Run](), list[Run](), list[Run]()
    runs, signed = itertools.count(1), signed_in(url)
    with served(registering, url, FEW) as peer, served(saving, url) as log:
        for _ in range(ROUNDS):
            ours.append(load.run(address, partial(registrations, "/products", next(runs), signed), FEW, seconds))
            limit.append(uvloop.run(appending.inserts(url, FEW, seconds)))
            stock.append(load.run(peer, partial(registrations, "/lamps", next(runs), signed), FEW, seconds))
            only.append(load.run(log, partial(registrations, "/saves", next(runs), signed), FEW, seconds))
            many.append(load.run(address, partial(registrations, "/products", next(runs), signed), MANY, seconds))
    name = f"command, {FEW} connections, {disk}"
    rates, plain, is_slow = [run.rate for run in ours], [run.rate for run in limit], disk == "1 ms"
    to_limit, to_stock = (0.7, 8) if is_slow else (None, None)
    return [
        *_absolute(name, ours, "POST /products"),
        ratio(f"{name} / limit", rates, plain, LIMIT, least=to_limit),
        ratio(f"{name} / stock", rates, [run.rate for run in stock], STOCK, least=to_stock),
        ratio(f"{name} / only appended", rates, [run.rate for run in only], ONLY),
        ratio(
            f"only appended, {FEW} connections, {disk} / limit", [run.rate for run in only], plain, f"{ONLY}; {LIMIT}"
        ),
        _spread(name, ours, most=3 if is_slow else None),
        *_absolute(f"command, {MANY} connections, {disk}", many, "POST /products"),
        _spread(f"command, {MANY} connections, {disk}", many),
    ]


def _queries(disk: str, load: Loading, address: str, signed: str, seconds: float) -> list[Figure]:
    path, answer = _product(address, signed)
    ours, bare, many = list[Run](), list[Run](), list[Run]()
    asked = request("GET", path, authorization=signed)
    with served(echoing) as echo:
        for _ in range(ROUNDS):
            ours.append(load.run(address, partial(repeatedly, asked), FEW, seconds))
            bare.append(load.run(echo, partial(repeatedly, request("POST", "/echo", answer)), FEW, seconds))
            many.append(load.run(address, partial(repeatedly, asked), MANY, seconds))
    name = f"query, {FEW} connections, {disk}"
    least = 0.5 if disk == "1 ms" else None
    return [
        *_absolute(name, ours, "GET /products/{product_id}"),
        ratio(f"{name} / bare", [run.rate for run in ours], [run.rate for run in bare], BARE, least=least),
        _spread(name, ours),
        *_absolute(f"query, {MANY} connections, {disk}", many, "GET /products/{product_id}"),
    ]


def _absolute(name: str, runs: Sequence[Run], what: str) -> list[Figure]:
    took = [each for run in runs for each in run.took]
    return [
        Figure(name, max(run.rate for run in runs), "/s", f"{what}; this machine's"),
        milliseconds(f"{name}, p50", took, 0.5, "this machine's"),
        milliseconds(f"{name}, p99", took, 0.99, "this machine's"),
    ]


def _spread(name: str, runs: Sequence[Run], **bar: float | None) -> Figure:
    late, usual = [slowest(run.took, 0.99) for run in runs], [slowest(run.took, 0.5) for run in runs]
    return ratio(f"{name}, p99 / p50", late, usual, "how late the slowest hundredth is", **bar)


def _product(address: str, signed: str) -> tuple[str, bytes]:
    """The path of a product, and what is answered there."""
    dealer = Dealer(address, signed)
    path = f"/products/{dealer.post('/products', {'sku': 'LAMP', **LAMP})}"
    return path, json.dumps(dealer.get(path), separators=(",", ":")).encode()


def registrations(path: str, run: int, signed: str, client: int) -> Iterator[bytes]:
    """Each with a key and a SKU of its own."""
    for number in itertools.count(1):
        name = f"{run}-{client}-{number}"
        body = json.dumps({"sku": name, **LAMP}).encode()
        yield request("POST", path, body, authorization=signed, idempotency_key=f"{name} {path}")


def repeatedly(what: bytes, client: int) -> Iterator[bytes]:
    """The same again and again."""
    return itertools.repeat(what)
