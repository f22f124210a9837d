"""What is told of quotes, contracts and orders."""

from __future__ import annotations

from domain.contracting import Contract
from domain.quoting import Quote
from projections.support.telling.told import NUMBER, Told, because, items, listed, plainly, told


@told.register
def _(event: Quote.Drafted) -> Told:
    total = event.totals.payable_amount
    return Told(f"Quote {NUMBER} over {total} was drafted: {items(event.lines)}.")


@told.register
def _(event: Quote.LineAdded) -> Told:
    line = f"{plainly(event.line.quantity)} × {event.line.item_name}"
    return Told(f"{line} was added to quote {NUMBER}, which is now over {event.totals.payable_amount}.")


@told.register
def _(event: Quote.LineChanged) -> Told:
    line = f"{plainly(event.line.quantity)} × {event.line.item_name}"
    return Told(
        f"Line {event.line.line_id} of quote {NUMBER} was changed to {line}; it is now over "
        f"{event.totals.payable_amount}."
    )


@told.register
def _(event: Quote.LineRemoved) -> Told:
    total = event.totals.payable_amount
    return Told(f"Line {event.line_id} was taken off quote {NUMBER}, which is now over {total}.")


@told.register
def _(event: Quote.Repriced) -> Told:
    before, now = event.totals_before.payable_amount, event.totals.payable_amount
    return Told(f"Revision {event.revision} of quote {NUMBER} was repriced from {before} to {now}.")


@told.register
def _(event: Quote.Sent) -> Told:
    total = event.totals.payable_amount
    revision = f" revision {event.revision}" if event.revision > 1 else ""
    return Told(
        f"Quote {NUMBER}{revision} over {total} was sent, valid until {event.valid_until}.",
        is_contact=True,
    )


@told.register
def _(event: Quote.Accepted) -> Told:
    order = f" under their number {event.purchase_order_reference}" if event.purchase_order_reference else ""
    return Told(f"{event.evidence.accepted_by} accepted quote {NUMBER}{order}.", is_contact=True)


@told.register
def _(event: Quote.Declined) -> Told:
    return Told(f"Quote {NUMBER} was declined{because(event.reason)}", is_contact=True)


@told.register
def _(event: Quote.Expired) -> Told:
    return Told(f"Quote {NUMBER} expired without an answer.")


@told.register
def _(event: Quote.Withdrawn) -> Told:
    return Told(f"Quote {NUMBER} was withdrawn{because(event.reason)}")


@told.register
def _(event: Quote.ValidityExtended) -> Told:
    return Told(f"Quote {NUMBER} may now be accepted until {event.valid_until}.")


@told.register
def _(event: Quote.Revised) -> Told:
    return Told(f"Revision {event.revision} of quote {NUMBER} was begun.")


@told.register
def _(event: Contract.Drafted) -> Told:
    terms = f"from {event.terms.starts_on} to {event.terms.ends_on}"
    return Told(
        f"Contract {NUMBER} over {event.totals.payable_amount}, {terms}, was drafted from {event.source.number}."
    )


@told.register
def _(event: Contract.SentForSignature) -> Told:
    return Told(f"Contract {NUMBER} was sent for signature.", is_contact=True)


@told.register
def _(event: Contract.ReturnedToDraft) -> Told:
    return Told(f"Contract {NUMBER} is to be changed before it is signed{because(event.reason)}")


@told.register
def _(event: Contract.Declined) -> Told:
    return Told(f"Contract {NUMBER} will not be signed{because(event.reason)}", is_contact=True)


@told.register
def _(event: Contract.Signed) -> Told:
    signed = listed(signatory.name for signatory in event.signatories)
    return Told(f"Contract {NUMBER} was signed by {signed} on {event.signed_on}.", is_contact=True)


@told.register
def _(event: Contract.Activated) -> Told:
    return Told(f"Contract {NUMBER} is in force.")


@told.register
def _(event: Contract.Terminated) -> Told:
    return Told(f"Contract {NUMBER} was terminated as of {event.last_day}{because(event.reason)}")


@told.register
def _(event: Contract.Expired) -> Told:
    return Told(f"Contract {NUMBER} came to its end.")


@told.register
def _(event: Contract.Approved) -> Told:
    return Told(f"Contract {NUMBER} was approved by {listed(event.approved_by)}.")


@told.register
def _(event: Contract.Rejected) -> Told:
    return Told(f"Contract {NUMBER} was not approved{because(event.reason)}")
