"""What of a read model those may see who may not see everything: no query can forget it, for it is none of theirs.

A query is asked as it stands, with each table that it names replaced by the rows that are about what is theirs
(`projections.scopes`). Whose that is, is judged as of now, of the past too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, LiteralString
from uuid import UUID

from application.access import Scope
from infrastructure.projecting.reading import PostgresReader, Readers
from infrastructure.projecting.waiting import Positions
from projections.scopes import THEIRS, Scopes, is_theirs, led_by
from projections.shared import Reader, ReadModel, Row

BEGINNING = re.compile(r"\s*with (recursive )?")
OPEN: LiteralString = ""
"""Names and such, which are seen only beside something that is theirs, and what is nobody's in particular."""
_OF_RECORD: LiteralString = "(select record_id from records where records.ordinal = {table}.ordinal)"
ABOUT: Mapping[str, Mapping[LiteralString, str]] = {
    "directory": {
        "customer_id": "customers contacts data_subjects",
        OPEN: "legal_entities tax_rates products price_books prices tiers users",
    },
    "documents": {
        "document_id": "documents lines order_changes charges revisions taxes relations instalments",
        "return_id": "returns return_lines",
        "payment_id": "payments allocations",
        "order_id": "deliveries",
        "account_id": "credit_limits",
        OPEN: "aliases",
    },
    "pipeline": {
        "deal_id": "deals",
        "opportunity_id": "opportunities opportunity_stages stage_details",
        "activity_id": "activities",
        "comment_id": "comments mentions",
        "order_id": "hand_overs hand_over_taxes",
        "contract_id": "contract_terms schedule",
        OPEN: "aliases customers contacts stage_paths path_stages",
    },
    "portal": {
        "customer_id": "customers",
        "quote_id": "quotes quote_lines",
        "contract_id": "contracts",
        "order_id": "orders order_lines deliveries",
        "invoice_id": "invoices",
        "credit_note_id": "credit_notes",
        "payment_id": "payments allocations",
        OPEN: "aliases",
    },
    "receivables": {
        "invoice_id": "invoices instalments",
        "fund_id": "funds",
        "item_id": "postings",
        OPEN: "aliases customers sellers",
    },
    "sales": {"document_id": "facts", "order_id": "order_lines"},
    "scopes": {},
    "support": {
        "record_id": "records timeline dealings",
        "customer_id": "customers contacts names terms",
        _OF_RECORD: "keys",
        "quote_id": "sent_revisions",
        "invoice_id": "instalments",
        OPEN: "pieces",
    },
    "timers": {},
}
"""Of each read model, what the rows of its tables are about. A table that is not listed shows them nothing."""


class Scoping:
    """Limits what is read to a scope."""

    def __init__(self, readers: Readers, positions: Positions) -> None:
        self._readers, self._positions = readers, positions

    async def people(self, login: str, scope: Scope, today: date) -> list[str] | None:
        """Whose things somebody sees in that scope; None where they see everything, or a customer's by its path."""
        if scope in (Scope.ALL, Scope.OWN):
            return None
        return await led_by(await self._reader(), login, today) if scope == Scope.TEAM else [login]

    async def limited(self, reader: PostgresReader, model: str, people: Sequence[str] | None, after: int) -> Reader:
        """The reader for these people, who know of what happened up to that position. Raises ReadModelBehind."""
        if people is None:
            return reader
        await self._reach(after)
        return ScopedReader(reader, model, people)

    async def sees(self, people: Sequence[str] | None, object_id: UUID, after: int) -> bool:
        """Whether something that happened by that position is theirs. Raises ReadModelBehind."""
        if people is None:
            return True
        await self._reach(after)
        return await is_theirs(await self._reader(), object_id, people)

    async def _reach(self, position: int) -> None:
        if position:
            await self._positions.reached(Scopes.NAME, position)

    async def _reader(self) -> Reader:
        return await self._readers.reader_for(Scopes.NAME)


class ScopedReader:
    """A `projections.shared.Reader` for people who see only what is theirs."""

    def __init__(self, reader: PostgresReader, model: str, people: Sequence[str]) -> None:
        self._reader, self._model, self._people = reader, model, list(people)

    async def rows(self, row: type[Row], sql: LiteralString, **values: Any) -> list[Row]:
        """As the reader's own."""
        return await self._reader.rows(row, self._scoped(sql), **values, scope_people=self._people)

    async def row(self, row: type[Row], sql: LiteralString, **values: Any) -> Row | None:
        """As the reader's own."""
        return await self._reader.row(row, self._scoped(sql), **values, scope_people=self._people)

    def _scoped(self, sql: LiteralString) -> LiteralString:
        # The schema is the name of a read model and a position, never what somebody sent.
        return scoped(self._model, self._reader.schema, sql)


@lru_cache(maxsize=1_000)
def scoped(model: str, schema: LiteralString, sql: LiteralString) -> LiteralString:
    """The query over what is theirs of the tables that it names."""
    named = [table for table in tables_of(model) if re.search(rf"\b{table}\b", sql)]
    limited = [table for table in named if table not in ABOUT[model].get(OPEN, "").split()]
    if not limited:
        return sql
    theirs = ", ".join(_theirs(model, schema, table) for table in limited)
    own = BEGINNING.match(sql)
    return f"{own[0]}{theirs}, {sql[own.end() :]}" if own else f"with {theirs} {sql}"


def tables_of(model: str) -> list[LiteralString]:
    """The read model's own tables."""
    return re.findall(r"create table (\w+)", ReadModel.MODELS[model].tables)


def _theirs(model: str, schema: LiteralString, table: LiteralString) -> LiteralString:
    """The table's rows that are theirs, under its name."""
    about = next((what for what, tables in ABOUT[model].items() if table in tables.split()), None)
    if about is None:
        return f"{table} as (select * from {schema}.{table} where false)"
    object_id = about.format(table=table) if about.startswith("(") else f"{table}.{about}"
    theirs = THEIRS.format(object_id=object_id)
    return f"{table} as not materialized (select {table}.* from {schema}.{table} where exists ({theirs}))"
