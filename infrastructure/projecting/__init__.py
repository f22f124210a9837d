"""Read models kept up to date from the log: exactly once, restartable, rebuilt beside the live ones."""

from infrastructure.projecting.applying import CannotApply
from infrastructure.projecting.models import fingerprint, read_models
from infrastructure.projecting.parking import Parked
from infrastructure.projecting.reading import PostgresReader, Readers
from infrastructure.projecting.rebuilding import Comparison, rebuild, rebuild_together, retry, verify
from infrastructure.projecting.runner import Runner
from infrastructure.projecting.schemas import TableHash
from infrastructure.projecting.status import ModelStatus, status, table_hashes
from infrastructure.projecting.waiting import Positions, ReadModelBehind, ReadModelParked

__all__ = [
    "CannotApply",
    "Comparison",
    "ModelStatus",
    "Parked",
    "Positions",
    "PostgresReader",
    "ReadModelBehind",
    "ReadModelParked",
    "Readers",
    "Runner",
    "TableHash",
    "fingerprint",
    "read_models",
    "rebuild",
    "rebuild_together",
    "retry",
    "status",
    "table_hashes",
    "verify",
]
