"""Every read model follows the log: one task each, which retries what may pass and parks what cannot be processed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from time import monotonic

import psycopg
from psycopg import AsyncConnection

from infrastructure.event_log import EventLog
from infrastructure.projecting import schemas, scratch
from infrastructure.projecting.advancing import Advance, Move, advance
from infrastructure.projecting.applying import DATABASE_GONE, CannotApply
from infrastructure.projecting.feed import BATCH, Feed
from infrastructure.projecting.group_move import GroupMove
from infrastructure.projecting.models import fingerprint
from infrastructure.projecting.rebuilding import prepare, rebuild
from infrastructure.projecting.seats import Seats
from projections.shared import ReadModel

logger = logging.getLogger("q2c.projecting")

_IDLE = 5.0
"""Seconds after which a read model's own connection is used again, whether the log stands still or it is moved over the
group's all the while."""
_STANDBY = 0.5
"""Seconds between two looks at a read model that another worker holds, or that has failed."""
_LONGEST_BACKOFF = 5.0
_TIDY_EVERY = 600.0
"""Seconds after which scratch schemas are looked through for those that nobody has asked for in a while."""


class Runner:
    """Applies the log to read models until cancelled. Several share them; one at a time moves a read model."""

    def __init__(
        self, log: EventLog, database_url: str, models: Mapping[str, type[ReadModel]], *, batch: int = BATCH
    ) -> None:
        self._feed = Feed(log, batch)
        self._log = log
        self._database_url = database_url
        self._models = models
        self._seats = Seats(database_url, models)
        self._group = GroupMove(database_url)
        self._database_is_gone = False
        self._said: dict[str, str] = {}

    async def run(self) -> None:
        """Follow the log with every read model; one that fails is logged and stops, the others go on."""
        async with asyncio.TaskGroup() as tasks:
            for model in self._models.values():
                tasks.create_task(self._keep_following(model), name=f"read model {model.NAME}")
            tasks.create_task(self._group.run(), name="group of read models")
            tasks.create_task(self._keep_tidy(), name="scratch schemas")
            tasks.create_task(self._seats.keep(), name="seats")

    async def _keep_following(self, model: type[ReadModel]) -> None:
        backoff = 0.1
        while True:
            try:
                async with await schemas.projector(self._database_url) as connection:
                    self._say_database_is_back()
                    backoff = 0.1
                    if not await schemas.is_made(connection, model):
                        await prepare(model, self._log, self._database_url)
                    await schemas.bound(connection)
                    if self._said.pop(model.NAME, None):
                        logger.warning("%s goes on", model.NAME)
                    await self._follow(connection, model)
                await self._stand_by(model)
            except DATABASE_GONE as error:
                self._say_database_is_gone(error)
                self._feed.forget()  # another log may answer when it is back: a restored one
                await asyncio.sleep(backoff)
                backoff = min(backoff * 2, _LONGEST_BACKOFF)
            except Exception as error:
                await self._stand_failed(model, error)

    async def _keep_tidy(self) -> None:
        while True:
            try:
                async with await schemas.projector(self._database_url) as connection:
                    await scratch.tidy(connection)
            except (*DATABASE_GONE, psycopg.Error) as error:
                logger.warning("Scratch schemas could not be looked through: %s", type(error).__name__)
            await asyncio.sleep(_TIDY_EVERY)

    async def _follow(self, connection: AsyncConnection, model: type[ReadModel]) -> None:
        """Apply what comes, until another source of this read model has taken its place."""
        await schemas.enter(connection, model.NAME)
        reader, made_by = model(), fingerprint(model)
        while (standing := await schemas.standing(connection, model.NAME)) and standing.fingerprint == made_by:
            position, outcome = standing.position, Advance.DONE
            stands_in = self._seats.are_others(model.NAME)
            if stands_in and not await self._stands_still(connection, model, position):
                continue
            until = monotonic() + _IDLE
            while (
                outcome is Advance.DONE
                and monotonic() < until
                and (stands_in or not self._seats.are_others(model.NAME))
            ):
                events = await self._feed.after(position)
                if not events:
                    await self._wait_beyond(model, position)
                    break
                outcome = await self._advance(connection, Move(reader, standing.made_at, position, events))
                if outcome is Advance.DONE:
                    position = events[-1].position
            if outcome is Advance.HELD:
                await asyncio.sleep(_STANDBY)

    async def _advance(self, connection: AsyncConnection, move: Move) -> Advance:
        if await self._group.move(move):
            return Advance.DONE
        return await advance(connection, move.model, move.made_at, move.after, move.events)

    async def _stands_still(self, connection: AsyncConnection, model: type[ReadModel], position: int) -> bool:
        """Whether whoever keeps the read model up leaves it where it is, though there is more; takes a while."""
        if await self._log.wait_beyond(position, _STANDBY) <= position:
            return False
        await asyncio.sleep(_STANDBY)
        standing = await schemas.standing(connection, model.NAME)
        return standing is not None and standing.position == position

    async def _wait_beyond(self, model: type[ReadModel], position: int) -> None:
        """Until there is more, for a while. If the log ends before the read model, an older one has taken its place."""
        if await self._feed.beyond(position, _IDLE) < position and await self._log.head() < position:
            logger.error("The log went back before position %s of %s, which is made anew", position, model.NAME)
            self._feed.forget()
            await rebuild(model, self._log, self._database_url)

    async def _stand_by(self, model: type[ReadModel]) -> None:
        """Another version's tables are left alone, or two workers would rebuild them in turns; lost ones are not."""
        said = False
        while (standing := await self._standing(model)) is not None and standing.fingerprint != fingerprint(model):
            if not said:
                logger.warning("%s was remade by another version; this worker leaves it alone", model.NAME)
            said = True
            await asyncio.sleep(_STANDBY)

    async def _stand_failed(self, model: type[ReadModel], error: Exception) -> None:
        """Say so once, in the log and in the read model's status; go on when somebody has cleared it, or it is lost."""
        known = isinstance(error, CannotApply)
        failure = str(error) if known else f"{model.NAME} stopped: {type(error).__name__}"
        if failure != self._said.get(model.NAME):
            logger.error("%s; the other read models go on", failure)
        self._said[model.NAME] = failure
        with contextlib.suppress(*DATABASE_GONE):
            async with await schemas.projector(self._database_url) as connection:
                if await schemas.standing(connection, model.NAME):
                    await schemas.set_failure(connection, model.NAME, failure)
        await asyncio.sleep(_STANDBY)
        while (standing := await self._standing(model)) is not None and standing.failure is not None:
            await asyncio.sleep(_STANDBY)

    async def _standing(self, model: type[ReadModel]) -> schemas.Standing | None:
        with contextlib.suppress(*DATABASE_GONE):
            async with await schemas.projector(self._database_url) as connection:
                return await schemas.standing(connection, model.NAME)
        return None

    def _say_database_is_gone(self, error: BaseException) -> None:
        if not self._database_is_gone:
            logger.warning("The database does not answer (%s); trying again until it does", type(error).__name__)
        self._database_is_gone = True

    def _say_database_is_back(self) -> None:
        if self._database_is_gone:
            logger.warning("The database answers again")
        self._database_is_gone = False
