"""The library's own expectations of a recorder."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import StoredEvent

from infrastructure.event_log.recorder import SynchronousRecorder

# The library's module of test cases imports its cipher, for cases that are not ours, and with it a package that nothing
# here needs.
cipher = ModuleType("eventsourcing.cipher")
cipher.AESCipher = object  # type: ignore[attr-defined]
sys.modules.setdefault("eventsourcing.cipher", cipher)

from eventsourcing.tests import persistence as library  # noqa: E402


class _OnPostgres(library.RecorderTestCase):
    database_url: str

    @pytest.fixture(autouse=True)
    def _database(self, database_url: str) -> None:
        self.database_url = database_url

    def create_recorder(self) -> Any:
        recorder = SynchronousRecorder(self.database_url)
        self.addCleanup(recorder.close)
        return recorder


class TestApplicationRecorder(_OnPostgres, library.ApplicationRecorderTestCase[SynchronousRecorder]):
    pass


class TestAggregateRecorder(_OnPostgres, library.AggregateRecorderTestCase):
    def create_recorder(self) -> Any:
        """This case is for recorders without positions, and expects None for them."""
        recorder = super().create_recorder()
        insert = recorder.insert_events

        def without_positions(events: list[StoredEvent]) -> None:
            insert(events)

        recorder.insert_events = without_positions
        return recorder


class TestNonInterleavingPositions(_OnPostgres, library.NonInterleavingNotificationIDsBaseCase):
    pass


def test_a_subscription_yields_what_is_there_and_what_comes(database_url: str) -> None:
    recorder = SynchronousRecorder(database_url)
    ids = uuid4(), uuid4()

    def insert(version: int, topic: str) -> None:
        recorder.insert_events([StoredEvent(id, version, topic, b"{}") for id in ids])

    insert(1, "other")
    insert(2, "wanted")
    with recorder.subscribe(gt=0, topics=["wanted"]) as subscription:
        assert [next(subscription).id, next(subscription).id] == [3, 4]
        insert(3, "other")
        insert(4, "wanted")
        assert [next(subscription).id, next(subscription).id] == [7, 8]
    recorder.close()
