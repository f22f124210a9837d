"""Whoever is shown something is written down before the answer leaves, and whoever is turned away, too.

What cannot be written down is not shown. What was shown is read from the answer itself: which customers it names.
"""

from __future__ import annotations

import re
from urllib.parse import unquote
from uuid import UUID

from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Scope

from application.access import TRACED, UNTRACED, Access, Caller
from application.identity import user_id
from infrastructure.access_log import AccessLog, AccessNotRecorded
from infrastructure.access_log.recording import USE_KEY
from interfaces.rest.access import LONGEST, ON_BEHALF_OF, PURPOSE, operation_of
from interfaces.rest.problems import outcome, unrecorded
from interfaces.rest.requests import CALLER, REFUSED_DUTY

ID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
CUSTOMER = re.compile(rb'"(?:customer|bill_to|ship_to)_id":"([0-9a-f-]{36})"')
MOST_NAMED = 100
"""Ids that an entry bears."""
SIGN_IN = "identity.sign_in"
STREAM = "text/event-stream"
"""What has no content but ids, for as long as somebody listens."""


async def write_down(scope: Scope, request_id: str, head: Message, body: Message) -> Response | None:
    """Write down who gets this answer, which begins so; where that fails, what is answered in its place."""
    route, came_to = scope.get("route"), scope.get(REFUSED_DUTY) or outcome(head["status"])
    if not isinstance(route, APIRoute):
        return None
    log: AccessLog = scope["app"].state.access_log
    operation, caller = operation_of(route), scope.get(CALLER)
    try:
        if caller is not None and log.is_first_use(caller):
            await log.record(Access(operation=USE_KEY, outcome="given", by=caller, correlation_id=request_id))
        if came_to is not None and _leaves_a_trace(scope, operation, came_to):
            await log.record(_access(scope, operation, came_to, request_id, head, body))
    except AccessNotRecorded:
        return unrecorded()
    return None


def _access(scope: Scope, operation: str, came_to: str, request_id: str, head: Message, body: Message) -> Access:
    caller: Caller | None = scope[CALLER]
    objects, more = _objects(scope, head, body)
    purpose = None if caller is None else Headers(scope=scope).get(PURPOSE)
    client = scope.get("client")
    return Access(
        operation=operation,
        outcome=came_to,
        by=caller,
        objects=objects,
        more=more,
        purpose=purpose[:LONGEST] if purpose else None,
        address=client[0] if client and operation == SIGN_IN else None,
        correlation_id=request_id,
    )


def _leaves_a_trace(scope: Scope, operation: str, came_to: str) -> bool:
    """Reads of what is not everybody's; whoever signs in or tries to; whoever is turned away with a token of theirs,
    or would have done what takes two people."""
    if CALLER not in scope:
        return False
    is_read = scope["method"] == "GET" and operation not in UNTRACED
    is_turned_away = came_to in ("unknown", "denied", "missing") or REFUSED_DUTY in scope
    return operation in TRACED or is_turned_away or (is_read and came_to == "given")


def _objects(scope: Scope, head: Message, body: Message) -> tuple[list[str], int | None]:
    """Ids of what was asked for, of the user in whose name, and of the customers whom the answer names; and how many
    more of these there are."""
    query, in_whose_name = scope["query_string"].decode("latin-1"), Headers(scope=scope).get(ON_BEHALF_OF)
    asked = [str(UUID(found)) for found in ID.findall(f"{scope['path']}?{unquote(query)}")]
    asked += [str(user_id(in_whose_name))] if in_whose_name else []
    is_part = bool(body.get("more_body"))
    shown = [] if is_part else [found.decode() for found in CUSTOMER.findall(body.get("body", b""))]
    objects = list(dict.fromkeys([*asked, *shown]))
    is_counted = not is_part or Headers(raw=head["headers"]).get("content-type", "").startswith(STREAM)
    return objects[:MOST_NAMED], max(0, len(objects) - MOST_NAMED) if is_counted else None
