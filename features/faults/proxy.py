"""A network between a process and Postgres that loses what a test wants it to lose."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from infrastructure.servers.places import SOCKET_NAME

T = TypeVar("T")
CHUNK = 2**16


class Network(Enum):
    """What becomes of what is sent."""

    PASSES = "passes"
    REFUSES = "refuses"
    """Nobody listens at the other end."""
    SWALLOWS = "swallows"
    """A black hole: no answer, and no word that there will be none."""


Loses = Callable[[int], bool]
"""Whether the connection is lost at the append of that number; those that are sent again count again."""


def none(_: int) -> bool:
    """The network of good days."""
    return False


class Proxy:
    """Listens on a unix socket of its own. Its attributes may be set at any time, and hold from then on."""

    def __init__(self, server: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="q2c-net-", dir="/tmp"))
        self.server = server / SOCKET_NAME
        self.network = Network.PASSES
        self.delay = 0.0
        """Seconds that everything takes, each way."""
        self.loses_reply: Loses = none
        """Of the replies to appends, which tell that the server has committed."""
        self.loses_sender: Loses = none
        """Of the requests to append: the server has got it all, and nobody is there any more to hear its reply."""
        self.replies = self.requests = self.lost = 0
        self._links: set[_Link] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._listening = self._run(asyncio.start_unix_server(self._accept, self.folder / SOCKET_NAME))

    def url(self, database_url: str) -> str:
        """The same database, reached through here."""
        start, _, host = database_url.partition("?host=")
        assert Path(unquote(host)) == self.server.parent
        return f"{start}?host={quote(str(self.folder), safe='')}"

    def swallow(self) -> None:
        """From now on nothing gets through. Connections of this time stay dead for ever, and nobody is told."""
        self._run(self._change(Network.SWALLOWS))

    def refuse(self) -> None:
        """Every connection breaks, and there are no new ones."""
        self._run(self._change(Network.REFUSES))

    def mend(self) -> None:
        """New connections get through again."""
        self._run(self._change(Network.PASSES))

    def reset(self) -> None:
        """Every connection breaks, the dead ones, too; new ones are made as before."""
        self._run(self._break())

    def close(self) -> None:
        """Break everything and be gone."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        shutil.rmtree(self.folder)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _change(self, network: Network) -> None:
        self.network = network
        if network is Network.REFUSES:
            await self._break()
        if network is Network.SWALLOWS:
            for link in self._links:
                link.is_dead = True

    async def _break(self) -> None:
        for link in list(self._links):
            link.cut()

    async def _end(self) -> None:
        self._listening.close()
        await self._break()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.network is Network.REFUSES:
            writer.transport.abort()
            return
        try:
            to_server = await asyncio.open_unix_connection(self.server)
        except OSError:
            writer.transport.abort()
            return
        link = _Link(self, writer, to_server[1])
        link.is_dead = self.network is Network.SWALLOWS
        self._links.add(link)
        try:
            await asyncio.gather(
                link.carry(reader, to_server[1], link.asked), link.carry(to_server[0], writer, link.answered)
            )
        finally:
            self._links.discard(link)
            link.cut()


class _Link:
    """One connection, and what is known of what it carries."""

    def __init__(self, proxy: Proxy, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self.is_dead = False
        self._appends: bool | None = None
        self._asked, self._answered = _Messages(), _Messages()
        self._executes = self._is_appending = self._has_appended = False
        self._held = b""

    async def carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: Callable[[bytes], bytes | None]
    ) -> None:
        """Bring everything from one end to the other, until one of them hangs up."""
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                if self._proxy.delay:
                    await asyncio.sleep(self._proxy.delay)  # the way is long: that is what this network is for
                if self.is_dead:
                    continue
                passes = seen(data)
                if passes is None:
                    break
                writer.write(passes)
                await writer.drain()
        if not self.is_dead:
            self.cut()

    def cut(self) -> None:
        """Both ends learn that the other is gone; what was sent before still arrives."""
        for writer in (self._client, self._server):
            writer.close()

    def asked(self, data: bytes) -> bytes | None:
        """What a client sends; None ends the connection."""
        if self._appends is None:
            self._appends = b" append\0" in data  # the first message gives the connection's name
            return data
        if self._appends and self._asks_to_append(data):
            self._is_appending = True
            self._proxy.requests += 1
            if self._proxy.loses_sender(self._proxy.requests):
                self._proxy.lost += 1
                self._server.write(data)
                return None
        return data

    def _asks_to_append(self, data: bytes) -> bool:
        """Whether a statement is to be executed, and this was the last of what the server needs for it."""
        for kind, _ in self._asked.of(data):
            self._executes |= kind == b"E"
            if kind == b"S" and self._executes:
                self._executes = False
                return True
        return False

    def answered(self, data: bytes) -> bytes | None:
        """What the server sends; None ends the connection. The reply to an append waits until the server says that it
        is ready for more: only then has it committed."""
        if not self._is_appending:
            return data
        self._held += data
        kinds = [kind for kind, _ in self._answered.of(data)]
        self._has_appended |= b"C" in kinds
        if b"Z" not in kinds:
            return b""
        reply, self._held, self._is_appending = self._held, b"", False
        if self._has_appended:
            self._has_appended = False
            self._proxy.replies += 1
            if self._proxy.loses_reply(self._proxy.replies):
                self._proxy.lost += 1
                return None
        return reply


class _Messages:
    """Cuts a stream into the messages of Postgres' protocol: a letter, a length, a content."""

    def __init__(self) -> None:
        self._rest = b""

    def of(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        self._rest += data
        while len(self._rest) >= 5:
            end = 1 + int.from_bytes(self._rest[1:5])
            if len(self._rest) < end:
                return
            message, self._rest = self._rest[:end], self._rest[end:]
            yield message[:1], message[5:]


@contextmanager
def proxied(server: Path) -> Iterator[Proxy]:
    """A network before the Postgres whose socket is in that folder."""
    proxy = Proxy(server)
    try:
        yield proxy
    finally:
        proxy.close()
