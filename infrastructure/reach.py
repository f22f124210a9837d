"""What the actor of a command reaches: what is assigned to them, or to those whom they lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any
from uuid import UUID

from application.access import Scope
from application.crm.activities import SUBJECTS
from application.identity import user_id
from application.trading import survivor_of
from application.unit_of_work import Envelope, Read
from domain.identity import User
from domain.shared.aggregate import Aggregate
from domain.shared.refusal import NotFound

_KINDS = {str(kind): aggregate for kind, aggregate in SUBJECTS.items()}


def named_in(value: Any) -> Iterator[UUID]:
    """Every id in a command, however deep."""
    if isinstance(value, UUID):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from named_in(getattr(value, field.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from named_in(one)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from named_in(one)


class Reach:
    """Of one command. Only what the request names is held against it: the rules look at whatever they need."""

    def __init__(self, envelope: Envelope, target: UUID, command: Any, read: Read) -> None:
        self._envelope, self._read = envelope, read
        self._is_limited = envelope.scope < Scope.ALL and envelope.customer_id is None
        self._named = {target, *named_in(command)} if self._is_limited else set()
        self._customers: set[UUID] = set()
        """Of what they own: they may go on selling to them."""

    async def check(self, aggregate: Aggregate) -> None:
        """Raises NotFound where the request names it and the actor does not reach it."""
        if aggregate.id in self._named and not await self._has(aggregate):
            raise NotFound(f"There is no {type(aggregate).__name__} of that id.")

    async def _has(self, aggregate: Aggregate) -> bool:
        whose = aggregate.assignment()
        if whose is None or aggregate.id in self._customers:
            return True
        for owner in whose.owners:
            if await self._leads(owner):
                self._customers |= {whose.customer_id} if whose.customer_id else set()
                return True
        if whose.customer_id is not None and await self._looks_after(whose.customer_id):
            return True
        if whose.follows is None:
            return False
        kind, id = whose.follows
        return await self._has(await self._read(_KINDS[kind], id))

    async def _looks_after(self, customer_id: UUID) -> bool:
        customer = await survivor_of(self._read, customer_id)
        return customer.representative is None or await self._leads(customer.representative)

    async def _leads(self, login: str) -> bool:
        """Whether it is the actor, or somebody whom the actor leads today."""
        seen: set[str] = set()
        above: str | None = login
        while above is not None and above not in seen:
            if above == self._envelope.actor:
                return True
            seen.add(above)
            above = await self._manager_of(above) if self._envelope.scope == Scope.TEAM else None
        return False

    async def _manager_of(self, login: str) -> str | None:
        try:
            user: User = await self._read(User, user_id(login))
        except NotFound:
            return None
        return user.manager_on(self._envelope.at.date())
