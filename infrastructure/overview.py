"""Everything that an operator looks at first: the log, the read models, what went in vain, who works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from infrastructure.database import Role, connect, unavailable
from infrastructure.policies import Refused, latest_refusals
from infrastructure.projecting import ModelStatus, read_models, status

_LATEST = 20
_COUNTS = b"""
    SELECT (SELECT coalesce(max(position), 0) FROM log.events),
           (SELECT position FROM policies.position),
           (SELECT count(*) FROM policies.refusals),
           (SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'q2c worker append'),
           sealed, (SELECT greatest(0, extract(epoch FROM clock_timestamp() - recorded_at))::float8
                    FROM log.events WHERE position = sealed + 1),
           (SELECT string_agg(CASE tree WHEN 'access' THEN 'of the access log, ' ELSE '' END || reason, '; ')
               FROM proofs.refusal), (SELECT min(since) FROM proofs.refusal)
    FROM (SELECT coalesce(max(size), 0) AS sealed
          FROM proofs.checkpoints JOIN proofs.published USING (number)) AS proofs"""
LATE = 60.0
"""Seconds after which an event should long have been sealed."""


@dataclass(frozen=True, slots=True)
class Overview:
    """How the service stands as a whole."""

    head: int
    """The last position of the log."""
    workers: int
    """Connected now; more than one stand by for each other."""
    policies_position: int
    """Up to where it is certain that policies have reacted."""
    sealed_position: int
    """Up to where the log is sealed."""
    unsealed_seconds: float
    """For how long the oldest event that is not sealed has waited for it; 0 where there is none."""
    sealing_refused: str | None
    """Why the worker refuses to seal the log any further; None where it does not."""
    sealing_refused_since: datetime | None
    models: list[ModelStatus]
    refusals: int
    """How often policies and timers asked for something in vain."""
    latest_refusals: list[Refused]

    @property
    def needs_somebody(self) -> bool:
        """Whether a read model has stopped or lacks something, the log is not sealed, or nobody works."""
        is_late = self.unsealed_seconds > LATE or self.sealed_position > self.head
        return (
            is_late
            or self.sealing_refused is not None
            or self.workers == 0
            or any(model.failure or model.parked for model in self.models)
        )


async def overview(database_url: str, *, count_rows: bool = False) -> Overview:
    """As of now. Raises `DatabaseUnavailable`."""
    async with await connect(database_url, Role.READER, "q2c status") as connection:
        with unavailable():
            row = await (await connection.execute(_COUNTS)).fetchone()
            row = row or (0, 0, 0, 0, 0, None, None, None)
            head, policies_position, refusals, workers, sealed, waits, refused, since = row
            latest = await latest_refusals(connection, _LATEST)
    models = await status(database_url, read_models(), count_rows=count_rows)
    return Overview(head, workers, policies_position, sealed, waits or 0.0, refused, since, models, refusals, latest)
