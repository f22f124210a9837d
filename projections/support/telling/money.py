"""What is told of invoices, credit notes and payments."""

from __future__ import annotations

from domain.billing import CreditNote, Invoice
from domain.payments import Payment
from projections.support.telling.told import NUMBER, OTHER, Told, because, items, listed, told


@told.register
def _(event: Invoice.Drafted) -> Told:
    source = f" for {event.source.number}" if event.source else ""
    held = ", and is held back" if event.held else ""
    total = event.totals.payable_amount
    return Told(f"An invoice over {total}{source} was drafted{held}: {items(event.lines)}.")


@told.register
def _(event: Invoice.Released) -> Told:
    return Told("The invoice that was held back may be issued.")


@told.register
def _(event: Invoice.Discarded) -> Told:
    return Told(f"The draft of an invoice was discarded{because(event.reason)}")


@told.register
def _(event: Invoice.Issued) -> Told:
    due = f"due on {event.due_date}"
    if len(event.due) > 1:
        due = f"due in {len(event.due)} instalments until {event.due_date}"
    return Told(f"Invoice {NUMBER} over {event.totals.payable_amount} was issued, {due}.")


@told.register
def _(event: Invoice.PaymentApplied) -> Told:
    effect = f"settled invoice {NUMBER}" if event.settled else f"went towards invoice {NUMBER}"
    return Told(f"{event.amount} of payment {OTHER} {effect}.", event.payment_id)


@told.register
def _(event: Invoice.PaymentUnapplied) -> Told:
    return Told(f"{event.amount} of payment {OTHER} no longer settle invoice {NUMBER}.", event.payment_id)


@told.register
def _(event: Invoice.CreditApplied) -> Told:
    return Told(f"{event.amount} of credit note {OTHER} were set off against invoice {NUMBER}.", event.credit_note_id)


@told.register
def _(event: Invoice.CreditUnapplied) -> Told:
    return Told(
        f"{event.amount} of credit note {OTHER} are no longer set off against invoice {NUMBER}.", event.credit_note_id
    )


@told.register
def _(event: Invoice.Replaced) -> Told:
    return Told(f"Invoice {NUMBER} is replaced by a corrected one.", event.invoice_id)


@told.register
def _(event: CreditNote.Issued) -> Told:
    invoices = listed(one.number for one in event.preceding_invoices)
    return Told(
        f"Credit note {NUMBER} over {event.totals.payable_amount} was issued for invoice {invoices}"
        f"{because(event.reason)}"
    )


@told.register
def _(event: CreditNote.Requested) -> Told:
    return Told(f"A credit of {event.totals.payable_amount} was asked for{because(event.reason)}")


@told.register
def _(event: CreditNote.Rejected) -> Told:
    return Told(f"The credit that was asked for was refused{because(event.reason)}")


@told.register
def _(event: CreditNote.Approved) -> Told:
    return Told(f"Credit note {NUMBER} over {event.amount} was approved and issued.")


@told.register
def _(event: CreditNote.Refunded) -> Told:
    return Told(f"{event.amount} of credit note {NUMBER} were paid out{because(event.reason)}")


@told.register
def _(event: Payment.Settled) -> Told:
    return Told(f"Payment {NUMBER} of {event.amount} arrived.")


@told.register
def _(event: Payment.Refunded) -> Told:
    return Told(f"{event.amount} of payment {NUMBER} were paid back{because(event.reason)}")


@told.register
def _(event: Payment.Reversed) -> Told:
    return Told(f"Payment {NUMBER} was taken back{because(event.reason)}")
