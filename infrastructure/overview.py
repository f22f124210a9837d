"""Everything that an operator looks at first: the log, the read models, what went in vain, who works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from infrastructure.database import Role, connect, unavailable
from infrastructure.policies import Refused, latest_refusals
from infrastructure.projecting import ModelStatus, read_models, status

_LATEST = 100
_COUNTS = b"""
    SELECT (SELECT coalesce(max(position), 0) FROM log.events),
           policies.position, (SELECT greatest(0, extract(epoch FROM clock_timestamp() - recorded_at))::float8
                               FROM log.events e WHERE e.position = policies.position + 1),
           (SELECT count(*) FROM policies.refusals),
           (SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'q2c worker listen'),
           sealed, (SELECT greatest(0, extract(epoch FROM clock_timestamp() - recorded_at))::float8
                    FROM log.events WHERE position = sealed + 1),
           (SELECT coalesce(max(position), 0) FROM access.entries), accesses_sealed,
           (SELECT greatest(0, extract(epoch FROM clock_timestamp() - recorded_at))::float8
            FROM access.entries WHERE position = accesses_sealed + 1),
           (SELECT string_agg(CASE tree WHEN 'access' THEN 'of the access log, ' ELSE '' END || reason, '; ')
               FROM proofs.refusal), (SELECT min(since) FROM proofs.refusal)
    FROM (SELECT coalesce(max(size), 0) AS sealed
          FROM proofs.checkpoints JOIN proofs.published USING (number)) AS proofs,
         (SELECT coalesce(max(size), 0) AS accesses_sealed
          FROM access.checkpoints JOIN access.published USING (number)) AS accesses,
         policies.position AS policies"""
LATE = 60.0
"""Seconds after which an event should long have been sealed, and reacted to."""


@dataclass(frozen=True, slots=True)
class Overview:
    """How the service stands as a whole."""

    head: int
    """The last position of the log."""
    workers: int
    """Connected now; more than one stand by for each other."""
    policies_position: int
    """Up to where it is certain that policies have reacted."""
    policies_waiting_seconds: float
    """For how long the oldest event after that has waited for it; 0 where there is none. A few seconds are usual: who
    has recorded it reacts first."""
    sealed_position: int
    """Up to where the log is sealed."""
    unsealed_seconds: float
    """For how long the oldest event that is not sealed has waited for it; 0 where there is none."""
    accesses: int
    """The last position of the access log."""
    accesses_sealed_position: int
    accesses_unsealed_seconds: float
    sealing_refused: str | None
    """Why the worker refuses to seal either of them any further; None where it does not."""
    sealing_refused_since: datetime | None
    models: list[ModelStatus]
    refusals: int
    """How often policies and timers asked for something in vain."""
    latest_refusals: list[Refused]

    @property
    def needs_somebody(self) -> bool:
        """Whether a read model has stopped or lacks something, the log is not sealed, policies stand still, or nobody
        works."""
        is_late = max(self.unsealed_seconds, self.accesses_unsealed_seconds, self.policies_waiting_seconds) > LATE
        is_cut = self.sealed_position > self.head or self.accesses_sealed_position > self.accesses
        return (
            is_late
            or is_cut
            or self.sealing_refused is not None
            or self.workers == 0
            or any(model.failure or model.parked for model in self.models)
        )


async def overview(database_url: str, *, count_rows: bool = False) -> Overview:
    """As of now. Raises `DatabaseUnavailable`."""
    async with await connect(database_url, Role.READER, "q2c status") as connection:
        with unavailable():
            row = await (await connection.execute(_COUNTS)).fetchone()
            assert row is not None  # it has no source that could be empty
            head, policies_position, policies_wait, refusals, workers, *sealed, refused, since = row
            latest = await latest_refusals(connection, _LATEST)
    models = await status(database_url, read_models(), count_rows=count_rows)
    sealed_position, waits, accesses, accesses_sealed, accesses_wait = sealed
    return Overview(
        head=head,
        workers=workers,
        policies_position=policies_position,
        policies_waiting_seconds=policies_wait or 0.0,
        sealed_position=sealed_position,
        unsealed_seconds=waits or 0.0,
        accesses=accesses,
        accesses_sealed_position=accesses_sealed,
        accesses_unsealed_seconds=accesses_wait or 0.0,
        sealing_refused=refused,
        sealing_refused_since=since,
        models=models,
        refusals=refusals,
        latest_refusals=latest,
    )
