"""What is taken back of somebody ends with the event that says so, of whatever version the event is."""

from __future__ import annotations

from uuid import uuid4

import pytest

from domain.identity import User
from infrastructure.database import connect_sync

PASSWORD = "INSERT INTO credentials.passwords (user_id, hash, is_first) VALUES (%s, 'a hash', false)"
EVENT = """
    INSERT INTO log.events (position, originator_id, originator_version, recorded_at, topic, state, metadata)
    SELECT coalesce(max(position), 0) + 1, %s, 1, clock_timestamp(), %s, '{}', '{}' FROM log.events"""


@pytest.mark.parametrize(("version", "left"), [("", 0), ("@2", 0), ("@13", 0), ("Again", 1)])
def test_whoever_is_deactivated_has_no_password(database_url: str, version: str, left: int) -> None:
    user = uuid4()
    with connect_sync(database_url, None, "test") as connection:
        connection.execute(PASSWORD, [user])
        connection.execute(EVENT, [user, User.Deactivated.TOPIC + version])
        found = connection.execute("SELECT count(*) FROM credentials.passwords WHERE user_id = %s", [user]).fetchone()
    assert found == (left,)
