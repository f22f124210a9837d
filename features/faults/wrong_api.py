"""An API that is wrong in one way, in a process of its own.

`python -m features.faults.wrong_api HOW`
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from functools import partial

from features.faults.negative_controls import Hasty, Silent, Undurable
from infrastructure import database, watched, wiring
from infrastructure.event_log import EventLog
from interfaces.cli.serving import api
from interfaces.rest import front


def _keeps_in(log: type[EventLog]) -> None:
    setattr(wiring, "EventLog", log)  # noqa: B010  a plain assignment is refused by mypy


def _trusting() -> None:
    watched.IDLE = front.LONGEST = math.inf
    setattr(database, "_patience", lambda _: None)  # noqa: B010  the same


WRONG: Mapping[str, Callable[[], None]] = {
    "hasty": partial(_keeps_in, Hasty),
    "silent": partial(_keeps_in, Silent),
    "undurable": partial(_keeps_in, Undurable),
    "trusting": _trusting,
}
"""`trusting` waits without end for what a server answers."""


if __name__ == "__main__":
    WRONG[sys.argv[1]]()
    api()
