"""Events that nobody can process, put into the log by its owner: the service itself would not write them."""

from __future__ import annotations

from uuid import UUID

import psycopg

POISON = b"""
    with head as (select max(position) as position from log.events),
         latest as (select max(originator_version) as version from log.events where originator_id = %(id)s)
    insert into log.events (position, originator_id, originator_version, recorded_at, topic, state, metadata,
        actor, key, digest)
    select head.position + 1, %(id)s, coalesce(latest.version, 0) + 1, clock_timestamp(), %(topic)s, %(state)s,
        %(metadata)s, 'ada', gen_random_uuid()::text, '\\x00' from head, latest
    returning position, pg_notify('log', position::text)"""
METADATA = b'{"actor":"ada","on_behalf_of":null,"correlation_id":"x","causation_depth":0,"events":1}'


def poison(database_url: str, aggregate: UUID | str, topic: str, state: bytes) -> int:
    """Record such an event of the aggregate; its position."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        values = {"id": aggregate, "topic": topic, "state": state, "metadata": METADATA}
        row = connection.execute(POISON, values).fetchone()
    assert row is not None
    return int(row[0])


def mend(database_url: str, position: int, state: bytes) -> None:
    """Give the event the state that it should have had, which only the owner of the log can do."""
    with psycopg.connect(database_url) as connection:
        connection.execute("alter table log.events disable trigger append_only")
        connection.execute("update log.events set state = %s where position = %s", [state, position])
        connection.execute("alter table log.events enable always trigger append_only")
