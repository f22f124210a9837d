"""What the events of returns do to the returns."""

from __future__ import annotations

from typing import Any

from domain.ordering import Quantity, Return
from domain.shared.aggregate import Event
from domain.shared.party import local_date
from projections.shared import Effect, Effects, Recorded, insert, update


class Returns:
    """Returns, and how much of each line has come."""

    def return_authorised(self, event: Return.Authorised, recorded: Recorded) -> Effects:
        yield insert(
            "returns",
            return_id=event.originator_id,
            version=event.originator_version,
            ordinal=recorded.position,
            number=event.number,
            state="authorised",
            order_id=event.order_id,
            order_number=event.order_number,
            seller_id=event.parties.seller_id,
            customer_id=event.parties.sold_to_id,
            buyer_name=event.parties.buyer.name,
            reason=event.reason,
            authorised_on=local_date(event.timestamp, event.parties.time_zone),
        )
        for place, line in enumerate(event.lines, 1):
            yield insert(
                "return_lines",
                return_id=event.originator_id,
                place=place,
                line_id=line.line_id,
                item_name=line.item_name,
                unit_code=line.unit_code,
                authorised_quantity=line.quantity,
                received_quantity=0,
                accepted_quantity=0,
            )

    def return_cancelled(self, event: Return.Cancelled, recorded: Recorded) -> Effects:
        yield _changed(event, state="cancelled", finding=event.reason)

    def return_received(self, event: Return.Received, recorded: Recorded) -> Effects:
        yield _changed(event, state="received", received_on=event.received_on)
        for one in event.quantities:
            yield update("return_lines", _line(event, one), received_quantity=one.quantity)

    def return_inspected(self, event: Return.Inspected, recorded: Recorded) -> Effects:
        yield _changed(event, state=event.outcome, settlement=event.settlement, finding=event.finding)
        for one in event.accepted:
            yield update("return_lines", _line(event, one), accepted_quantity=one.quantity)

    def return_credited(self, event: Return.Credited, recorded: Recorded) -> Effects:
        yield _changed(event, state="credited", credit_note_id=event.credit_note_id)


def _changed(event: Event, **values: Any) -> Effect:
    return update("returns", {"return_id": event.originator_id}, version=event.originator_version, **values)


def _line(event: Event, quantity: Quantity) -> dict[str, Any]:
    return {"return_id": event.originator_id, "line_id": quantity.line_id}
