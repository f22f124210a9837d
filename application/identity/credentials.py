"""Commands on what lets users in, and whom they let act for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Le, MaxLen

from application.constraints import Code, Text
from application.identity.users import user_id
from application.unit_of_work import Context
from domain.identity import Role, User

Days = Annotated[int, Ge(1), Le(366)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPassword:
    """Give somebody else a first password, and end their sessions and keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmTotp:
    """Let an authenticator count, once a code of it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceRecoveryCodes:
    """Get other recovery codes, with the authenticator at hand."""


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


class Entrusting(Context):
    """In whose name somebody comes, and with what."""

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

    async def replace_recovery_codes(self, id: UUID, command: ReplaceRecoveryCodes) -> None:
        """That there are others; what they are, nobody writes down."""
        user = await self.work.load(User, id)
        user.replace_recovery_codes(self.at)
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
