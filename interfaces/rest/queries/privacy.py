"""Queries of what is done about personal data."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from interfaces.rest.reading import Page, Paged, found, query_router, reads
from projections import directory
from projections.directory import DataSubjectRow, DataSubjectView
from projections.shared import Reader

router = query_router("/privacy", "privacy")

Directory = Annotated[Reader, reads("directory")]
State = Annotated[str | None, Query(max_length=20, description="`requested` are those that somebody has to look at.")]


@router.get("/data-subjects")
async def data_subjects(reader: Directory, window: Paged, state: State = None) -> Page[DataSubjectRow]:
    """Customers whose erasure was asked for, or is held up by law; the newest first."""
    return window.page(await directory.data_subjects(reader, window.before, window.limit, state=state))


@router.get("/data-subjects/{data_subject_id}")
async def data_subject(data_subject_id: UUID, reader: Directory, response: Response) -> DataSubjectView:
    """What was asked for about one of them, how it stands, and what may be done."""
    return found(await directory.data_subject(reader, data_subject_id), response)
