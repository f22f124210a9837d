"""Accesses are written down in groups: they queue, and one writer sends whatever is waiting as one commit."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections import deque
from collections.abc import Sequence
from time import monotonic
from typing import Any

import msgspec

from application.access import Access, Caller
from infrastructure.database import DatabaseUnavailable, Role, connect
from infrastructure.watched import IDLE, WatchedConnection

logger = logging.getLogger("q2c.access")

MOST_WAITING = 10_000
"""Accesses that may wait in one process; one beyond is refused at once."""
MOST_AT_ONCE = 500
LOCK_TIMEOUT, STATEMENT_TIMEOUT = 2_000, 4_000
"""Milliseconds that a batch waits for other processes', and may take in all."""
SALT = 16
RECORD = b"SELECT access.record(%s)"
USE_KEY = "identity.use_key"
"""Told of each key once an hour by each process, with whatever it was used for first."""
HOUR = 3600.0

_encoded = msgspec.json.encode


class AccessNotRecorded(DatabaseUnavailable):
    """It could not be written down, or nobody knows whether it was: what was read must not be shown."""


class AccessLog:
    """A process's way to write accesses down. It reads nothing."""

    def __init__(self, database_url: str, name: str) -> None:
        self._database_url, self._name = database_url, f"{name} access"
        self._queue: deque[tuple[bytes, asyncio.Future[None]]] = deque()
        self._filled = asyncio.Event()
        self._closing = False
        self._connection: WatchedConnection | None = None
        self._writer: asyncio.Task[None] | None = None
        self._hour, self._keys_used = 0.0, set[tuple[Any, str]]()

    def open(self) -> None:
        """Start the writer, which connects when there is something to write."""
        self._writer = asyncio.create_task(self._write())

    async def close(self) -> None:
        """Write what waits, and disconnect."""
        self._closing = True
        self._filled.set()
        if self._writer is not None:
            await self._writer
        await self._disconnect()

    async def record(self, access: Access) -> None:
        """It is on disk when this returns. Raises AccessNotRecorded."""
        if self._closing or len(self._queue) >= MOST_WAITING:
            raise AccessNotRecorded("too many accesses are waiting to be written down")
        written = asyncio.get_running_loop().create_future()
        self._queue.append((_entry(access), written))
        self._filled.set()
        await written

    def is_first_use(self, caller: Caller) -> bool:
        """Whether this process sees the key of the caller for the first time in an hour."""
        if caller.key_name is None:
            return False
        if monotonic() - self._hour > HOUR:
            self._hour, self._keys_used = monotonic(), set()
        key = caller.user_id, caller.key_name
        is_first = key not in self._keys_used
        self._keys_used.add(key)
        return is_first

    async def _write(self) -> None:
        while not self._closing or self._queue:
            await self._filled.wait()
            self._filled.clear()
            while self._queue:
                await self._send([self._queue.popleft() for _ in range(min(len(self._queue), MOST_AT_ONCE))])
                # Those whom it answered may ask for more at once: let them queue before we take.
                await asyncio.sleep(0)

    async def _send(self, batch: Sequence[tuple[bytes, asyncio.Future[None]]]) -> None:
        """A batch that fails is not sent again: it may have been written, and whoever asks again is written down
        again."""
        problem = None
        try:
            connection = await self._connected()
            entries = b",".join(entry for entry, _ in batch).decode()
            await connection.execute(RECORD, [f"[{entries}]"], prepare=True)
        except Exception as error:
            logger.error("Accesses could not be written down: %s", type(error).__name__)  # not its text: it may quote
            problem = AccessNotRecorded("accesses cannot be written down")
            self._keys_used.clear()  # one whose first use was among them is told again
            await self._disconnect()
        for _, written in batch:
            if not written.done():
                written.set_result(None) if problem is None else written.set_exception(problem)

    async def _connected(self) -> WatchedConnection:
        found = self._connection
        if found is not None and monotonic() - found.heard_at > IDLE and not await found.is_there():
            await self._disconnect()
        if self._connection is None:
            settings: dict[str, str | int] = {"lock_timeout": LOCK_TIMEOUT, "statement_timeout": STATEMENT_TIMEOUT}
            self._connection = await connect(self._database_url, Role.ACCESS, self._name, settings=settings)
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _entry(access: Access) -> bytes:
    """As `access.record` takes it."""
    by = access.by
    told: dict[str, Any] = {
        "operation": access.operation,
        "outcome": access.outcome,
        "objects": access.objects,
        "more": access.more,
        "purpose": access.purpose,
        "correlation_id": access.correlation_id,
    }
    if by is not None:
        told |= {"user_id": by.user_id, "login": by.actor, "customer_id": by.customer_id, "key_name": by.key_name}
    if access.address is not None:
        told |= _address(access.address)
    return _encoded(told)


def _address(address: str) -> dict[str, str]:
    """With a salt, so that the digest tells nothing once both are forgotten."""
    salt = secrets.token_bytes(SALT)
    digest = hashlib.sha256(salt + address.encode()).hexdigest()
    return {"address": address, "address_salt": salt.hex(), "address_digest": digest}
