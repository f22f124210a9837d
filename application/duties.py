"""Segregation of duties: pairs of operations that one person is not to carry out both.

The domain refuses where both are done to one thing; this table is for whoever looks back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from application.access import POLICY
from domain.identity import Role


@dataclass(frozen=True, slots=True)
class Duties:
    """Two duties of which nobody is to have both."""

    rule: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    on_one_thing: bool = True
    """Whether it is done to one thing; otherwise whoever did both at all is told."""

    @property
    def applies(self) -> bool:
        """Whether this version has operations for both: the policy names them."""
        return all(not POLICY.keys().isdisjoint(side) for side in (self.first, self.second))

    def allowed_by(self, roles: Iterable[Role]) -> bool:
        """Whether these roles together let somebody do both."""
        held = frozenset(roles)
        return all(any(held & POLICY.get(each, {}).keys() for each in side) for side in (self.first, self.second))


def _duties(rule: str, first: str, second: str, *, on_one_thing: bool = True) -> Duties:
    return Duties(rule, tuple(first.split()), tuple(second.split()), on_one_thing)


DUTIES = (
    _duties("create a quote, and extend it", "quoting.draft_quote quoting.revise_quote", "quoting.extend_quote"),
    _duties("create a contract, and approve it", "contracting.draft_contract_by_hand", "contracting.approve_contract"),
    _duties("request a credit note, and approve it", "billing.request_credit_note", "billing.approve_credit_note"),
    _duties(
        "edit a price book, and approve a discount",
        "catalogue.set_prices catalogue.open_price_book",
        "quoting.approve_discount",
        on_one_thing=False,
    ),
    _duties(
        "change bank data, and refund",
        "crm.change_bank_data",
        "payments.refund_payment billing.refund_credit_note",
        on_one_thing=False,
    ),
    _duties("issue an invoice, and write it off", "billing.issue_invoice", "billing.write_off_invoice"),
    _duties("hold an order, and release it", "ordering.hold_order", "ordering.release_hold"),
    _duties(
        "set a credit limit, and release a hold",
        "ordering.set_credit_limit",
        "ordering.release_hold",
        on_one_thing=False,
    ),
    _duties("request an erasure, and approve it", "privacy.request_erasure", "privacy.approve_erasure"),
)
OWN_ROLE = "grant a role to oneself"
"""The domain refuses it whoever asks, so that nobody could."""
