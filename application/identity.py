"""Commands on users, their roles and keys, and on links for people at customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID, uuid5

from annotated_types import Ge, Le, MaxLen

from application.constraints import Code, Text
from application.unit_of_work import IDENTITIES, Context
from domain.billing import Invoice
from domain.contracting import Contract
from domain.crm import Customer
from domain.identity import DocumentKind, PortalLink, Role, User
from domain.quoting import Quote
from domain.shared.aggregate import Aggregate
from domain.shared.refusal import AlreadyTaken, Invalid, NotFound

Days = Annotated[int, Ge(1), Le(366)]
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
class ResetPassword:
    """Give somebody else a first password, and end their sessions and keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmTotp:
    """Let an authenticator count, once a code of it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetTotp:
    """Take somebody else's lost authenticator back, and end their sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueKey:
    """Issue a key with which an application acts as you."""

    name: Code
    roles: Annotated[tuple[Role, ...], MaxLen(len(Role))] = ()
    """All that it may be of what you are; none: whatever you are."""
    days: Days = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateKey:
    """Let another key of the same name and roles take the place of yours."""

    name: Code
    days: Days = 90
    overlap_hours: Annotated[int, Ge(0), Le(24)] = 1
    """For which the old one is still good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeKey:
    """Revoke your keys of that name."""

    name: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegate:
    """Let somebody else act on your behalf."""

    to: Text
    """Their login."""
    days: Days = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDelegation:
    """Let somebody no longer act on your behalf."""

    to: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DeactivateUser:
    """Let a user do nothing more, from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactivateUser:
    """Let a user come back, with the roles of before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivePortalLink:
    """Let somebody at a customer see one document that was sent there, without being a user."""

    document_kind: DocumentKind
    document_id: UUID
    customer_id: UUID
    may_accept: bool = False
    """Whether they may also accept or decline: of a quote."""
    days: Annotated[int, Ge(1), Le(30)] = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPortalLink:
    """Use a link, which works once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokePortalLink:
    """Let nobody use a link any more, and end what was begun with it."""


DOCUMENTS: Mapping[DocumentKind, type[Aggregate]] = {"quote": Quote, "contract": Contract, "invoice": Invoice}


class Identity(Context):
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

    async def reset_password(self, id: UUID, command: ResetPassword) -> None:
        """That it was done; what the password is, nobody writes down."""
        user = await self.work.load(User, id)
        user.reset_password(self.work.envelope.people, self.at)
        self.work.save(user)

    async def confirm_totp(self, id: UUID, command: ConfirmTotp) -> None:
        """That there is one; its secret, nobody else ever sees."""
        user = await self.work.load(User, id)
        user.confirm_totp(self.at)
        self.work.save(user)

    async def reset_totp(self, id: UUID, command: ResetTotp) -> None:
        """By somebody else."""
        user = await self.work.load(User, id)
        user.reset_totp(self.work.envelope.people, self.at)
        self.work.save(user)

    async def issue_key(self, id: UUID, command: IssueKey) -> None:
        """That it was issued; what it is, nobody writes down."""
        user = await self.work.load(User, id)
        user.issue_key(command.name, command.roles, self.at + timedelta(days=command.days), self.at)
        self.work.save(user)

    async def rotate_key(self, id: UUID, command: RotateKey) -> None:
        """The next one of a name."""
        user = await self.work.load(User, id)
        expires_at, until = (self.at + timedelta(days=command.days), self.at + timedelta(hours=command.overlap_hours))
        user.rotate_key(command.name, expires_at, until, self.at)
        self.work.save(user)

    async def revoke_key(self, id: UUID, command: RevokeKey) -> None:
        """From the next request on."""
        user = await self.work.load(User, id)
        user.revoke_key(command.name, self.at)
        self.work.save(user)

    async def delegate(self, id: UUID, command: Delegate) -> None:
        """To somebody who is there."""
        user = await self.work.load(User, id)
        to = await self.work.read(User, user_id(command.to))
        user.delegate(to, self.at + timedelta(days=command.days), self.at)
        self.work.save(user)

    async def end_delegation(self, id: UUID, command: EndDelegation) -> None:
        """From the next request on."""
        user = await self.work.load(User, id)
        user.end_delegation(command.to, self.at)
        self.work.save(user)

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

    async def give_portal_link(self, id: UUID, command: GivePortalLink) -> None:
        """To a document that was sent to the customer."""
        document = await self.work.read(DOCUMENTS[command.document_kind], command.document_id)
        if not document.belongs_to(command.customer_id):
            raise NotFound(f"That customer was sent no {command.document_kind} of that id.")
        link = self.work.new(PortalLink, id)
        link.give(
            command.document_kind,
            command.document_id,
            command.customer_id,
            may_accept=command.may_accept,
            expires_at=self.at + timedelta(days=command.days),
            at=self.at,
        )
        self.work.save(link)

    async def open_portal_link(self, id: UUID, command: OpenPortalLink) -> None:
        """Once."""
        link = await self.work.load(PortalLink, id)
        link.open(self.at)
        self.work.save(link)

    async def revoke_portal_link(self, id: UUID, command: RevokePortalLink) -> None:
        """From the next request on."""
        link = await self.work.load(PortalLink, id)
        link.revoke(self.at)
        self.work.save(link)
