"""Numbers of documents: the next of the seller's series of that kind and year, taken in the append that issues (I1)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from application.unit_of_work import UnitOfWork
from domain.organisation import LegalEntity, NumberSeries

CREDIT_NOTES = "CN"


async def take_number(
    work: UnitOfWork, seller_id: UUID, series: str, document_id: UUID, day: date, *, at_least: bool
) -> tuple[str, date]:
    """Number and issue date. The issue date never goes back: where it may be later than that day, it follows the last.

    Refuses a day before the series' last one, unless `at_least`.
    """
    at: datetime = work.envelope.at
    seller = await work.read(LegalEntity, seller_id)
    name = f"{seller.series_prefix}-{series}-{day.year}"
    numbers = await work.load_alone(NumberSeries, NumberSeries.id_for(seller.id, name))
    issue_date = max(day, numbers.last_issue_date) if at_least else day
    number = numbers.take(name, document_id, issue_date, at)
    work.claim("document_number", f"{seller_id} {number}", document_id)
    work.save(numbers)
    return number, issue_date


def claim_reference(work: UnitOfWork, seller_id: UUID, reference: str | None, document_id: UUID) -> None:
    """A number of another system stands for one document of that seller."""
    if reference is not None:
        work.claim("external_reference", f"{seller_id} {reference}", document_id)


def release_reference(work: UnitOfWork, seller_id: UUID, reference: str | None) -> None:
    """The document that bore it never came to be."""
    if reference is not None:
        work.release("external_reference", f"{seller_id} {reference}")
