"""How the read models stand: position, distance to the log's head, rows, and what stopped one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from psycopg import AsyncConnection

from infrastructure.database import Role, connect
from infrastructure.projecting import schemas
from infrastructure.projecting.models import fingerprint
from infrastructure.projecting.schemas import TableHash
from projections.shared import ReadModel


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """One read model: `state` is missing, failed, outdated (made by other source), behind or current."""

    name: str
    state: str
    position: int
    lag: int
    """Events of the log that are not in its tables yet."""
    failure: str | None = None
    rows: dict[str, int] = field(default_factory=dict)
    """How many each table has."""


async def status(database_url: str, models: Mapping[str, type[ReadModel]]) -> list[ModelStatus]:
    """Every read model's standing, in order of names. Raises `DatabaseUnavailable`."""
    async with await connect(database_url, Role.READER, "q2c projection status") as connection:
        cursor = await connection.execute("select coalesce(max(position), 0) from log.events")
        head = int((await cursor.fetchone() or [0])[0])
        return [await _status(connection, model, head) for model in models.values()]


async def _status(connection: AsyncConnection, model: type[ReadModel], head: int) -> ModelStatus:
    standing = await schemas.standing(connection, model.NAME)
    if standing is None:
        return ModelStatus(model.NAME, "missing", 0, head)
    # Read after the head was: the read model may have gone beyond it since.
    lag = max(head - standing.position, 0)
    if standing.failure:
        state = "failed"
    elif standing.fingerprint != fingerprint(model):
        state = "outdated"
    else:
        state = "behind" if lag else "current"
    rows = await schemas.table_rows(connection, model.NAME)
    return ModelStatus(model.NAME, state, standing.position, lag, standing.failure, rows)


async def retry(database_url: str, model: type[ReadModel]) -> None:
    """Let a read model that has stopped try its next event again. Raises `DatabaseUnavailable`."""
    async with await schemas.projector(database_url) as connection:
        await schemas.set_failure(connection, model.NAME, None)


async def table_hashes(database_url: str, model: type[ReadModel]) -> dict[str, TableHash]:
    """Rows and an order-independent hash of every table of the live read model. Raises `DatabaseUnavailable`."""
    async with await connect(database_url, Role.READER, "q2c table hashes") as connection:
        return await schemas.table_hashes(connection, model.NAME)
