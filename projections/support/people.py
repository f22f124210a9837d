"""What the events of customers do."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from domain.crm import Customer
from domain.shared.aggregate import Event
from domain.shared.party import Address
from projections.shared import Effect, Effects, Recorded, insert, update
from projections.support.statements import changed, contact_row, found_by, name_row

MERGED = """update customers set survivor_id = (select survivor_id from customers where customer_id = %(into)s)
    where survivor_id = %(id)s"""
UNMERGED = """with recursive group_of as (
        select customer_id from customers where customer_id = %(id)s
        union select c.customer_id from customers c join group_of g on c.merged_into_id = g.customer_id
    )
    update customers set survivor_id = %(id)s where customer_id in (select customer_id from group_of)"""


class People:
    """Customers and their contacts."""

    def customer_registered(self, event: Customer.Registered, recorded: Recorded) -> Effects:
        customer = event.originator_id
        yield insert(
            "records",
            record_id=customer,
            kind="customer",
            ordinal=recorded.position,
            customer_id=customer,
            number=event.external_id or "",
            state="active",
            document_date=event.timestamp.astimezone(UTC).date(),
            time_zone="UTC",
        )
        yield insert(
            "customers",
            customer_id=customer,
            external_id=event.external_id,
            representative=event.representative,
            bill_to_id=customer,
            ship_to_id=customer,
            one_time=event.one_time,
            survivor_id=customer,
            **_details(event),
        )
        yield from name_row(customer, event.name)
        yield from found_by(customer, ("other_number", event.external_id))
        for contact in event.contacts:
            yield from contact_row(customer, contact)

    def customer_changed(self, event: Customer.DetailsChanged, recorded: Recorded) -> Effects:
        yield _customer(event, **_details(event))
        yield from name_row(event.originator_id, event.name)

    def contact_added(self, event: Customer.ContactAdded, recorded: Recorded) -> Effects:
        yield from contact_row(event.originator_id, event.contact)

    def representative_assigned(self, event: Customer.RepresentativeAssigned, recorded: Recorded) -> Effects:
        yield _customer(event, representative=event.representative)

    def roles_changed(self, event: Customer.RolesChanged, recorded: Recorded) -> Effects:
        yield _customer(event, bill_to_id=event.bill_to, ship_to_id=event.ship_to)

    def customer_merged(self, event: Customer.Merged, recorded: Recorded) -> Effects:
        yield changed(event, state="merged")
        yield _customer(event, merged_into_id=event.into)
        yield Effect(MERGED, {"id": event.originator_id, "into": event.into}, None)

    def customer_unmerged(self, event: Customer.Unmerged, recorded: Recorded) -> Effects:
        yield changed(event, state="active")
        yield _customer(event, merged_into_id=None)
        yield Effect(UNMERGED, {"id": event.originator_id}, None)


def _customer(event: Event, **values: Any) -> Effect:
    return update("customers", {"customer_id": event.originator_id}, **values)


def _details(event: Customer.Registered | Customer.DetailsChanged) -> dict[str, Any]:
    address: Address = event.address
    return {
        "name": event.name,
        "street": address.street,
        "city": address.city,
        "post_code": address.post_code,
        "subdivision": address.subdivision,
        "country_code": address.country_code,
        "vat_id": event.vat_id,
        "region": event.region,
        "segment": event.segment,
        "payment_terms": event.payment_terms.note,
    }
