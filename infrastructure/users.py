"""Users as whoever runs the service on its machine makes them: the first one, and those of applications."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from application.identity import (
    AssignManager,
    GrantRole,
    IssueKey,
    RegisterUser,
    ResetPassword,
    ResetTotp,
    RevokeRole,
    user_id,
)
from application.unit_of_work import Envelope
from domain.identity import Role, User
from infrastructure.credentials import Issued, Person, Provider, SignInRefused
from infrastructure.idempotency import fresh_key
from infrastructure.wiring import System, open_system

OPERATOR, PROVIDER = "operator", "oidc"
"""Who acts where nobody has signed in: whoever runs the service, and the provider whose groups give roles."""
FIRST = "admin"
SELLERS = tuple(f"employee-{number}" for number in (272, *range(281, 290)))
"""Who looks after the customers of the sample."""
BEGINS = date(2010, 12, 29)
BUYER = "AW00000676"
"""The customer of the sample whose people may sign in."""


async def register(system: System, login: str, roles: Collection[Role], customer_id: UUID | None = None) -> None:
    """Somebody new. Raises Refusal: `AlreadyTaken` where the login is somebody's."""
    command = RegisterUser(login=login, roles=tuple(sorted(roles)), customer_id=customer_id)
    await system.application.execute(command, _envelope(system))


async def grant(system: System, login: str, role: Role) -> None:
    """One role more. Raises Refusal."""
    await system.application.execute(GrantRole(role=role), _envelope(system), user_id(login))


async def first_password(system: System, login: str) -> str:
    """A password with which they choose their own; that it was given is recorded. Raises NotFound."""
    await system.application.execute(ResetPassword(), _envelope(system), user_id(login))
    return await system.credentials.first_password(user_id(login))


async def key(system: System, login: str, name: str, lifetime: timedelta) -> Issued:
    """A key with which an application acts as this user. Raises NotFound."""
    done = await system.application.execute(IssueKey(name=name, days=lifetime.days), _envelope(system), user_id(login))
    return await system.credentials.keys.issue(user_id(login), name, lifetime, done.position)


async def reset_totp(system: System, login: str) -> None:
    """Their authenticator is lost: the password is enough until they have another one. Raises Refusal."""
    await system.application.execute(ResetTotp(), _envelope(system), user_id(login))


async def signed_in_at_provider(system: System, provider: Provider, person: Person) -> Issued:
    """A session for somebody whom the provider knows, who is registered when they first come. Of the roles that its
    groups give, they have those of their groups of now; others are theirs as they were granted here.

    Raises SignInRefused where they have no role or are deactivated, AlreadyTaken where somebody else has their login.
    """
    credentials, wanted = system.credentials, provider.roles_of(person)
    id = await credentials.user_of(provider.issuer, person.subject)
    if id is None:
        if not wanted:
            raise SignInRefused
        # The same key each time: who was registered and then cut off goes on where that ended.
        key = f"{provider.issuer} {person.subject}"
        await system.application.execute(RegisterUser(login=person.login), _envelope(system, PROVIDER, key))
        id = user_id(person.login)
        await credentials.remember_subject(provider.issuer, person.subject, id)
    user = await system.log.load(User, id)
    given = {role for _, role in provider.roles}
    for role in sorted(given):
        change = _change_of(role, is_wanted=role in wanted, is_had=role in user.roles)
        if change is not None and user.state == "active":
            await system.application.execute(change, _envelope(system, PROVIDER), id)
    if not (wanted or set(user.roles) - given):
        raise SignInRefused
    return await credentials.session_from_provider(id)


def _change_of(role: Role, *, is_wanted: bool, is_had: bool) -> GrantRole | RevokeRole | None:
    if is_wanted is is_had:
        return None
    return GrantRole(role=role) if is_wanted else RevokeRole(role=role)


def first_administrator(database_url: str) -> str | None:
    """The first password of the first user, who may let others in; None where that user is there already."""
    return asyncio.run(_first_administrator(database_url))


async def _first_administrator(database_url: str) -> str | None:
    async with open_system(database_url, "q2c users") as system:
        if (await system.log.load(User, user_id(FIRST))).version:
            return None
        await register(system, FIRST, [Role.ADMINISTRATOR])
        return await first_password(system, FIRST)


def demo_users(database_url: str) -> None:
    """For each role a user of its name, for the sample only: sales people by their own, half of them in a team."""
    asyncio.run(_demo_users(database_url))


async def _demo_users(database_url: str) -> None:
    async with open_system(database_url, "q2c users") as system:
        buyer = await system.log.owner_of("customer_external_id", BUYER)
        for role in Role:
            if role not in (Role.ADMINISTRATOR, Role.SALES_REPRESENTATIVE) and (buyer or not role.is_customers):
                await register(system, demo_login(role), [role], buyer if role.is_customers else None)
        for login in SELLERS:
            await register(system, login, [Role.SALES_REPRESENTATIVE])
        command = AssignManager(manager=demo_login(Role.SALES_MANAGER), since=BEGINS)
        for login in SELLERS[::2]:
            await system.application.execute(command, _envelope(system), user_id(login))


def demo_login(role: Role) -> str:
    """Of the user who has that role, and no other."""
    return role.replace("_", "-")


def _envelope(system: System, actor: str = OPERATOR, key: str = "") -> Envelope:
    return Envelope(key=key or fresh_key(), actor=actor, at=system.clock.now())
