"""What customer support looks up: everything by whatever somebody may quote, and what happened, in sentences."""

from __future__ import annotations

from domain.shared.aggregate import Event
from projections.shared import Effects, ReadModel, Recorded
from projections.support.billing import CreditNotes, Invoices, Payments
from projections.support.dealings import Dealings, Opportunities
from projections.support.deals import Contracts, Quotes
from projections.support.orders import Orders, Returns
from projections.support.people import People
from projections.support.statements import entry
from projections.support.tables import TABLES
from projections.support.telling import told


class Support(
    People, Opportunities, Dealings, Quotes, Contracts, Orders, Returns, Invoices, CreditNotes, Payments, ReadModel
):
    """Customers and documents with all that they are found by, and each customer's timeline."""

    tables = TABLES

    def effects(self, event: Event, recorded: Recorded) -> Effects:
        """What the event does to the record that it is about, and what is told of it after that."""
        yield from super().effects(event, recorded)
        if said := told(event):
            yield entry(event, recorded, said)
