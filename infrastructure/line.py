"""The line of one connection: the event loop watches its socket all along.

The driver begins to watch it with each statement and ends with each answer, which costs more than most statements do.
"""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import Callable
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from typing import Any, ClassVar, TypeVar, cast
from weakref import WeakKeyDictionary

from psycopg.abc import PQGen
from psycopg.pq.abc import PGconn

V = TypeVar("V")

READ, WRITE = EVENT_READ, EVENT_WRITE
"""What a generator of the driver waits for, and is told to be possible (`psycopg.waiting`)."""


class _Sockets:
    """The sockets of all lines of one event loop, which itself watches this alone: uvloop tells once of a socket that
    has an error, and of nothing after, though a server may have said something before it hung up."""

    _OF: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, _Sockets]] = WeakKeyDictionary()

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._selector = DefaultSelector()
        loop.add_reader(self._selector.fileno(), self._tell)

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> _Sockets:
        """The event loop's."""
        found = cls._OF.get(loop)
        if found is None:
            found = cls._OF[loop] = cls(loop)
        return found

    def add(self, socket: int, happens: Callable[[int], None]) -> None:
        """Tell of what can be read."""
        self._selector.register(socket, READ, happens)

    def tell(self, socket: int, what: int) -> None:
        """Tell of this from now on."""
        self._selector.modify(socket, what, self._selector.get_key(socket).data)

    def remove(self, socket: int) -> None:
        """Tell nothing any more."""
        self._selector.unregister(socket)

    def _tell(self) -> None:
        for key, what in self._selector.select(0):
            key.data(what)


class Line:
    """Runs the driver's generators, one at a time, each as soon as the socket is ready for it."""

    def __init__(self, pgconn: PGconn) -> None:
        self._pgconn = pgconn
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sockets: _Sockets
        self._socket = -1
        self._poll: select.poll
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
        if self._loop is None:
            return
        self._loop, self._is_full = None, False
        self._sockets.remove(self._socket)
        os.close(self._socket)

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        self.leave()
        # A handle of our own: the driver closes its one whenever it finds the connection lost, and another connection,
        # given the same number, would not be heard any more.
        self._socket = os.dup(self._pgconn.socket)
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN | select.POLLOUT)
        self._loop, self._sockets = loop, _Sockets.of(loop)
        self._sockets.add(self._socket, self._happens)

    def _happens(self, what: int) -> None:
        if self._is_full:
            self._is_full = False
            self._sockets.tell(self._socket, READ)
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
                    self._is_full = True
                    self._sockets.tell(self._socket, READ | WRITE)
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
