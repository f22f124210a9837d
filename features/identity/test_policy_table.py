"""The policy is what was written down and reviewed: nobody is let in, or kept out, by a slip."""

from __future__ import annotations

from uuid import UUID

import pytest

from application.access import Caller
from domain.identity import Role
from features.identity.policy_table import FILE, table


def test_the_policy_is_the_one_that_was_reviewed() -> None:
    assert table() == FILE.read_text(encoding="utf-8"), "as it is meant? python -m features.identity.policy_table"


def test_one_role_that_may_is_enough() -> None:
    caller = Caller(UUID(int=1), "ann", frozenset((Role.MARKETING, Role.FINANCE)))
    assert caller.customer_id is None
    assert caller.may("payments.refund_payment")
    assert caller.may("crm.register_customer")
    assert not caller.may("quoting.send_quote")
    assert not Caller(UUID(int=1), "ann", frozenset()).may("identity.whoami")


def test_whoever_may_only_by_roles_that_say_why_says_why() -> None:
    def must(*roles: Role) -> bool:
        return Caller(UUID(int=1), "ann", frozenset(roles)).must_say_why("directory.customer")

    assert must(Role.COMPLIANCE)
    assert must(Role.COMPLIANCE, Role.SUPPORT)
    assert must(Role.SUPPORT, Role.CUSTOMER_PAYER)
    assert not must(Role.SUPPORT, Role.FINANCE)


def test_of_what_is_not_listed_nothing_is_said() -> None:
    with pytest.raises(KeyError):
        Caller(UUID(int=1), "ann", frozenset(Role)).may("quoting.give_everything_away")
