"""Where rows become what is to be done: every problem is noted, and what exists already is looked up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeVar
from uuid import UUID

from domain.crm import Customer
from domain.shared.aggregate import Aggregate
from domain.shared.party import VatNumberCheck
from interfaces.importing.csv_files.forms import FormName, Record
from interfaces.importing.office import Office
from interfaces.importing.rows import Problem, Row
from interfaces.importing.wishes import Origin, Wish

ORIGIN = Origin("csv", "UTC")

A = TypeVar("A", bound=Aggregate)
R = TypeVar("R", bound=Record)
Verdict = Literal["new", "changed", "known"]


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done for some rows, in this order."""

    rows: tuple[Row, ...]
    wishes: tuple[Wish, ...]


@dataclass(slots=True)
class Desk:
    """Planning an import."""

    office: Office
    vat_number_check: VatNumberCheck
    now: datetime
    seller: str
    """Prefix or id of the legal entity that is owed the opening balances; may be empty."""
    problems: list[Problem] = field(default_factory=list)
    verdicts: dict[FormName, Counter[Verdict]] = field(default_factory=dict)
    """How many rows are new, change something, or are known."""
    tasks: dict[FormName, list[Task]] = field(default_factory=dict)
    customers: dict[str, UUID] = field(default_factory=dict)
    """By external id: those of the file, known or to be registered."""
    products: dict[str, UUID] = field(default_factory=dict)
    """By SKU, likewise."""

    def refuse(self, record: Record, column: str, reason: str) -> None:
        """Something is wrong with a row."""
        self.problems.append(record.row.bad(column, reason).problem)

    def unique(self, records: Iterable[R], column: str, key: Callable[[R], Hashable]) -> list[R]:
        """The records that stand first under their key; the others are noted."""
        first: dict[Hashable, R] = {}
        for record in records:
            if first.setdefault(key(record), record) is not record:
                self.refuse(record, column, f"stands in row {first[key(record)].row.number} already")
        return list(first.values())

    def decide(self, form: FormName, verdict: Verdict, rows: int = 1) -> None:
        """Count what was found about some rows."""
        self.verdicts.setdefault(form, Counter())[verdict] += rows

    def plan(self, form: FormName, records: Iterable[Record], *wishes: Wish) -> None:
        """Let something be done, if anything is."""
        if wishes:
            self.tasks.setdefault(form, []).append(Task(tuple(record.row for record in records), wishes))

    async def customer(self, external_id: str) -> UUID | None:
        """Whom that external id stands for."""
        return self.customers.get(external_id) or await self.office.owner_of("customer_external_id", external_id)

    async def survivor(self, customer_id: UUID) -> UUID:
        """That customer, or whom it has become an alias of."""
        customer = await self.existing(Customer, customer_id)
        while customer is not None and customer.merged_into is not None:
            customer_id = customer.merged_into
            customer = await self.existing(Customer, customer_id)
        return customer_id

    async def product(self, sku: str) -> UUID | None:
        """What that SKU stands for."""
        return self.products.get(sku) or await self.office.owner_of("sku", sku)

    async def existing(self, kind: type[A], id: UUID) -> A | None:
        """The aggregate as it is, if it is one of that kind."""
        events = await self.office.events_of(id)
        if not events or not type(events[0]).TOPIC.startswith(f"{kind.KIND}."):
            return None
        return kind.replay(id, events)

    def wish(self, subject: str, step: str, command: object, on: UUID | None = None) -> Wish:
        """To take effect now."""
        return ORIGIN.wish(ORIGIN.key(subject, step), command, self.now, on)
