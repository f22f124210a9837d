"""Commands on users: who they are, what they are here to do, who leads them, and which accounts are one person's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID, uuid5

from annotated_types import MaxLen

from application.constraints import Text
from application.unit_of_work import IDENTITIES, Context
from domain.crm import Customer
from domain.identity import Role, User
from domain.shared.refusal import AlreadyTaken, Invalid, NotFound

LOGIN = "login"
"""The scope in which logins are unique."""


def user_id(login: str) -> UUID:
    """The user of that login: there will never be another one of it."""
    return uuid5(IDENTITIES, f"user\n{login}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterUser:
    """Register somebody who may sign in, with their first roles."""

    login: Text
    """A handle, no e-mail address: it stands beside everything that the user does, for ever."""
    roles: Annotated[tuple[Role, ...], MaxLen(len(Role))] = ()
    customer_id: UUID | None = None
    """Whose people the user belongs to; null for our own."""

    @property
    def natural_id(self) -> UUID:
        """One for a login."""
        return user_id(self.login)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRole:
    """Grant a role to somebody else."""

    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeRole:
    """Take a role back."""

    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignManager:
    """Say who leads a user from a day on: a manager's team is whom they lead, and whom those lead."""

    manager: Text | None
    """A login; null where nobody leads them."""
    since: date | None = None
    """Today where not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareSamePerson:
    """Say that another account is the same person's: what one of them does, the other does not approve."""

    login: Text
    """Of the other account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetractSamePerson:
    """Say that an account is another person's than those that it was declared to go with."""

    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DeactivateUser:
    """Let a user do nothing more, from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactivateUser:
    """Let a user come back, with the roles of before."""


class Users(Context):
    """Who may act."""

    async def register_user(self, id: UUID, command: RegisterUser) -> None:
        """A new user, whose login nobody had before."""
        if command.customer_id is not None:
            await self.work.read(Customer, command.customer_id)
        if await self.work.owner_of(LOGIN, command.login) is not None:
            raise AlreadyTaken("Another one has this login.")
        user = self.work.new(User, id)
        user.register(command.login, command.customer_id, self.at)
        for role in command.roles:
            user.grant_role(role, self.work.envelope.people, self.at)
        self.work.claim(LOGIN, command.login, id)
        self.work.save(user)

    async def grant_role(self, id: UUID, command: GrantRole) -> None:
        """One role more."""
        user = await self.work.load(User, id)
        user.grant_role(command.role, self.work.envelope.people, self.at)
        self.work.save(user)

    async def revoke_role(self, id: UUID, command: RevokeRole) -> None:
        """One role less."""
        user = await self.work.load(User, id)
        user.revoke_role(command.role, self.at)
        self.work.save(user)

    async def assign_manager(self, id: UUID, command: AssignManager) -> None:
        """Another team, or none."""
        user = await self.work.load(User, id)
        since = command.since or self.at.date()
        led_by = await self._chain(command.manager, since)
        user.assign_manager(command.manager, since, led_by, self.work.envelope.people, self.at)
        self.work.save(user)

    async def _chain(self, manager: str | None, since: date) -> set[str]:
        """The manager and whoever leads them from that day on, all the way up. Refuses who is none of our own."""
        found: set[str] = set()
        asked = {manager} if manager is not None else set()
        while asked:
            login = asked.pop()
            found.add(login)
            asked |= (await self._colleague(login)).managers_from(since) - found
        return found

    async def _colleague(self, login: str) -> User:
        try:
            user = await self.work.read(User, user_id(login))
        except NotFound:
            raise Invalid(f"There is no user {login}.", pointer="/manager") from None
        if user.customer_id is not None:
            raise Invalid("People of a customer lead nobody here.", pointer="/manager")
        return user

    async def declare_same_person(self, id: UUID, command: DeclareSamePerson) -> None:
        """And of every account that either of them goes with."""
        user = await self.work.load(User, id)
        other = await self.work.load(User, user_id(command.login))
        of_one, of_other = await self._accounts(user), await self._accounts(other)
        for one in of_one:
            for another in of_other:
                one.declare_same_person(another.login, self.at)
                another.declare_same_person(one.login, self.at)
        self.work.save(*of_one, *of_other)

    async def retract_same_person(self, id: UUID, command: RetractSamePerson) -> None:
        """By somebody else; the others stay one person's."""
        user = await self.work.load(User, id)
        user.check_retraction(self.work.envelope.people)
        _, *others = await self._accounts(user)
        for other in others:
            user.retract_same_person(other.login, command.reason, self.at)
            other.retract_same_person(user.login, command.reason, self.at)
        self.work.save(user, *others)

    async def _accounts(self, user: User) -> list[User]:
        """The user, and the other accounts of the same person."""
        return [user, *[await self.work.load(User, user_id(login)) for login in user.other_accounts]]

    async def deactivate_user(self, id: UUID, command: DeactivateUser) -> None:
        """From the next request on."""
        user = await self.work.load(User, id)
        user.deactivate(self.at)
        self.work.save(user)

    async def reactivate_user(self, id: UUID, command: ReactivateUser) -> None:
        """By somebody else."""
        user = await self.work.load(User, id)
        user.reactivate(self.work.envelope.people, self.at)
        self.work.save(user)
