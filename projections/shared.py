"""What every read model is: its tables, what each event does to them, and typed rows for its queries.

A read model never refuses a fact and never decides. The runner gives it each event once, in log order, and commits the
effects together with the position, so that dropping the tables and reading the log again gives the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, LiteralString, Protocol, TypeVar, get_type_hints
from uuid import UUID

import msgspec

from domain.crm import Customer
from domain.ordering import Order
from domain.shared.aggregate import Aggregate, Event

Row = TypeVar("Row")
_JSON = msgspec.json.Encoder(decimal_format="string")


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where and when the log recorded an event, and who caused it."""

    position: int
    recorded_at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Effect:
    """One statement of one event; `rows` is how many rows it must touch (None: any number)."""

    sql: str
    values: Mapping[str, Any]
    rows: int | None = 1


Effects = Iterator[Effect]


def insert(table: LiteralString, **values: Any) -> Effect:
    """A new row."""
    return Effect(_inserting(table, tuple(values)), values)


def update(table: LiteralString, where: Mapping[str, Any], *, rows: int | None = 1, **values: Any) -> Effect:
    """Other values in the rows that bear these keys."""
    for name, value in where.items():
        values[f"where_{name}"] = value
    return Effect(_updating(table, tuple(values), tuple(where)), values, rows)


def delete(table: LiteralString, where: Mapping[str, Any], *, rows: int | None = 1) -> Effect:
    """No row with these keys any more."""
    keys = " and ".join(f"{name} = %({name})s" for name in where)
    return Effect(f"delete from {table} where {keys}", where, rows)


def as_json(rows: Iterable[Mapping[str, Any]]) -> str:
    """Many rows as one value. Decimals are texts: the statement makes them exact numbers again."""
    return _JSON.encode(list(rows)).decode()


@cache
def _inserting(table: str, names: tuple[str, ...]) -> str:
    columns, places = ", ".join(names), ", ".join(f"%({name})s" for name in names)
    return f"insert into {table} ({columns}) values ({places})"


@cache
def _updating(table: str, names: tuple[str, ...], where: tuple[str, ...]) -> str:
    changes = ", ".join(f"{name} = %({name})s" for name in names[: -len(where)])
    keys = " and ".join(f"{name} = %(where_{name})s" for name in where)
    return f"update {table} set {changes} where {keys}"


class ReadModel:
    """Subclasses give `tables` and one method per event, whose `event` argument names the event's class.

    Where they are many, each part of a read model is a plain class of such methods, which the read model inherits.
    A handler is `def quote_sent(self, event: Quote.Sent, recorded: Recorded) -> Effects`.
    """

    MODELS: ClassVar[dict[str, type[ReadModel]]] = {}
    """Every read model by its name, which is its module's and its schema's."""

    NAME: ClassVar[str]
    HANDLERS: ClassVar[dict[type[Event], str]]
    tables: ClassVar[LiteralString]
    """Plain DDL, unqualified names: the runner chooses the schema."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.NAME = cls.__module__.removeprefix("projections.").split(".")[0]
        ReadModel.MODELS[cls.NAME] = cls
        cls.HANDLERS = {}
        parts = [part for part in cls.__mro__ if not issubclass(ReadModel, part)]
        for name, method in ((name, method) for part in reversed(parts) for name, method in vars(part).items()):
            event_class = get_type_hints(method).get("event") if callable(method) else None
            if event_class is not None:
                cls.HANDLERS[event_class] = name

    def effects(self, event: Event, recorded: Recorded) -> Effects:
        """What the event does to the tables; nothing, where the reader does not care for it."""
        name = self.HANDLERS.get(type(event))
        if name is None:
            return iter(())
        handler: Callable[[Event, Recorded], Effects] = getattr(self, name)
        return handler(event, recorded)


def actions_of(
    aggregate: type[Aggregate], state: str, *, changing: bool = False, unapplied: bool = False, allocated: bool = False
) -> list[str]:
    """What people may do next: what the state allows, where there is what it is done to.

    `changing`: a change waits for an answer; `unapplied`: something can still be allocated; `allocated`: something is.
    """
    unfit = {"request_change"} if changing else {"confirm_change", "decline_change"}
    unfit |= set() if unapplied else {"allocate", "refund"}
    unfit |= set() if allocated else {"unallocate"}
    return [action for action in aggregate.ACTIONS.get(state, ()) if action not in unfit]


class Reader(Protocol):
    """How a query reads: SQL over the read model's schema, with a role that can only read."""

    async def rows(self, row: type[Row], sql: LiteralString, **values: Any) -> list[Row]:
        """Every row, as the given dataclass."""

    async def row(self, row: type[Row], sql: LiteralString, **values: Any) -> Row | None:
        """The first row, or None."""


ALIASES: LiteralString = """
    create table aliases (customer_id uuid primary key, merged_into_id uuid not null, survivor_id uuid not null);
    create index on aliases (merged_into_id);
    create index on aliases (survivor_id);
"""
"""Whom each merged customer was merged into, directly and in the end: the table of `Aliases`."""
MERGED = """with survivor as (
        select coalesce((select survivor_id from aliases where customer_id = %(into)s), %(into)s) as id
    ), followers as (
        update aliases set survivor_id = survivor.id from survivor where survivor_id = %(id)s
    )
    insert into aliases (customer_id, merged_into_id, survivor_id) select %(id)s, %(into)s, id from survivor"""
UNMERGED = """with recursive followers as (
        select customer_id from aliases where merged_into_id = %(id)s
        union select aliases.customer_id from aliases join followers on merged_into_id = followers.customer_id
    )
    update aliases set survivor_id = %(id)s where customer_id in (select customer_id from followers)"""
SAME = """with survivor as (
        select coalesce((select survivor_id from aliases where customer_id = %(id)s), %(id)s) as id
    )
    select customer_id from (
        select id as customer_id, 0 as place from survivor
        union all select customer_id, 1 from aliases join survivor on survivor_id = id
    ) as same order by place, customer_id"""


class Aliases:
    """A part of every read model that answers for a customer and whatever was merged into it."""

    def customer_merged(self, event: Customer.Merged, recorded: Recorded) -> Effects:
        yield Effect(MERGED, {"id": event.originator_id, "into": event.into})

    def customer_unmerged(self, event: Customer.Unmerged, recorded: Recorded) -> Effects:
        yield delete("aliases", {"customer_id": event.originator_id})
        yield Effect(UNMERGED, {"id": event.originator_id}, None)


async def same_customers(reader: Reader, customer_id: UUID) -> list[UUID]:
    """Every customer that is the same as this one, the survivor first."""
    return await reader.rows(UUID, SAME, id=customer_id)


async def wanted_customers(reader: Reader, customer_id: UUID | None) -> list[UUID] | None:
    """The same, where a customer is asked for."""
    return None if customer_id is None else await same_customers(reader, customer_id)


DELIVERIES: LiteralString = """
    create table deliveries (
        order_id uuid not null, delivery integer not null, delivered_on date not null, tracking_reference text,
        line_ids text[] not null, quantities numeric[] not null, invoice_id uuid, primary key (order_id, delivery)
    );
"""
"""What was sent of each order: the table of `delivery_row`, `delivery_billed` and `deliveries_of`."""


@dataclass(frozen=True, slots=True)
class DeliveredQuantity:
    """So much of a line of the order."""

    line_id: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was sent of an order at once."""

    delivery: int
    """Its number within the order."""
    delivered_on: date
    tracking_reference: str | None
    quantities: list[DeliveredQuantity]
    invoice_id: UUID | None
    """None where it is not billed by itself, or not yet."""
    invoice_number: str | None


@dataclass(frozen=True, slots=True)
class _Delivery:
    delivery: int
    delivered_on: date
    tracking_reference: str | None
    line_ids: list[str]
    quantities: list[Decimal]
    invoice_id: UUID | None
    invoice_number: str | None


def delivery_row(event: Order.Fulfilled) -> Effect:
    """It has been sent."""
    return insert(
        "deliveries",
        order_id=event.originator_id,
        delivery=event.delivery,
        delivered_on=event.delivered_on,
        tracking_reference=event.tracking_reference,
        line_ids=[one.line_id for one in event.quantities],
        quantities=[one.quantity for one in event.quantities],
    )


def delivery_billed(event: Order.DeliveryBilled) -> Effect:
    """By that invoice. What went beyond the order and a change made part of it is billed, too, and not sent again."""
    keys = {"order_id": event.originator_id, "delivery": event.delivery}
    return update("deliveries", keys, rows=None, invoice_id=event.invoice_id)


async def deliveries_of(reader: Reader, order_id: UUID, invoices: LiteralString) -> list[Delivery]:
    """Every delivery of an order; `invoices` selects the `invoice_id` and `invoice_number` of those that are shown."""
    rows = await reader.rows(
        _Delivery,
        f"""select delivery, delivered_on, tracking_reference, line_ids, quantities, shown.invoice_id,
                nullif(invoice_number, '') as invoice_number
            from deliveries left join ({invoices}) as shown on shown.invoice_id = deliveries.invoice_id
            where order_id = %(id)s order by delivery""",
        id=order_id,
    )
    return [
        Delivery(
            row.delivery,
            row.delivered_on,
            row.tracking_reference,
            [DeliveredQuantity(*one) for one in zip(row.line_ids, row.quantities, strict=True)],
            row.invoice_id,
            row.invoice_number,
        )
        for row in rows
    ]
