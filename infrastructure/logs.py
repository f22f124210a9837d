"""How a process logs: a line for each event on standard error, readable on a terminal and JSON elsewhere.

No line holds personal data. Ours say names of commands, ids, codes and counts; whatever others log is cut to its first
line, and an exception to its type and the places it passed, since its words may quote values.
"""

from __future__ import annotations

import logging
import sys
import traceback
from contextvars import ContextVar
from hashlib import sha256
from typing import Any

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.typing import EventDict, Processor

from infrastructure.settings import Settings

OURS = "q2c"
REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Of the request that is being answered, if any."""


def configure(settings: Settings) -> None:
    """Let everything in this process log as the settings say."""
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(as_json=as_json))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(settings.log_level.upper())


def formatter(*, as_json: bool) -> ProcessorFormatter:
    """One line a record, with the id of the request that it belongs to."""
    for_people = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    renderer: Processor = structlog.processors.JSONRenderer() if as_json else for_people
    return ProcessorFormatter(
        foreign_pre_chain=[
            _with_request_id,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_values,
        ],
        processors=[ProcessorFormatter.remove_processors_meta, renderer],
    )


def pseudonym(text: str) -> str:
    """The same for the same text, and not the text: what clients choose, such as keys, may name a person."""
    return sha256(text.encode(errors="replace")).hexdigest()[:12]


def _with_request_id(logger: Any, method: str, event: EventDict) -> EventDict:
    request_id = REQUEST_ID.get()
    return event if request_id is None else {**event, "request_id": request_id}


def _without_values(logger: Any, method: str, event: EventDict) -> EventDict:
    exception = event.pop("exc_info", None)
    if isinstance(exception, tuple) and exception[0] is not None:
        event["error"] = exception[0].__name__
        event["where"] = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(exception[2])]
    if not str(event.get("logger", "")).startswith(OURS):
        event["event"] = (str(event["event"]).splitlines() or [""])[0]
    return event
