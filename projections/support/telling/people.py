"""What is told of customers themselves."""

from __future__ import annotations

from domain.crm import Customer
from projections.support.telling.told import OTHER, Told, listed, told


@told.register
def _(event: Customer.Registered) -> Told:
    known = f", known elsewhere as {event.external_id}" if event.external_id else ""
    return Told(f"{event.name} was registered as a customer{known}.")


@told.register
def _(event: Customer.DetailsChanged) -> Told:
    place = " ".join(part for part in (event.address.post_code, event.address.city) if part)
    parts = [event.address.street, place, event.address.country_code]
    return Told(f"The customer's details were changed: {event.name}, {', '.join(part for part in parts if part)}.")


@told.register
def _(event: Customer.ContactAdded) -> Told:
    reached = [by for by in (event.contact.email, event.contact.phone) if by]
    how = f", reached at {listed(reached)}" if reached else ""
    return Told(f"{event.contact.name} is a contact{how}.")


@told.register
def _(event: Customer.RepresentativeAssigned) -> Told:
    return Told(f"{event.representative} looks after this customer from now on.")


@told.register
def _(event: Customer.RolesChanged) -> Told:
    own = {event.originator_id}
    if {event.bill_to, event.ship_to} == own:
        return Told("Invoices and goods go to the customer itself.")
    if event.bill_to == event.ship_to:
        return Told("Invoices and goods go to another customer from now on.")
    if event.bill_to not in own and event.ship_to not in own:
        return Told("Invoices go to another customer from now on, and goods to a third.")
    what = "Invoices" if event.bill_to not in own else "Goods"
    return Told(f"{what} go to another customer from now on.")


@told.register
def _(event: Customer.Merged) -> Told:
    return Told(f"This customer is the same as {OTHER}.", event.into)


@told.register
def _(event: Customer.Unmerged) -> Told:
    return Told("This customer is one by itself, after all.")
