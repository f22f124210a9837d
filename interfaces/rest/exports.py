"""Answers as files: CSV or JSON Lines, as the client says by `format` or by its Accept header."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.responses import StreamingResponse

from infrastructure.exporting import Format, Lines

FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {form.media_type: {"schema": {"type": "string"}} for form in Format}}
}
"""What OpenAPI says of them."""


async def _asked_format(
    request: Request,
    format: Annotated[  # noqa: A002
        Format | None,
        Query(description="A file instead of JSON; Accept: text/csv or application/x-ndjson does so, too."),
    ] = None,
) -> Format | None:
    accepted = request.headers.get("Accept", "")
    return format or next((form for form in Format if accepted.startswith(form.media_type)), None)


AskedFormat = Annotated[Format | None, Depends(_asked_format)]
"""None is JSON."""


def as_file(form: Format, name: str, columns: Sequence[str], rows: AsyncIterator[Any]) -> StreamingResponse:
    """The rows' attributes, one row after another as they come."""
    lines = Lines(form, columns)

    async def content() -> AsyncIterator[bytes]:
        yield lines.header()
        async for row in rows:
            yield lines.line({column: getattr(row, column) for column in columns})

    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return StreamingResponse(content(), media_type=form.media_type, headers=headers)
