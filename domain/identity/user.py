"""Users, the roles that they hold, and since when."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from domain.identity.facts import Role, UserFacts
from domain.shared.approval import SamePerson
from domain.shared.refusal import Invalid, NotAllowedNow, NotFound, Refusal

LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
SYSTEM_ACTORS = frozenset(("policy", "timer", "operator", "oidc"))
"""The system itself acts in these names, and whoever runs it on its machine."""


class OwnRole(SamePerson):
    """Nobody grants a role to themselves."""


class OwnTeam(SamePerson):
    """Nobody puts people into their own team."""


class OwnCredentials(SamePerson):
    """Nobody resets a password or an authenticator of their own."""


class OwnAccounts(SamePerson):
    """Nobody says of their own accounts that they are different people's."""


class LedInCircle(Refusal):
    """Nobody leads those by whom they are led."""


class User(UserFacts):
    """Somebody, or an internal application, who may sign in."""

    ACTIONS = {
        "active": (
            *("grant_role", "revoke_role", "assign_manager", "reset_password", "reset_totp", "deactivate"),
            *("declare_same_person", "retract_same_person"),
        ),
        "deactivated": ("reactivate", "declare_same_person", "retract_same_person"),
    }

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
            raise OwnCredentials("Whoever knows their password signs in with it and a new one.")
        self.record(self.PasswordReset, at)

    def confirm_totp(self, at: datetime) -> None:
        """The user's own doing: a code has shown that the authenticator works."""
        self._require_active()
        if self.has_totp:
            raise NotAllowedNow("There is an authenticator already: an administrator resets it where it is lost.")
        self.record(self.TotpConfirmed, at)

    def replace_recovery_codes(self, at: datetime) -> None:
        """The user's own doing, with the authenticator at hand."""
        self._require_active()
        if not self.has_totp:
            raise NotAllowedNow("There is no authenticator that they could stand in for.")
        self.record(self.RecoveryCodesReplaced, at)

    def reset_totp(self, people: Iterable[str], at: datetime) -> None:
        """Whoever knows the password may then enrol another one: nobody does this for themselves."""
        self.require("reset_totp")
        if self.login in people:
            raise OwnCredentials
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
        is_self = to.login in (self.login, *self.other_accounts)
        if is_self or to.customer_id != self.customer_id or to.state != "active":
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

    def declare_same_person(self, login: str, at: datetime) -> None:
        """Another account belongs to whoever has this one, even where neither lets anybody in any more."""
        self.require("declare_same_person")
        if login in (self.login, *self.other_accounts):
            raise NotAllowedNow(f"{login} and {self.login} are one person's already.")
        self.record(self.SamePersonDeclared, at, login=login)

    def check_retraction(self, people: Collection[str]) -> None:
        """Refuse where there is nothing to retract, and to whoever has one of these accounts."""
        self.require("retract_same_person")
        if not self.other_accounts:
            raise NotAllowedNow(f"{self.login} is nobody's second account.")
        if not {self.login, *self.other_accounts}.isdisjoint(people):
            raise OwnAccounts

    def retract_same_person(self, login: str, reason: str, at: datetime) -> None:
        """Another account is somebody else's after all."""
        self.record(self.SamePersonRetracted, at, login=login, reason=reason)

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
