"""The line of one connection: the event loop watches its socket all along.

The driver begins to watch it with each statement and ends with each answer, which costs more than most statements do.
"""

from __future__ import annotations

import asyncio
import os
import select
from typing import Any, TypeVar, cast

from psycopg.abc import PQGen
from psycopg.pq.abc import PGconn

V = TypeVar("V")

READ, WRITE = 1, 2
"""What a generator of the driver waits for, and is told to be possible (`psycopg.waiting`)."""


class Line:
    """Runs the driver's generators, one at a time, each as soon as the socket is ready for it."""

    def __init__(self, pgconn: PGconn) -> None:
        self._pgconn = pgconn
        self._loop: asyncio.AbstractEventLoop | None = None
        self._socket = -1
        self._poll = select.poll()
        self._running: Any = None
        self._ended: asyncio.Future[Any]
        self._is_full = False

    async def run(self, generator: PQGen[V]) -> V:
        """What it returns or raises. Cancelled, it stays where it is."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._watch(loop)
        self._running, self._ended = generator, loop.create_future()
        self._go_on(0)
        try:
            return cast(V, await self._ended)
        finally:
            self._running = None

    def leave(self) -> None:
        """Watch the socket no longer."""
        loop, self._loop, self._is_full = self._loop, None, False
        if loop is None:
            return
        if not loop.is_closed():
            loop.remove_reader(self._socket)
            loop.remove_writer(self._socket)
        os.close(self._socket)

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        self.leave()
        # A handle of our own: the driver closes its one whenever it finds the connection lost, and another connection,
        # given the same number, would not be heard any more.
        self._socket = os.dup(self._pgconn.socket)
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN | select.POLLOUT)
        loop.add_reader(self._socket, self._happens, READ)
        self._loop = loop

    def _happens(self, what: int) -> None:
        if self._is_full and self._loop is not None:
            self._is_full = False
            self._loop.remove_writer(self._socket)
        if self._running is None:
            self.leave()  # the server says what nobody has asked for, or hangs up
        else:
            self._go_on(what)

    def _go_on(self, ready: int) -> None:
        """Until it has to wait, or ends."""
        try:
            while (wants := self._running.send(ready or None)) & WRITE:
                # A socket is nearly always ready to be written to, and to ask is cheaper than to be told.
                ready = self._is_ready_for() & wants
                if not ready:
                    assert self._loop is not None
                    self._is_full = True
                    self._loop.add_writer(self._socket, self._happens, WRITE)
                    return
        except StopIteration as end:
            self._end(end.value, None)
        except BaseException as error:
            self.leave()
            self._end(None, error)

    def _end(self, value: Any, error: BaseException | None) -> None:
        self._running = None
        if self._ended.done():
            return
        if error is None:
            self._ended.set_result(value)
        else:
            self._ended.set_exception(error)

    def _is_ready_for(self) -> int:
        [(_, events)] = self._poll.poll(0) or [(0, 0)]
        return (READ if events & ~select.POLLOUT else 0) | (WRITE if events & select.POLLOUT else 0)
