"""What happens to a user, and what each fact makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from domain.shared.aggregate import Aggregate, Event


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


@dataclass(frozen=True, slots=True)
class Reporting:
    """To whom somebody reports from a day on, until a later day says otherwise."""

    since: date
    manager: str | None
    """A login; None where nobody leads them."""


class UserFacts(Aggregate, part=True):
    """A user as their facts have made them."""

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
    other_accounts: tuple[str, ...] = ()
    """Logins of all other accounts of the same person, as far as that was declared."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.keys, self.delegations = {}, {}

    class Registered(Event):
        login: str
        """A handle, which stands as the actor beside everything that the user does."""
        customer_id: UUID | None
        """Whose people the user belongs to; None for our own."""

        def apply(self, user: UserFacts) -> None:
            user.state, user.login, user.customer_id = "active", self.login, self.customer_id

    class RoleGranted(Event):
        role: Role

        def apply(self, user: UserFacts) -> None:
            user.roles = (*user.roles, self.role.value)

    class RoleRevoked(Event):
        role: Role

        def apply(self, user: UserFacts) -> None:
            user.roles = tuple(role for role in user.roles if role != self.role)

    class ManagerAssigned(Event):
        manager: str | None
        since: date

        def apply(self, user: UserFacts) -> None:
            user.reporting = (*user.reporting, Reporting(self.since, self.manager))

    class PasswordReset(Event):
        """Somebody else was given a password with which this user chooses a new one."""

        def apply(self, user: UserFacts) -> None:
            user.keys = {}

    class TotpConfirmed(Event):
        """From now on a password needs the code of this user's authenticator beside it."""

        def apply(self, user: UserFacts) -> None:
            user.has_totp = True

    class RecoveryCodesReplaced(Event):
        """Those of before let nobody in any more."""

        def apply(self, user: UserFacts) -> None:
            """Nothing that a command depends on."""

    class TotpReset(Event):
        """Somebody else took the lost authenticator back."""

        def apply(self, user: UserFacts) -> None:
            user.has_totp = False

    class KeyIssued(Event):
        name: str
        roles: tuple[Role, ...]
        """All that it may be of what its user is; none: whatever that is."""
        expires_at: datetime

        def apply(self, user: UserFacts) -> None:
            user.keys = {**user.keys, self.name: tuple(role.value for role in self.roles)}

    class KeyRotated(Event):
        name: str
        expires_at: datetime
        previous_until: datetime
        """Until when the keys of that name from before are still good, at most."""

        def apply(self, user: UserFacts) -> None:
            """Nothing that a command depends on."""

    class KeyRevoked(Event):
        name: str

        def apply(self, user: UserFacts) -> None:
            user.keys = {name: roles for name, roles in user.keys.items() if name != self.name}

    class Delegated(Event):
        to: str
        """The login of whoever may act on this user's behalf."""
        until: datetime

        def apply(self, user: UserFacts) -> None:
            user.delegations = {**user.delegations, self.to: self.until}

    class DelegationEnded(Event):
        to: str

        def apply(self, user: UserFacts) -> None:
            user.delegations = {login: until for login, until in user.delegations.items() if login != self.to}

    class SamePersonDeclared(Event):
        """What is done by this account and by another one, one person does."""

        login: str

        def apply(self, user: UserFacts) -> None:
            user.other_accounts = (*user.other_accounts, self.login)

    class SamePersonRetracted(Event):
        """They are different people's; what was done until now stays judged as one person's."""

        login: str
        reason: str

        def apply(self, user: UserFacts) -> None:
            user.other_accounts = tuple(login for login in user.other_accounts if login != self.login)

    class Deactivated(Event):
        def apply(self, user: UserFacts) -> None:
            user.state, user.has_totp, user.keys, user.delegations = "deactivated", False, {}, {}

    class Reactivated(Event):
        def apply(self, user: UserFacts) -> None:
            user.state = "active"
