"""Which status codes each kind of route answers with besides its own, and what OpenAPI says of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

MEDIA_TYPE = "application/problem+json"

ALWAYS = (401, 403, 429)
OF_COMMANDS = (400, 404, 409, 412, 413, 422, 428, 503)
OF_SIGNING_IN = (*OF_COMMANDS, 415)
OF_QUERIES = (400, 404, 422, 503)
OF_PROBES = (422, 503)
AT_PROVIDER = (*OF_QUERIES, 409)
"""What each kind of route may be answered with."""

MEANINGS = {
    400: "The request is malformed, or lacks its Idempotency-Key.",
    401: "Nobody has signed in, or not with this.",
    403: "None of your roles lets you do this.",
    404: "There is no such thing.",
    409: "Refused by a rule of the business; `code` and `rule` name it.",
    412: "Changed since you read it.",
    413: "Too large.",
    415: "The body is not of the type application/json.",
    422: "A value is invalid, or the key was used for another request.",
    428: "If-Match is missing.",
    429: "Too many requests, or too many attempts to sign in; `Retry-After` says when to come back.",
    503: "Try again later, with the same key.",
}


def responses(statuses: Iterable[int]) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of these, and of those that any route may answer."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": MEANINGS[status], "content": content} for status in (*ALWAYS, *statuses)}
