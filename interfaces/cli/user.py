"""`q2c user`: users as whoever runs the service on its machine makes them; others are made over the interface."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Annotated, TypeVar
from uuid import UUID

import typer

from application.identity import user_id
from domain.identity import Role, User
from domain.shared.refusal import NotAllowedNow, NotFound, Refusal
from infrastructure import users
from infrastructure.credentials import Issued
from infrastructure.migrate import migrate
from infrastructure.servers.provided import database
from infrastructure.settings import Settings
from infrastructure.wiring import System, open_system
from interfaces.cli import OPERATE

app = typer.Typer(help="Users: let somebody in, grant a role, issue a key.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(help="Their handle: small letters, digits, dots, dashes, underscores.")]
Roles = Annotated[list[Role], typer.Option("--role", help="What they are here to do; several are possible.")]
Customer = Annotated[UUID | None, typer.Option(help="The customer whose people they belong to.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Done = TypeVar("Done")


def register(parent: typer.Typer) -> None:
    """Add the commands of this module."""
    parent.add_typer(app, name="user", rich_help_panel=OPERATE)


@app.command()
def add(
    login: Login,
    role: Roles,
    customer: Customer = None,
    as_json: AsJson = False,
) -> None:
    """Register somebody, and print the password with which they choose their own."""

    async def job(system: System) -> str:
        await users.register(system, login, role, customer)
        return await users.first_password(system, login)

    _tell(login, _do(job), as_json)


@app.command()
def grant(login: Login, role: Annotated[Role, typer.Argument(help="What they are here to do, too.")]) -> None:
    """Grant somebody a role."""
    _do(_of_known(login, lambda system: users.grant(system, login, role)))
    print(f"{login} is {role} from now on.")


@app.command()
def reset_password(login: Login, as_json: AsJson = False) -> None:
    """Print a password with which somebody chooses a new one; their sessions and keys are over."""
    _tell(login, _do(_of_known(login, lambda system: users.first_password(system, login))), as_json)


@app.command()
def reset_totp(login: Login) -> None:
    """Take back the authenticator that somebody has lost; their sessions are over."""
    _do(_of_known(login, lambda system: users.reset_totp(system, login)))
    print(f"{login} signs in with the password alone, until they have enrolled another authenticator.")


@app.command()
def key(
    login: Login,
    role: Annotated[
        list[Role] | None,
        typer.Option(help="Registers them with these roles, if nobody has that login yet."),
    ] = None,
    customer: Customer = None,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "q2c",
    days: Annotated[int, typer.Option(min=1, max=366, help="How long it is good.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Print a key with which an application acts as this user: `Authorization: Bearer KEY`."""

    async def job(system: System) -> Issued:
        if role and not (await _user(system, login)).version:
            await users.register(system, login, role, customer)
        user = await _known(system, login)
        if lacking := set(role or ()) - set(user.roles):
            raise NotAllowedNow(f"{login} is there already, and not {_listed(lacking)}: `q2c user grant` comes first.")
        if customer not in (None, user.customer_id):
            raise NotAllowedNow(f"{login} is there already, and does not belong to that customer.")
        return await users.key(system, login, name, timedelta(days=days))

    issued = _do(job)
    print(json.dumps({"key": issued.token, "expires_at": issued.expires_at.isoformat()}) if as_json else issued.token)


def _tell(login: str, password: str, as_json: bool) -> None:
    told = f"{login} may sign in with the password {password} and a new_password of their own (POST /sessions)."
    print(json.dumps({"login": login, "password": password}) if as_json else told)


def _listed(roles: Iterable[Role]) -> str:
    return ", ".join(sorted(roles))


def _of_known(login: str, job: Callable[[System], Awaitable[Done]]) -> Callable[[System], Awaitable[Done]]:
    async def done(system: System) -> Done:
        await _known(system, login)
        return await job(system)

    return done


async def _known(system: System, login: str) -> User:
    user = await _user(system, login)
    if not user.version:
        raise NotFound(f"Nobody has the login {login}; `q2c user add {login} --role ROLE` registers them.")
    return user


async def _user(system: System, login: str) -> User:
    return await system.log.load(User, user_id(login))


def _do(job: Callable[[System], Awaitable[Done]]) -> Done:
    async def done(url: str) -> Done:
        async with open_system(url, "q2c user") as system:
            return await job(system)

    with database(Settings()) as url:
        migrate(url)
        try:
            return asyncio.run(done(url))
        except Refusal as refusal:
            sys.exit(f"q2c: {refusal}")
