"""The peer: the eventsourcing library as it comes, with its own Postgres recorder and its own JSON, in threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

LAMP = {"sku": "LAMP", "name": "Lamp", "kind": "goods", "unit_code": "C62", "tax_class": "standard"}
LAMP |= {"product_line": "Light"}


class Lamp(Aggregate):
    """The same fields as those of `domain.catalogue.Product`, in the library's own way."""

    @event("Registered")
    def __init__(self, sku: str, name: str, kind: str, unit_code: str, tax_class: str, product_line: str) -> None:
        self.sku, self.name, self.kind = sku, name, kind
        self.unit_code, self.tax_class, self.product_line = unit_code, tax_class, product_line

    @event("Renamed")
    def rename(self, name: str) -> None:
        """Another name."""
        self.name = name


class Lamps(Application[UUID]):
    """The library's application, as it comes."""

    def register(self, **details: str) -> UUID:
        """A new one; what is not told is as for any other lamp."""
        lamp = Lamp(**(LAMP | details))
        self.save(lamp)
        return lamp.id

    def rename(self, id: UUID, name: str) -> None:
        """Load, change, save."""
        lamp: Lamp = self.repository.get(id)
        lamp.rename(name)
        self.save(lamp)


def environment(database_url: str, clients: int) -> dict[str, str]:
    """How the library is told of a database, with a connection for each client."""
    given = conninfo_to_dict(database_url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(given["dbname"]),
        "POSTGRES_HOST": str(given.get("host") or ""),
        "POSTGRES_PORT": str(given.get("port") or "5432"),
        "POSTGRES_USER": str(given["user"]),
        "POSTGRES_PASSWORD": str(given.get("password") or ""),
        "POSTGRES_POOL_SIZE": str(clients),
        "POSTGRES_MAX_OVERFLOW": "2",
    }


@contextmanager
def application(database_url: str, clients: int) -> Iterator[Lamps]:
    """The library's application over that database."""
    app = Lamps(env=environment(database_url, clients))
    try:
        yield app
    finally:
        app.close()


@contextmanager
def recorder(database_url: str, clients: int) -> Iterator[PostgresApplicationRecorder]:
    """The library's recorder alone."""
    given = environment(database_url, clients)
    datastore = PostgresDatastore(
        given["POSTGRES_DBNAME"],
        given["POSTGRES_HOST"],
        given["POSTGRES_PORT"],
        given["POSTGRES_USER"],
        given["POSTGRES_PASSWORD"],
        pool_size=clients,
        max_overflow=2,
    )
    try:
        made = PostgresApplicationRecorder(datastore)
        made.create_table()
        yield made
    finally:
        datastore.close()
