"""A read model that only these features know, and that stumbles over certain amounts until it is mended."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from features.projecting.bookkeeping import Account, keep_apart, make_known
from projections.shared import Effect, Effects, ReadModel, Recorded, insert, update

UNHEARD_OF, ASTRAY, TOO_LARGE, FORBIDDEN, STANDSTILL = map(Decimal, ("404", "405", "123456", "13", "999"))
"""Amounts for which the handler fails, no row is hit, the column is too narrow, a constraint refuses the row; and at
which a process that is told to stands still amid its transaction."""


class Standstill(int):
    """A number of rows at whose sight the process stands still: its effects are made, and not committed."""

    def __ne__(self, other: object) -> bool:
        os.kill(os.getpid(), signal.SIGSTOP)
        return int(self) != other

    __hash__ = int.__hash__


class Ledger(ReadModel):
    """Accounts and their turnover."""

    MENDED: ClassVar[bool] = False

    tables = """
    create table accounts (id uuid primary key, entries int not null);
    create table turnover (
        position bigint primary key, account uuid not null, amount numeric(7, 2) not null check (amount <> 13)
    );
    """

    def opened(self, event: Account.Opened, recorded: Recorded) -> Effects:
        yield insert("accounts", id=event.originator_id, entries=0)

    def booked(self, event: Account.Booked, recorded: Recorded) -> Effects:
        account, amount = event.originator_id, event.amount
        if amount == UNHEARD_OF and not self.MENDED:
            raise KeyError(amount)
        if amount == ASTRAY and not self.MENDED:
            yield update("accounts", {"id": UUID(int=0)}, entries=0)
        kept = amount / 100 if self.MENDED else amount
        yield insert("turnover", position=recorded.position, account=account, amount=kept)
        stands_still = amount == STANDSTILL and bool(os.environ.get("Q2C_TEST_STANDSTILL"))
        rows = Standstill(1) if stands_still else 1
        yield Effect("update accounts set entries = entries + 1 where id = %(id)s", {"id": account}, rows)


Ledger.NAME = "ledger"
ReadModel.MODELS.pop("features", None)


@contextmanager
def known_ledger() -> Iterator[None]:
    """The service has this read model, too."""
    make_known()
    ReadModel.MODELS[Ledger.NAME] = Ledger
    try:
        yield
    finally:
        del ReadModel.MODELS[Ledger.NAME]
        Ledger.MENDED = False
        keep_apart()
