"""What becomes due by the mere passing of time: quotes that expire, instalments to invoice, contracts that end.

A row says from which day on, in the seller's calendar, something is to be done. Whether it may be done is decided when
it is done; these rows only make somebody ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from domain.contracting import Contract
from domain.quoting import Quote
from domain.shared.aggregate import Event
from projections.shared import Effect, Effects, Reader, ReadModel, Recorded, delete, insert, update

Kind = Literal["expire_quote", "invoice_instalment", "expire_contract"]

NEXT_DAY = timedelta(days=1)


class Timers(ReadModel):
    """One row for each quote, each contract in force and each instalment to bill; it waits until it is `running`."""

    tables = """
        create table timers (
            subject_id uuid not null, kind text not null, number integer not null, revision integer not null,
            due_on date not null, accrues_from date not null, time_zone text not null, running boolean not null,
            recorded_at timestamptz not null,
            primary key (subject_id, kind, number)
        );
        create index on timers (due_on, subject_id, kind, number) where running;
    """

    def quote_drafted(self, event: Quote.Drafted, recorded: Recorded) -> Effects:
        yield insert(
            "timers",
            subject_id=event.originator_id,
            kind="expire_quote",
            number=0,
            revision=1,
            due_on=event.valid_until + NEXT_DAY,
            accrues_from=event.valid_until,
            time_zone=event.offer.parties.time_zone,
            running=False,
            recorded_at=recorded.recorded_at,
        )

    def quote_sent(self, event: Quote.Sent, recorded: Recorded) -> Effects:
        yield _open_until(event, recorded)

    def quote_extended(self, event: Quote.ValidityExtended, recorded: Recorded) -> Effects:
        yield _open_until(event, recorded)

    def quote_declined(self, event: Quote.Declined, recorded: Recorded) -> Effects:
        yield _quote(event, running=False)

    def quote_expired(self, event: Quote.Expired, recorded: Recorded) -> Effects:
        yield _quote(event, running=False)

    def quote_withdrawn(self, event: Quote.Withdrawn, recorded: Recorded) -> Effects:
        yield _quote(event, running=False)

    def quote_accepted(self, event: Quote.Accepted, recorded: Recorded) -> Effects:
        yield delete("timers", {"subject_id": event.originator_id})

    def contract_drafted(self, event: Contract.Drafted, recorded: Recorded) -> Effects:
        common = {
            "subject_id": event.originator_id,
            "revision": 0,
            "time_zone": event.parties.time_zone,
            "running": False,
            "recorded_at": recorded.recorded_at,
        }
        end = event.terms.ends_on
        yield insert("timers", kind="expire_contract", number=0, due_on=end + NEXT_DAY, accrues_from=end, **common)
        for one in event.schedule:
            days = {"due_on": one.invoice_date, "accrues_from": one.accrues_from}
            yield insert("timers", kind="invoice_instalment", number=one.number, **days, **common)

    def contract_activated(self, event: Contract.Activated, recorded: Recorded) -> Effects:
        yield update("timers", {"subject_id": event.originator_id}, rows=None, running=True)

    def contract_declined(self, event: Contract.Declined, recorded: Recorded) -> Effects:
        yield delete("timers", {"subject_id": event.originator_id}, rows=None)

    def contract_rejected(self, event: Contract.Rejected, recorded: Recorded) -> Effects:
        yield delete("timers", {"subject_id": event.originator_id}, rows=None)

    def instalment_billed(self, event: Contract.InstalmentBilled, recorded: Recorded) -> Effects:
        keys = {"subject_id": event.originator_id, "kind": "invoice_instalment", "number": event.number}
        yield delete("timers", keys)

    def contract_terminated(self, event: Contract.Terminated, recorded: Recorded) -> Effects:
        yield _contract_end(event)
        yield Effect(
            """delete from timers where subject_id = %(subject_id)s and accrues_from > %(last_day)s""",
            {"subject_id": event.originator_id, "last_day": event.last_day},
            None,
        )
        yield update("timers", {"subject_id": event.originator_id}, rows=None, running=True)

    def contract_expired(self, event: Contract.Expired, recorded: Recorded) -> Effects:
        yield _contract_end(event)


def _open_until(event: Quote.Sent | Quote.ValidityExtended, recorded: Recorded) -> Effect:
    return _quote(
        event,
        running=True,
        revision=event.revision,
        due_on=event.valid_until + NEXT_DAY,
        recorded_at=recorded.recorded_at,
    )


def _quote(event: Event, **values: Any) -> Effect:
    return update("timers", {"subject_id": event.originator_id}, **values)


def _contract_end(event: Contract.Terminated | Contract.Expired) -> Effect:
    return delete("timers", {"subject_id": event.originator_id, "kind": "expire_contract", "number": 0})


@dataclass(frozen=True, slots=True)
class Timer:
    """Something to do from a day on."""

    due_on: date
    """The first day, in `time_zone`."""
    subject_id: UUID
    """The quote or contract."""
    kind: Kind
    number: int
    """Of the instalment; 0 where there is none."""
    revision: int
    """Of the quote; 0 where there is none."""
    time_zone: str


async def running(
    reader: Reader, until: date, after: Timer | None, limit: int, *, rest: timedelta = timedelta()
) -> list[Timer]:
    """What runs out on a day or before, the longest due first; beyond `after`, where that is given.

    What was recorded less than `rest` ago is left alone.
    """
    return await reader.rows(
        Timer,
        """select due_on, subject_id, kind, number, revision, time_zone from timers
            where running and due_on <= %(until)s and recorded_at <= clock_timestamp() - %(rest)s
            and (due_on, subject_id, kind, number) > (%(due_on)s, %(subject_id)s, %(kind)s, %(number)s)
            order by due_on, subject_id, kind, number limit %(limit)s""",
        until=until,
        rest=rest,
        due_on=after.due_on if after else date.min,
        subject_id=after.subject_id if after else UUID(int=0),
        kind=after.kind if after else "",
        number=after.number if after else -1,
        limit=limit,
    )
