"""Users, the roles that they hold, and since when."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from domain.shared.aggregate import Aggregate, Event
from domain.shared.refusal import Invalid, NotAllowedNow, NotFound, Refusal

LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
SYSTEM_ACTORS = frozenset(("policy", "timer", "operator", "oidc"))
"""The system itself acts in these names, and whoever runs it on its machine."""


class Role(StrEnum):
    """What somebody is here to do. `application.access` says what that lets them do."""

    SALES_REPRESENTATIVE = "sales_representative"
    SALES_MANAGER = "sales_manager"
    SALES_OPERATIONS = "sales_operations"
    FINANCE = "finance"
    SUPPORT = "support"
    COMPLIANCE = "compliance"
    MARKETING = "marketing"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"
    SERVICE = "service"
    """An internal application."""
    CUSTOMER_VIEWER = "customer_viewer"
    CUSTOMER_NEGOTIATOR = "customer_negotiator"
    CUSTOMER_SIGNER = "customer_signer"
    CUSTOMER_PAYER = "customer_payer"

    @property
    def is_customers(self) -> bool:
        """Whether it is for people of one customer, who see nothing of others."""
        return self.value.startswith("customer_")


class OwnRole(Refusal):
    """Nobody grants a role to themselves."""


class OwnTeam(Refusal):
    """Nobody puts people into their own team."""


class LedInCircle(Refusal):
    """Nobody leads those by whom they are led."""


@dataclass(frozen=True, slots=True)
class Reporting:
    """To whom somebody reports from a day on, until a later day says otherwise."""

    since: date
    manager: str | None
    """A login; None where nobody leads them."""


class User(Aggregate):
    """Somebody, or an internal application, who may sign in."""

    ACTIONS = {
        "active": ("grant_role", "revoke_role", "assign_manager", "reset_password", "reset_totp", "deactivate"),
        "deactivated": ("reactivate",),
    }

    login: str
    customer_id: UUID | None
    roles: tuple[str, ...] = ()
    """Values of `Role`."""
    reporting: tuple[Reporting, ...] = ()
    has_totp: bool = False
    keys: dict[str, tuple[str, ...]]
    """Names of keys, with all that they may be of what the user is; none: whatever that is."""

    delegations: dict[str, datetime]
    """Logins of those who may act on this user's behalf, and until when."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.keys, self.delegations = {}, {}

    class Registered(Event):
        login: str
        """A handle, which stands as the actor beside everything that the user does."""
        customer_id: UUID | None
        """Whose people the user belongs to; None for our own."""

        def apply(self, user: User) -> None:
            user.state, user.login, user.customer_id = "active", self.login, self.customer_id

    class RoleGranted(Event):
        role: Role

        def apply(self, user: User) -> None:
            user.roles = (*user.roles, self.role.value)

    class RoleRevoked(Event):
        role: Role

        def apply(self, user: User) -> None:
            user.roles = tuple(role for role in user.roles if role != self.role)

    class ManagerAssigned(Event):
        manager: str | None
        since: date

        def apply(self, user: User) -> None:
            user.reporting = (*user.reporting, Reporting(self.since, self.manager))

    class PasswordReset(Event):
        """Somebody else was given a password with which this user chooses a new one."""

        def apply(self, user: User) -> None:
            user.keys = {}

    class TotpConfirmed(Event):
        """From now on a password needs the code of this user's authenticator beside it."""

        def apply(self, user: User) -> None:
            user.has_totp = True

    class TotpReset(Event):
        """Somebody else took the lost authenticator back."""

        def apply(self, user: User) -> None:
            user.has_totp = False

    class KeyIssued(Event):
        name: str
        roles: tuple[Role, ...]
        """All that it may be of what its user is; none: whatever that is."""
        expires_at: datetime

        def apply(self, user: User) -> None:
            user.keys = {**user.keys, self.name: tuple(role.value for role in self.roles)}

    class KeyRotated(Event):
        name: str
        expires_at: datetime
        previous_until: datetime
        """Until when the keys of that name from before are still good, at most."""

        def apply(self, user: User) -> None:
            """Nothing that a command depends on."""

    class KeyRevoked(Event):
        name: str

        def apply(self, user: User) -> None:
            user.keys = {name: roles for name, roles in user.keys.items() if name != self.name}

    class Delegated(Event):
        to: str
        """The login of whoever may act on this user's behalf."""
        until: datetime

        def apply(self, user: User) -> None:
            user.delegations = {**user.delegations, self.to: self.until}

    class DelegationEnded(Event):
        to: str

        def apply(self, user: User) -> None:
            user.delegations = {login: until for login, until in user.delegations.items() if login != self.to}

    class Deactivated(Event):
        def apply(self, user: User) -> None:
            user.state, user.has_totp, user.keys, user.delegations = "deactivated", False, {}, {}

    class Reactivated(Event):
        def apply(self, user: User) -> None:
            user.state = "active"

    def belongs_to(self, customer_id: UUID) -> bool:
        """People of a customer act on themselves."""
        return self.customer_id == customer_id

    def register(self, login: str, customer_id: UUID | None, at: datetime) -> None:
        """Somebody who may sign in, and do nothing yet."""
        if not LOGIN.fullmatch(login) or login in SYSTEM_ACTORS:
            raise Invalid(
                "A login is 1 to 64 small letters, digits, dots, dashes and underscores, a letter or digit at both "
                "ends, and none of " + ", ".join(sorted(SYSTEM_ACTORS)) + ".",
                pointer="/login",
            )
        self.record(self.Registered, at, login=login, customer_id=customer_id)

    def grant_role(self, role: Role, people: Iterable[str], at: datetime) -> None:
        """One role more, from somebody else."""
        self.require("grant_role")
        if self.login in people:
            raise OwnRole
        if role.is_customers is not (self.customer_id is not None):
            raise Invalid("Roles of customers are for people of a customer, and all others for our own.")
        if role in self.roles:
            raise NotAllowedNow(f"{self.login} is {role} already.")
        self.record(self.RoleGranted, at, role=role)

    def revoke_role(self, role: Role, at: datetime) -> None:
        """One role less."""
        self.require("revoke_role")
        if role not in self.roles:
            raise NotAllowedNow(f"{self.login} is not {role}.")
        self.record(self.RoleRevoked, at, role=role)

    def assign_manager(
        self, manager: str | None, since: date, led_by: Collection[str], people: Collection[str], at: datetime
    ) -> None:
        """Who leads the user from a day on. `led_by`: the manager, and whoever leads the manager from then on."""
        self.require("assign_manager")
        if manager in people:
            raise OwnTeam
        if self.login in led_by:
            raise LedInCircle(f"{self.login} leads {manager}.", pointer="/manager")
        self.record(self.ManagerAssigned, at, manager=manager, since=since)

    def manager_on(self, day: date) -> str | None:
        """Who leads the user on that day; of two that were assigned from one day on, the later."""
        known = [one for one in reversed(self.reporting) if one.since <= day]
        return max(known, key=lambda one: one.since).manager if known else None

    def managers_from(self, day: date) -> set[str]:
        """Everybody who leads the user on that day or later."""
        named = {self.manager_on(day), *(one.manager for one in self.reporting if one.since > day)}
        return {manager for manager in named if manager is not None}

    def reset_password(self, people: Iterable[str], at: datetime) -> None:
        """Whoever does it could sign in as this user: it is known who did."""
        self.require("reset_password")
        if self.login in people:
            raise NotAllowedNow("Whoever knows their password signs in with it and a new one.")
        self.record(self.PasswordReset, at)

    def confirm_totp(self, at: datetime) -> None:
        """The user's own doing: a code has shown that the authenticator works."""
        self._require_active()
        if self.has_totp:
            raise NotAllowedNow("There is an authenticator already: an administrator resets it where it is lost.")
        self.record(self.TotpConfirmed, at)

    def reset_totp(self, people: Iterable[str], at: datetime) -> None:
        """Whoever knows the password may then enrol another one: nobody does this for themselves."""
        self.require("reset_totp")
        if self.login in people:
            raise NotAllowedNow("Somebody else resets an authenticator.")
        if not self.has_totp:
            raise NotAllowedNow(f"{self.login} has no authenticator.")
        self.record(self.TotpReset, at)

    def issue_key(self, name: str, roles: Iterable[Role], expires_at: datetime, at: datetime) -> None:
        """An application may act as this user, and be no more than the user is."""
        self._require_active()
        roles = tuple(dict.fromkeys(roles))
        if beyond := [role for role in roles if role not in self.roles]:
            raise Invalid(f"{self.login} is not {', '.join(beyond)}.", pointer="/roles")
        self.record(self.KeyIssued, at, name=name, roles=roles, expires_at=expires_at)

    def rotate_key(self, name: str, expires_at: datetime, previous_until: datetime, at: datetime) -> None:
        """Another key takes the place of that name's, with the same roles."""
        self._require_key(name)
        self.record(self.KeyRotated, at, name=name, expires_at=expires_at, previous_until=previous_until)

    def revoke_key(self, name: str, at: datetime) -> None:
        """Every key of that name is over."""
        self._require_key(name)
        self.record(self.KeyRevoked, at, name=name)

    def delegate(self, to: User, until: datetime, at: datetime) -> None:
        """Somebody of the same house may act on this user's behalf: what they may do, their own roles still say."""
        self._require_active()
        if to.login == self.login or to.customer_id != self.customer_id or to.state != "active":
            raise Invalid("That is nobody to delegate to: another active user of the same house is.", pointer="/to")
        self.record(self.Delegated, at, to=to.login, until=until)

    def end_delegation(self, to: str, at: datetime) -> None:
        """Nobody of that login acts on this user's behalf any more."""
        self._require_active()
        if to not in self.delegations:
            raise NotFound("Nothing is delegated to them.")
        self.record(self.DelegationEnded, at, to=to)

    def has_delegated(self, to: str, at: datetime) -> bool:
        """Whether whoever has that login acts on this user's behalf: by word of this user, never through a third."""
        return to in self.delegations and at < self.delegations[to]

    def _require_active(self) -> None:
        if self.state != "active":
            raise NotAllowedNow(state=self.state)

    def _require_key(self, name: str) -> None:
        self._require_active()
        if name not in self.keys:
            raise NotFound("There is no key of that name.")

    def deactivate(self, at: datetime) -> None:
        """From now on the user is nobody."""
        self.require("deactivate")
        self.record(self.Deactivated, at)

    def reactivate(self, people: Iterable[str], at: datetime) -> None:
        """The user is back, with the roles of before."""
        self.require("reactivate")
        if self.login in people:
            raise OwnRole
        self.record(self.Reactivated, at)
