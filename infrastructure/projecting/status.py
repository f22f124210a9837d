"""How the read models stand: position, distance to the log's head, rows, what stopped one and what is parked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from psycopg import AsyncConnection

from infrastructure.database import Role, connect
from infrastructure.projecting import parking, schemas
from infrastructure.projecting.models import fingerprint
from infrastructure.projecting.parking import Parked
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
    parked: list[Parked] = field(default_factory=list)
    """Aggregates that are left out of it, in log order."""


async def status(
    database_url: str, models: Mapping[str, type[ReadModel]], *, count_rows: bool = True
) -> list[ModelStatus]:
    """Every read model's standing, in order of names. Raises `DatabaseUnavailable`."""
    async with await connect(database_url, Role.READER, "q2c projection status") as connection:
        cursor = await connection.execute("select coalesce(max(position), 0) from log.events")
        head = int((await cursor.fetchone() or [0])[0])
        return [await _status(connection, model, head, count_rows) for model in models.values()]


async def _status(connection: AsyncConnection, model: type[ReadModel], head: int, count_rows: bool) -> ModelStatus:
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
    rows = await schemas.table_rows(connection, model.NAME) if count_rows else {}
    parked = await parking.listed(connection, model.NAME)
    return ModelStatus(model.NAME, state, standing.position, lag, standing.failure, rows, parked)


async def table_hashes(database_url: str, model: type[ReadModel]) -> dict[str, TableHash]:
    """Rows and an order-independent hash of every table of the live read model. Raises `DatabaseUnavailable`."""
    async with await connect(database_url, Role.READER, "q2c table hashes") as connection:
        return await schemas.table_hashes(connection, model.NAME)
