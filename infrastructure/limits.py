"""How often somebody may ask within a minute, counted by all API processes together.

A process takes requests in lots of a fiftieth of the limit from Valkey, in one round trip, and deals them out itself:
most requests cost a look into a dictionary. What a subject has had from this process, the process counts as well, and
gives nobody more than the limit: so it holds in each process where Valkey is away, was emptied, or is full.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_network
from typing import NamedTuple

from redis import RedisError
from redis.asyncio import BlockingConnectionPool, Redis

from infrastructure.settings import Settings

logger = logging.getLogger("q2c.limits")

WINDOW = 60
"""Seconds after which a count begins anew."""
LOTS = 50
"""Round trips within a window for somebody who uses up a limit."""
KEPT = 20_000
"""Subjects that a process counts at a time; of more than that, the one that was counted longest begins anew."""
PATIENCE = 0.25
"""Seconds until Valkey counts as away."""
PAUSE = 2.0
"""Seconds for which it is then not asked."""
SIGN_INS_OF_LOGIN, SIGN_INS_OF_ADDRESS = 30, 300


class TooManyRequests(Exception):
    """Too many requests in too short a time: wait before the next one."""

    def __init__(self, standing: Standing) -> None:
        super().__init__()
        self.standing = standing


class Standing(NamedTuple):
    """How a subject stands within a limit."""

    limit: str
    """The limit's name."""
    quota: int
    """How often it lets somebody ask within a window."""
    left: int
    """How often they still may, as far as this process knows."""
    seconds: int
    """Until the count begins anew."""


@dataclass(slots=True)
class _Count:
    """What one subject has had within the window."""

    ends: float
    """When the window does, by the event loop's clock."""
    used: int = 0
    """Given by this process."""
    lot: int = 0
    """Taken from what all share, and not given yet."""
    elsewhere: int = 0
    """Given by other processes, as of the last lot."""
    asking: asyncio.Task[None] | None = None


class Limits:
    """The limits of one process. Open it in the event loop that uses it."""

    def __init__(self, settings: Settings) -> None:
        self.quotas: Mapping[str, int] = {
            "commands": settings.commands_per_minute,
            "queries": settings.queries_per_minute,
            "unsigned": settings.unsigned_per_minute,
            "sign-ins-login": SIGN_INS_OF_LOGIN,
            "sign-ins-address": SIGN_INS_OF_ADDRESS,
        }
        self._counts: OrderedDict[tuple[str, str], _Count] = OrderedDict()
        self._valkey = _connected(settings)
        self._away_until = 0.0
        self._answered = True
        """Whether Valkey did when it was last asked: it is said once when that changes."""

    async def aclose(self) -> None:
        """Disconnect."""
        if self._valkey is not None:
            await self._valkey.aclose()

    async def are_shared(self) -> bool:
        """Whether Valkey answers, so that all processes count together."""
        if self._valkey is not None:
            with suppress(RedisError, OSError, TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    return bool(await self._valkey.ping())
        return False

    async def take(self, limit: str, subject: str) -> Standing:
        """Let the subject ask once more. Raises TooManyRequests."""
        count = self._count(limit, subject)
        while count.lot < 1 and self._left(limit, count):
            await self._take_lot(limit, subject, count)
        if not self._left(limit, count):
            raise TooManyRequests(self._standing(limit, count))
        count.used += 1
        count.lot -= 1
        return self._standing(limit, count)

    def check(self, limit: str, subject: str) -> None:
        """Raises TooManyRequests where the subject has asked too often, as far as this process knows."""
        count = self._count(limit, subject)
        if not self._left(limit, count):
            raise TooManyRequests(self._standing(limit, count))

    def _standing(self, limit: str, count: _Count) -> Standing:
        seconds = max(1, round(count.ends - asyncio.get_running_loop().time()))
        return Standing(limit, self.quotas[limit], self._left(limit, count), seconds)

    def _left(self, limit: str, count: _Count) -> int:
        return max(0, self.quotas[limit] - count.used - count.elsewhere)

    def _count(self, limit: str, subject: str) -> _Count:
        now, key = asyncio.get_running_loop().time(), (limit, subject)
        count = self._counts.get(key)
        if count is None or count.ends <= now:
            self._counts[key] = count = _Count(now + WINDOW)
            self._counts.move_to_end(key)
            if len(self._counts) > KEPT:
                self._counts.popitem(last=False)
        return count

    async def _take_lot(self, limit: str, subject: str, count: _Count) -> None:
        """One question for all who wait for its answer."""
        if count.asking is None:
            count.asking = asyncio.create_task(self._ask(limit, subject, count))
        await asyncio.shield(count.asking)

    async def _ask(self, limit: str, subject: str, count: _Count) -> None:
        lot, now = -(-self.quotas[limit] // LOTS), asyncio.get_running_loop().time
        try:
            if self._valkey is not None and now() >= self._away_until:
                taken, seconds = await self._taken(self._valkey, f"q2c:{limit}:{_disguised(subject)}", lot)
                self._answered = True
                count.ends = now() + seconds
                count.elsewhere = max(count.elsewhere, taken - lot - count.used)
        except (RedisError, OSError, TimeoutError) as error:
            if self._answered:
                logger.warning("Valkey is away (%s): each process counts requests for itself", type(error).__name__)
            self._answered, self._away_until = False, now() + PAUSE
        finally:
            count.lot += lot
            count.asking = None

    async def _taken(self, valkey: Redis, key: str, lot: int) -> tuple[int, float]:
        """How much all processes have taken within the window, this lot included, and seconds until it ends."""
        async with asyncio.timeout(PATIENCE), valkey.pipeline(transaction=False) as pipeline:
            pipeline.incrby(key, lot)
            pipeline.expire(key, WINDOW, nx=True)
            pipeline.pttl(key)
            taken, _, milliseconds = await pipeline.execute()
        return taken, milliseconds / 1000 if milliseconds > 0 else WINDOW


def _disguised(subject: str) -> str:
    """Valkey learns nobody's name or address."""
    return hashlib.sha256(subject.encode()).hexdigest()[:32]


def _connected(settings: Settings) -> Redis | None:
    if settings.redis_url is None:
        return None
    url = settings.redis_url.get_secret_value()
    # Whoever finds no connection free waits for one: an ordinary pool would say that Valkey is away.
    pool = BlockingConnectionPool.from_url(
        url, max_connections=4, timeout=PATIENCE, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=None
    )
    return Redis.from_pool(pool)


@lru_cache(10_000)
def network_of(address: str) -> str:
    """An IPv4 address, or the network of an IPv6 address: whoever has one has all of its addresses."""
    try:
        return str(ip_network((address, 64 if ":" in address else 32), strict=False))
    except ValueError:
        return address
