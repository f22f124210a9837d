"""How much a customer may owe a seller, and which orders count towards it (O3)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from domain.shared.aggregate import Aggregate, Event
from domain.shared.money import Money
from domain.shared.refusal import Refusal


class CreditLimitExceeded(Refusal):
    """The customer's credit limit does not allow it."""

    rule = "O3"


class CreditAccount(Aggregate):
    """One customer's credit with one seller in one currency. Without a limit there is none, and nothing is checked.

    Exposure is what the orders confirmed since then still come to: delivered or not, billed or not, until it is paid.
    """

    ACTIONS = {"open": ()}

    limit: Money
    set_by: tuple[str, ...]

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.orders: tuple[UUID, ...] = ()

    class LimitSet(Event):
        seller_id: UUID
        customer_id: UUID
        limit: Money
        set_by: tuple[str, ...]

        def apply(self, account: CreditAccount) -> None:
            account.state, account.limit, account.set_by = "open", self.limit, self.set_by

    class Granted(Event):
        order_id: UUID
        exposure: Money
        """With this order."""
        orders: tuple[UUID, ...]
        """That still come to something, this one included."""

        def apply(self, account: CreditAccount) -> None:
            account.orders = self.orders

    def set_limit(
        self, seller_id: UUID, customer_id: UUID, limit: Money, set_by: tuple[str, ...], at: datetime
    ) -> None:
        """As much as that, and no more."""
        self.record(self.LimitSet, at, seller_id=seller_id, customer_id=customer_id, limit=limit, set_by=set_by)

    def grant(self, order_id: UUID, owed: dict[UUID, Money], at: datetime, *, cleared: bool) -> None:
        """Let an order count, given what each comes to. Refuses more than the limit, unless somebody cleared it."""
        exposure = sum((amount.amount for amount in owed.values()), Money.zero(self.limit.currency).amount)
        if exposure > self.limit.amount and not cleared:
            raise CreditLimitExceeded(f"With it {exposure} of {self.limit} would be used.")
        still = tuple(one for one, amount in owed.items() if amount.amount > 0 or one == order_id)
        self.record(self.Granted, at, order_id=order_id, exposure=Money.of(exposure, self.limit.currency), orders=still)

    @staticmethod
    def id_for(seller_id: UUID, customer_id: UUID, currency: str) -> UUID:
        """The one account of these."""
        return uuid5(seller_id, f"credit of {customer_id} in {currency}")
