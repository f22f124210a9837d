"""The peer's way to follow a log: the library's runner and its tracking recorder, a transaction for each event."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL

from interfaces.benchmark.peer import Lamp, Lamps, application, environment

CREATE = SQL(
    "CREATE TABLE IF NOT EXISTS showcase (position bigint PRIMARY KEY, id uuid NOT NULL, name text NOT NULL)"
).format()
DETAILS = {
    "sku": "LAMP",
    "name": "Lamp",
    "kind": "goods",
    "unit_code": "C62",
    "tax_class": "standard",
    "product_line": "Lighting",
}
INSERT = SQL("INSERT INTO showcase VALUES (%s, %s, %s)")


class View(PostgresTrackingRecorder):
    """A row for each lamp."""

    def __init__(self, datastore: Any, **settings: Any) -> None:
        super().__init__(datastore, **settings)
        self.sql_create_statements.append(CREATE)

    def registered(self, id: UUID, name: str, tracking: Tracking) -> None:
        """One more, and that its event is done."""
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(INSERT, (tracking.notification_id, id, name), prepare=True)
            self._insert_tracking(cursor, tracking)


class Showcase(Projection[View]):
    """What each event does to the view."""

    name = "showcase"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Each registers a lamp."""
        self.view.registered(domain_event.originator_id, domain_event.name, tracking)


def make(url: str, events: int) -> None:
    """Let the library's log have so many events."""
    with application(url, 1) as lamps:
        for _ in range(0, events, 100):
            lamps.save(*(Lamp(**DETAILS) for _ in range(100)))


def feed(url: str, events: int) -> float:
    """How many of that many events a second the view is fed, from the first on."""
    begun = time.perf_counter()
    with ProjectionRunner(
        application_class=Lamps, projection_class=Showcase, view_class=View, env=environment(url, 4)
    ) as runner:
        runner.wait(events, timeout=120)
    return events / (time.perf_counter() - begun)
