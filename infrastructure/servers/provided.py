"""The servers of this run: those that DATABASE_URL and REDIS_URL name, or a Postgres and a Valkey of our own."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator

import psycopg
from psycopg.conninfo import conninfo_to_dict

from infrastructure.database import CONNECT_TIMEOUT, NotDurable, assert_durable
from infrastructure.servers import ServerError, places, postgres, valkey
from infrastructure.settings import Settings


@contextlib.contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The URL of a database that answers and keeps what it acknowledges, for as long as the context lasts.

    :raises ServerError: it does not answer, or would lose an acknowledged event in a power cut.
    """
    with cluster_or_url(settings) as provided:
        url = provided if isinstance(provided, str) else provided.url()
        asyncio.run(check(url))
        yield url


@contextlib.contextmanager
def kept_database(settings: Settings) -> Iterator[tuple[str, Callable[[], None]]]:
    """The same, with what to call now and then so that a Postgres of our own that was killed is started again."""
    with cluster_or_url(settings) as provided:
        url, keep = (provided, _let_be) if isinstance(provided, str) else (provided.url(), provided.start)
        asyncio.run(check(url))
        yield url, keep


@contextlib.contextmanager
def cluster_or_url(settings: Settings) -> Iterator[postgres.Cluster | str]:
    """Our own cluster, running, unless the settings name a database."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    with postgres.running(places.state_directory(settings)) as cluster:
        yield cluster


@contextlib.contextmanager
def kept_valkey(settings: Settings) -> Iterator[tuple[str, Callable[[], None]]]:
    """The URL of what processes count in together, and what to call now and then so that a Valkey of our own that was
    killed is started again. Whether one that others run answers does not matter: who uses it goes on without."""
    if settings.redis_url is not None:
        yield settings.redis_url.get_secret_value(), _let_be
        return
    with valkey.running(places.state_directory(settings)) as ours:

        def keep() -> None:
            try:
                ours.start()
            except ServerError as error:
                print(f"q2c: {error}", file=sys.stderr)  # limits hold without it: no reason to stop

        yield ours.url, keep


def _let_be() -> None:
    """What others run is for them to keep."""


async def check(url: str) -> None:
    """See that a database answers and is durable."""
    try:
        connection = await psycopg.AsyncConnection.connect(url, connect_timeout=CONNECT_TIMEOUT)
        async with connection:
            await assert_durable(connection)
    except psycopg.Error as error:
        raise ServerError(f"The database {_address(url)} does not answer: {_reason(url, error)}") from None
    except NotDurable as error:
        raise ServerError(f"The database {_address(url)} is not safe to use: {error}") from None


def holds_nothing(url: str) -> bool:
    """Whether nothing was ever recorded in a migrated database."""
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT FROM log.events LIMIT 1").fetchone() is None


def _parts(url: str) -> dict[str, str]:
    try:
        return {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.Error:
        return {}


def _address(url: str) -> str:
    """A URL's parts without its password."""
    parts = _parts(url)
    if not parts:
        return "in DATABASE_URL"
    host, port = parts.get("host", "localhost"), parts.get("port", "5432")
    return f"{parts.get('dbname', '')!r} on {host}:{port} (user {parts.get('user', '')!r})"


def _reason(url: str, error: psycopg.Error) -> str:
    parts = _parts(url)
    if not parts:  # the driver's own message would quote what it could not read, password included
        return "it is not a URL such as postgresql://user:password@host:port/database"
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    password = parts.get("password", "")
    return first.replace(password, "***") if password else first
