"""How much a customer may owe a seller, and which orders count towards it (O3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from domain.shared.aggregate import Aggregate, Event
from domain.shared.approval import check_second_person
from domain.shared.assignment import Assignment
from domain.shared.identities import derived
from domain.shared.money import Money, total
from domain.shared.refusal import Refusal


class CreditLimitExceeded(Refusal):
    """The customer's credit limit does not allow it."""

    rule = "O3"


class LimitIsTheSurvivors(Refusal):
    """This customer was merged into another one, whose credit limit counts: set that one."""

    rule = "O3"


class CreditAccount(Aggregate):
    """One customer's credit with one seller in one currency. Without a limit there is none, and nothing is checked.

    Exposure is what the orders confirmed since then still come to: delivered or not, billed or not, until it is paid.
    """

    ACTIONS = {"open": ()}

    customer_id: UUID
    limit: Money
    set_by: tuple[str, ...]

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.orders: tuple[UUID, ...] = ()
        self.waiting: tuple[UUID, ...] = ()
        """Orders that went beyond the limit and count towards it as little as before."""

    class LimitSet(Event):
        seller_id: UUID
        customer_id: UUID
        limit: Money
        set_by: tuple[str, ...]

        def apply(self, account: CreditAccount) -> None:
            account.state, account.customer_id = "open", self.customer_id
            account.limit, account.set_by = self.limit, self.set_by

    class Granted(Event):
        order_id: UUID
        exposure: Money
        """With this order."""
        orders: tuple[UUID, ...]
        """That still come to something, this one included."""

        def apply(self, account: CreditAccount) -> None:
            account.orders = self.orders
            account.waiting = tuple(one for one in account.waiting if one != self.order_id)

    class Exceeded(Event):
        order_id: UUID
        """That waits for somebody else's word."""

        def apply(self, account: CreditAccount) -> None:
            account.waiting = (*account.waiting, self.order_id)

    def assignment(self) -> Assignment:
        """Whoever looks after the customer."""
        return Assignment(customer_id=self.customer_id)

    def set_limit(
        self,
        seller_id: UUID,
        customer_id: UUID,
        limit: Money,
        set_by: tuple[str, ...],
        at: datetime,
        *,
        before: Money | None,
        held_by: Iterable[str],
    ) -> None:
        """As much as that, and no more. Whoever stands behind an order that waits does not raise it (A1)."""
        if before is not None and limit.amount > before.amount:
            check_second_person(held_by, set_by)
        self.record(self.LimitSet, at, seller_id=seller_id, customer_id=customer_id, limit=limit, set_by=set_by)

    def grant(self, order_id: UUID, owed: dict[UUID, Money], limit: Money, at: datetime, *, cleared: bool) -> None:
        """Let an order count, given what each comes to. Refuses more than the limit, unless somebody cleared it."""
        exposure = total(owed.values(), limit.currency)
        if exposure.amount > limit.amount and not cleared:
            raise CreditLimitExceeded(f"With it {exposure.amount} of {limit} would be used.")
        own = {one: amount for one, amount in owed.items() if one in self.orders}
        still = (*(one for one, amount in own.items() if amount.amount > 0 and one != order_id), order_id)
        self.record(self.Granted, at, order_id=order_id, exposure=exposure, orders=still)

    def exceed(self, order_id: UUID, at: datetime) -> None:
        """An order waits: it would go beyond the limit."""
        self.record(self.Exceeded, at, order_id=order_id)

    @staticmethod
    def id_for(seller_id: UUID, customer_id: UUID, currency: str) -> UUID:
        """The one account of these."""
        return derived(seller_id, f"credit of {customer_id} in {currency}")


def limit_in_force(customer_id: UUID, accounts: Sequence[CreditAccount]) -> Money | None:
    """The customer's own limit, else what all who were merged into it might owe together, if anybody has a limit."""
    own = [account.limit for account in accounts if account.customer_id == customer_id]
    limits = own or [account.limit for account in accounts]
    return total(limits, limits[0].currency) if limits else None


class Debtor(Aggregate):
    """A customer as one who owes, together with those who were merged into it."""

    ACTIONS = {"known": ()}

    customer_id: UUID

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.aliases: tuple[UUID, ...] = ()

    class AliasGained(Event):
        customer_id: UUID
        alias_id: UUID

        def apply(self, debtor: Debtor) -> None:
            debtor.state, debtor.customer_id = "known", self.customer_id
            debtor.aliases = (*debtor.aliases, self.alias_id)

    def assignment(self) -> Assignment:
        """Whoever looks after the customer."""
        return Assignment(customer_id=self.customer_id)

    def gain(self, customer_id: UUID, alias_id: UUID, at: datetime) -> None:
        """That customer was merged into this one."""
        self.record(self.AliasGained, at, customer_id=customer_id, alias_id=alias_id)

    @staticmethod
    def id_for(customer_id: UUID) -> UUID:
        """Of that customer."""
        return derived(customer_id, "debtor")
