"""The credit note (EN 16931 type 381): positive amounts that take an invoice back, wholly or in part."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from domain.billing.credit import Credit
from domain.billing.invoice import Invoice
from domain.shared.aggregate import Aggregate, Event
from domain.shared.document import Charge, Line, Totals
from domain.shared.party import Parties


class CreditNote(Aggregate):
    """A credit note, issued with its number in the same append as the credit on its invoice."""

    ACTIONS = {"issued": ()}

    class Issued(Event):
        number: str
        issue_date: date
        invoice_id: UUID
        preceding_invoice_reference: str
        """BT-25."""
        parties: Parties
        currency: str
        lines: tuple[Line, ...]
        charges: tuple[Charge, ...]
        totals: Totals
        reason: str

        def apply(self, note: CreditNote) -> None:
            note.state = "issued"

    def issue(self, number: str, issue_date: date, invoice: Invoice, credit: Credit, reason: str, at: datetime) -> None:
        """Under its number, naming the invoice that it takes back."""
        self.record(
            self.Issued,
            at,
            number=number,
            issue_date=issue_date,
            invoice_id=invoice.id,
            preceding_invoice_reference=invoice.number,
            parties=invoice.parties,
            currency=invoice.currency,
            lines=credit.lines,
            charges=credit.charges,
            totals=credit.totals,
            reason=reason,
        )
