"""Everybody who may ask for something, and what there is to ask for: rita's customers, olaf's deals."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from application.access import OPEN, POLICY, Scope
from domain.identity import Role
from features.api import NOBODY, Api, Json
from features.rest.shop import Shop
from features.scopes.people import be, lead
from features.world import World

OTHER = "other"
OWNED = frozenset("quote_id contract_id order_id return_id invoice_id opportunity_id hand_over_id link_id".split())
"""What is its owner's, and what came of that."""
LOOKED_AFTER = frozenset("customer_id bill_to ship_to into subject_id payment_id credit_note_id".split()) | {
    "activity_id",
    "comment_id",
    "data_subject_id",
}
"""What is only theirs who look after the customer: with these, what they are about."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A login, the roles of it, and what the objects of the cast are to them."""

    login: str
    role: Role | None
    relation: str
    """`assigned`, `own`, `team`, `foreign`; of a customer's people `own` or `foreign`; else `all`."""

    @property
    def is_customers(self) -> bool:
        """Whether they are of a customer's people."""
        return self.role is not None and self.role.is_customers

    def may(self, operation: str) -> bool:
        """Whether the policy lets them."""
        return operation in OPEN or self.role in POLICY[operation]

    def reaches(self, operation: str, named: Collection[str]) -> bool:
        """Whether objects with ids of these names exist for them, as the policy says."""
        if operation in OPEN or self.role is None:
            return True
        scope, about = POLICY[operation][self.role], set(named) & (OWNED | LOOKED_AFTER)
        if scope == Scope.ALL or not about or self.relation in ("assigned", "team"):
            return True
        if self.is_customers:
            return self.relation == "own"
        if "opportunity_id" in about:  # whoever owns it has to do with its customer
            about -= {"customer_id"}
        return self.relation == "own" and about <= OWNED


def everybody(api: Api, customer: str, other_customer: str) -> list[Somebody]:
    """Users of every role and relation, somebody without a role, and nobody. Rita looks after the customer."""
    relations = {"rita": "assigned", "olaf": "own", "rob": "foreign", "mona": "team", "max": "foreign"}
    cast = [Somebody(NOBODY, None, "all")]
    for login, relation in relations.items():
        role = Role.SALES_MANAGER if login in ("mona", "max") else Role.SALES_REPRESENTATIVE
        cast.append(Somebody(login, role, relation))
    limited = (Role.SALES_MANAGER, Role.SALES_REPRESENTATIVE)
    cast += [Somebody(role.replace("_", "-"), role, "all") for role in Role if role not in limited]
    cast = [one for one in cast if not one.is_customers]
    for role in (role for role in Role if role.is_customers):
        login = role.replace("_", "-")
        cast += [Somebody(login, role, "own"), Somebody(f"{OTHER}-{login}", role, "foreign")]
    for one in cast:
        whose = other_customer if one.login.startswith(OTHER) else customer
        if one.role is not None:
            be(api, one.login, one.role, customer_id=whose if one.is_customers else None)
    lead(api, "mona", "rita")
    return cast


class RitasWorld(World):
    """Its deals are olaf's."""

    def quote(self, lines: list[tuple[str, str]] | None = None, **more: object) -> Json:
        """See `World.quote`."""
        return super().quote(lines, **{"owner": "olaf", **more})


class RitasShop(Shop):
    """Rita looks after every customer, and olaf owns every deal: each thing is about a customer."""

    def customer(self, **more: str) -> str:
        """See `Shop.customer`."""
        return super().customer(**{"representative": "rita", **more})

    def opportunity(self) -> str:
        """See `Shop.opportunity`."""
        body = {"name": "Lamps", "close_date": "2026-04-30", "owner": "olaf", "customer_id": self.world.customer}
        return self.api.done("/opportunities", body).id

    def agreed(self) -> Json:
        """See `Shop.agreed`."""
        return {**super().agreed(), "owner": "olaf"}


def names_of(value: Any) -> set[str]:
    """The names of all ids in a body; what something is about stands for itself."""
    if isinstance(value, dict):
        found = {"subject_id"} if "subject" in value else set()
        return found | set(value) | {name for one in value.values() for name in names_of(one)}
    return {name for one in value for name in names_of(one)} if isinstance(value, list) else set()
