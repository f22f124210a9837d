"""An aggregate and a read model that only these features know: an account with entries."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from domain.shared.aggregate import Aggregate, Event
from infrastructure.event_log import Appended, EventLog, Save
from projections.shared import Effect, Effects, ReadModel, Recorded, insert, update

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


class Account(Aggregate):
    """Something that has a balance."""

    class Opened(Event):
        """The account was opened."""

        owner: str

        def apply(self, aggregate: Account) -> None:
            aggregate.owner = self.owner
            aggregate.balance = Decimal(0)

    class Booked(Event):
        """An amount was added to the balance."""

        amount: Decimal

        def apply(self, aggregate: Account) -> None:
            aggregate.balance += self.amount

    class Misfiled(Event):
        """Something that the read model below gets wrong."""

        def apply(self, aggregate: Account) -> None:
            """Nothing changes."""

    owner: str
    balance: Decimal


ADD = "update accounts set balance = balance + %(amount)s, entries = entries + 1 where id = %(id)s"


class Books(ReadModel):
    """Accounts, their balances and their entries."""

    tables = """
    create table accounts (id uuid primary key, owner text not null, balance numeric not null, entries int not null);
    create table entries (position bigint primary key, account uuid not null, amount numeric not null, at timestamptz);
    """

    def opened(self, event: Account.Opened, recorded: Recorded) -> Effects:
        yield insert("accounts", id=event.originator_id, owner=event.owner, balance=Decimal(0), entries=0)

    def booked(self, event: Account.Booked, recorded: Recorded) -> Effects:
        account = event.originator_id
        yield insert("entries", position=recorded.position, account=account, amount=event.amount, at=event.timestamp)
        yield Effect(ADD, {"id": account, "amount": event.amount})
        yield update("accounts", {"id": account}, owner=recorded.actor)

    def misfiled(self, event: Account.Misfiled, recorded: Recorded) -> Effects:
        yield update("accounts", {"id": uuid4()}, owner=recorded.actor)


class Owners(ReadModel):
    """Who has opened accounts."""

    tables = "create table owners (account uuid primary key, owner text not null)"

    def opened(self, event: Account.Opened, recorded: Recorded) -> Effects:
        yield insert("owners", account=event.originator_id, owner=event.owner)


Books.NAME, Owners.NAME = "books", "owners"


def keep_apart() -> None:
    """Nobody but these features may know of the account and its books: others look at everything that is declared."""
    ReadModel.MODELS.pop("features", None)
    Aggregate.KINDS.pop(Account.KIND, None)
    for topic in [topic for topic, event in Aggregate.EVENTS.items() if event.__module__ == __name__]:
        del Aggregate.EVENTS[topic]


def make_known() -> None:
    """Let the log decode the account's events."""
    Aggregate.KINDS[Account.KIND] = Account
    Aggregate.EVENTS.update({event.TOPIC: event for event in (Account.Opened, Account.Booked, Account.Misfiled)})


keep_apart()


async def save(log: EventLog, *events: Event, actor: str = "ada", command: str = "book") -> Appended:
    """These events in one save."""
    key = str(uuid4())
    metadata = {"actor": actor, "command": command}
    digest = hashlib.sha256(key.encode()).digest()
    return await log.append(Save(key=key, actor=actor, digest=digest, events=events, metadata=metadata))


def happened(event_class: type[Event], account: UUID, version: int, **fields: Any) -> Event:
    """One of the account's events, effective at noon unless told otherwise."""
    return event_class(originator_id=account, originator_version=version, **({"timestamp": NOON} | fields))


async def open_account(log: EventLog, owner: str = "grace") -> UUID:
    """A new account."""
    account = uuid4()
    await save(log, happened(Account.Opened, account, 1, owner=owner))
    return account


async def book(log: EventLog, account: UUID, version: int, *amounts: Decimal) -> Appended:
    """Entries after this version of the account, in one save."""
    numbered = enumerate(amounts, version + 1)
    return await save(log, *(happened(Account.Booked, account, number, amount=amount) for number, amount in numbered))
