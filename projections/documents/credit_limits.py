"""What the events of credit accounts do to the credit limits."""

from __future__ import annotations

from domain.ordering import CreditAccount
from domain.shared.money import Money
from projections.shared import Effect, Effects, Recorded, update

WAITING = """update credit_limits set waiting = array_append(waiting, %(order_id)s), version = %(version)s
    where account_id = %(id)s"""
NO_LONGER_WAITING = "update credit_limits set waiting = array_remove(waiting, %(order_id)s) where account_id = %(id)s"


class CreditLimits:
    """How much each customer may owe, and how much of it was used when it was last looked at."""

    def credit_limit_set(self, event: CreditAccount.LimitSet, recorded: Recorded) -> Effects:
        yield Effect(
            """insert into credit_limits values (%(id)s, %(version)s, %(ordinal)s, %(seller_id)s, %(customer_id)s,
                    %(currency)s, %(limit)s, %(nothing)s)
                on conflict (account_id) do update
                set version = excluded.version, credit_limit = excluded.credit_limit""",
            {
                "id": event.originator_id,
                "version": event.originator_version,
                "ordinal": recorded.position,
                "seller_id": event.seller_id,
                "customer_id": event.customer_id,
                "currency": event.limit.currency,
                "limit": event.limit.amount,
                "nothing": Money.zero(event.limit.currency).amount,
            },
        )

    def credit_granted(self, event: CreditAccount.Granted, recorded: Recorded) -> Effects:
        keys = {"account_id": event.originator_id}
        yield update("credit_limits", keys, version=event.originator_version, exposure=event.exposure.amount)
        yield Effect(NO_LONGER_WAITING, {"id": event.originator_id, "order_id": event.order_id})

    def credit_exceeded(self, event: CreditAccount.Exceeded, recorded: Recorded) -> Effects:
        yield Effect(
            WAITING, {"id": event.originator_id, "order_id": event.order_id, "version": event.originator_version}
        )
