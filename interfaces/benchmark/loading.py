"""HTTP clients that cost next to nothing: what they ask is bytes already, and of an answer they read where it ends.

They run in a process of their own, so that they are not in the way of whatever they measure.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import cast
from urllib.parse import urlsplit

import uvloop

from interfaces.benchmark.clients import Run, undisturbed

Asking = Callable[[int], Iterator[bytes]]
"""Makes the requests of the client of that number, one after another."""
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
END_OF_HEAD = b"\r\n\r\n"


class Unanswered(Exception):
    """A request met with something else than a 2xx."""


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A request over a connection that is kept; `idempotency_key` is the header Idempotency-Key."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += ["Content-Type: application/json"] if body else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + END_OF_HEAD + body


class _Client(asyncio.Protocol):
    """Asks one thing after another over its connection."""

    def __init__(self, requests: Iterator[bytes], until: float, took: list[float]) -> None:
        self._requests, self._until, self._took = requests, until, took
        self._heard = b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head = self._heard.find(END_OF_HEAD)
        length = LENGTH.search(self._heard, 0, head) if head >= 0 else None
        if length is None or len(self._heard) < head + len(END_OF_HEAD) + int(length[1]):
            return
        now = time.perf_counter()
        self._took.append(now - self._asked)
        if not self._heard.startswith(b"HTTP/1.1 2"):
            self._end(Unanswered(self._heard.decode(errors="replace")))
        elif now > self._until:
            self._end(None)
        else:
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(Unanswered("the connection was lost"))

    def _ask(self) -> None:
        self._heard = b""
        following = next(self._requests)
        self._asked = time.perf_counter()
        self._transport.write(following)

    def _end(self, problem: Unanswered | None) -> None:
        if not self.done.done():
            self.done.set_result(None) if problem is None else self.done.set_exception(problem)
            self._transport.close()


async def _asked(address: str, asking: Asking, numbers: Sequence[int], seconds: float) -> Run:
    host, _, port = urlsplit(address).netloc.partition(":")
    loop, took = asyncio.get_running_loop(), list[float]()
    with undisturbed():
        begun = time.perf_counter()
        clients = [_Client(asking(number), begun + seconds, took) for number in numbers]
        for client in clients:
            await loop.create_connection(partial(_itself, client), host, int(port))
        await asyncio.gather(*(client.done for client in clients))
        return Run(took, time.perf_counter() - begun)


def _itself(client: _Client) -> _Client:
    return client


def _load(address: str, asking: Asking, numbers: Sequence[int], seconds: float) -> Run:
    return uvloop.run(_asked(address, asking, numbers, seconds))


class Loading:
    """The process of the clients."""

    def __init__(self, executor: ProcessPoolExecutor) -> None:
        self._executor = executor

    def run(self, address: str, asking: Asking, clients: int, seconds: float) -> Run:
        """So many clients for so long, and a little while before, which is not counted.

        Raises Unanswered.
        """
        warm, counted = range(clients), range(clients, 2 * clients)
        self._executor.submit(_load, address, asking, warm, seconds / 4).result()
        return self._executor.submit(_load, address, asking, counted, seconds).result()


@contextmanager
def loading() -> Iterator[Loading]:
    """A process for clients, until the context ends."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        yield Loading(executor)
