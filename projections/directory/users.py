"""Who may act: users, their roles and how they are let in, for those who watch over it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.identity import User
from domain.shared.aggregate import Event
from projections.shared import Effect, Effects, Reader, Recorded, insert, update

USERS = """
        create table users (
            user_id uuid primary key, version integer not null, ordinal bigint not null unique, state text not null,
            login text not null, customer_id uuid, roles text[] not null, has_totp boolean not null,
            other_accounts text[] not null
        );
"""
ADDED = """
    update users set version = %(version)s, {0} = array_append({0}, %(value)s) where user_id = %(user_id)s"""
REMOVED = """
    update users set version = %(version)s, {0} = array_remove({0}, %(value)s) where user_id = %(user_id)s"""
USER = "user_id, version, ordinal, state, login, customer_id, roles, has_totp, other_accounts"
PAGE = "ordinal < %(before)s order by ordinal desc limit %(limit)s + 1"


class Users:
    """One row for each user."""

    def user_registered(self, event: User.Registered, recorded: Recorded) -> Effects:
        yield insert(
            "users",
            user_id=event.originator_id,
            version=event.originator_version,
            ordinal=recorded.position,
            state="active",
            login=event.login,
            customer_id=event.customer_id,
            roles=[],
            has_totp=False,
            other_accounts=[],
        )

    def role_granted(self, event: User.RoleGranted, recorded: Recorded) -> Effects:
        yield _listed(ADDED, "roles", event.role.value, event)

    def role_revoked(self, event: User.RoleRevoked, recorded: Recorded) -> Effects:
        yield _listed(REMOVED, "roles", event.role.value, event)

    def password_reset(self, event: User.PasswordReset, recorded: Recorded) -> Effects:
        yield _user(event)

    def totp_confirmed(self, event: User.TotpConfirmed, recorded: Recorded) -> Effects:
        yield _user(event, has_totp=True)

    def recovery_codes_replaced(self, event: User.RecoveryCodesReplaced, recorded: Recorded) -> Effects:
        yield _user(event)

    def totp_reset(self, event: User.TotpReset, recorded: Recorded) -> Effects:
        yield _user(event, has_totp=False)

    def key_issued(self, event: User.KeyIssued, recorded: Recorded) -> Effects:
        yield _user(event)

    def key_rotated(self, event: User.KeyRotated, recorded: Recorded) -> Effects:
        yield _user(event)

    def key_revoked(self, event: User.KeyRevoked, recorded: Recorded) -> Effects:
        yield _user(event)

    def delegated(self, event: User.Delegated, recorded: Recorded) -> Effects:
        yield _user(event)

    def delegation_ended(self, event: User.DelegationEnded, recorded: Recorded) -> Effects:
        yield _user(event)

    def same_person_declared(self, event: User.SamePersonDeclared, recorded: Recorded) -> Effects:
        yield _listed(ADDED, "other_accounts", event.login, event)

    def same_person_retracted(self, event: User.SamePersonRetracted, recorded: Recorded) -> Effects:
        yield _listed(REMOVED, "other_accounts", event.login, event)

    def user_deactivated(self, event: User.Deactivated, recorded: Recorded) -> Effects:
        yield _user(event, state="deactivated", has_totp=False)

    def user_reactivated(self, event: User.Reactivated, recorded: Recorded) -> Effects:
        yield _user(event, state="active")


@dataclass(frozen=True, slots=True)
class UserRow:
    """Somebody, or an internal application, who may sign in."""

    user_id: UUID
    version: int
    ordinal: int
    state: str
    """`active` or `deactivated`."""
    login: str
    customer_id: UUID | None
    """Whose people the user belongs to; null for our own."""
    roles: list[str]
    has_totp: bool
    """Whether a password needs the code of an authenticator beside it."""
    other_accounts: list[str]
    """Logins of all other accounts of the same person, as far as that was declared."""
    last_signed_in: datetime | None = None
    """As of now; null for whoever never has, and in what is told of the past."""


@dataclass(frozen=True, slots=True)
class UserView:
    """A user, and what may be done with them."""

    user: UserRow
    available_actions: list[str]

    @property
    def version(self) -> int:
        """Of the aggregate: the ETag."""
        return self.user.version


async def users(reader: Reader, before: int, limit: int) -> list[UserRow]:
    """Users, the newest first."""
    return await reader.rows(UserRow, f"select {USER} from users where {PAGE}", before=before, limit=limit)


async def user(reader: Reader, user_id: UUID) -> UserView | None:
    """A user."""
    row = await reader.row(UserRow, f"select {USER} from users where user_id = %(id)s", id=user_id)
    return UserView(row, list(User.ACTIONS.get(row.state, ()))) if row else None


def _user(event: Event, **values: Any) -> Effect:
    return update("users", {"user_id": event.originator_id}, version=event.originator_version, **values)


def _listed(statement: str, column: str, value: str, event: Event) -> Effect:
    user = {"user_id": event.originator_id, "version": event.originator_version}
    return Effect(statement.format(column), {**user, "value": value})
