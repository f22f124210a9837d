"""A server with real connections, and one who listens to its changes."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from features.api import SetClock
from features.house.processes import eventually, free_port, signed
from interfaces.rest.app import create_app
from interfaces.rest.server import Server

PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One event of the stream."""

    id: int
    event: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Door:
    """Where the interface listens, and what lets a listener in."""

    port: int
    signed: dict[str, str]


class Listener:
    """One connection to the stream of changes."""

    def __init__(self, door: Door, last_event_id: str | None = None, **parameters: Any) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=PATIENCE_SECONDS)
        headers = {**door.signed, **({} if last_event_id is None else {"Last-Event-ID": last_event_id})}
        self._connection.request("GET", f"/changes?{urlencode(parameters, doseq=True)}", headers=headers)
        self.answer = self._connection.getresponse()
        self.last_event_id = last_event_id

    def next(self) -> Heard:
        """The next event; comments are passed over, ids kept."""
        while True:
            fields = self._block()
            self.last_event_id = fields.get("id", self.last_event_id)
            if "data" in fields:
                return Heard(int(fields["id"]), fields["event"], json.loads(fields["data"]))

    def until(self, position: int) -> list[Heard]:
        """Every event up to the one at that position."""
        heard = [self.next()]
        while heard[-1].id < position:
            heard.append(self.next())
        return heard

    def rest(self) -> bytes:
        """What still comes until the server closes the stream."""
        return self.answer.read()

    def close(self) -> None:
        """Go away."""
        self.answer.close()
        self._connection.close()

    def _block(self) -> dict[str, str]:
        fields: dict[str, str] = {}
        while line := self.answer.readline().decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            fields[name] = value
        assert fields, "the stream has ended"
        return fields


@contextmanager
def served(database_url: str, clock: SetClock) -> Iterator[Door]:
    """The interface on a port of its own, in a thread."""
    port = free_port()
    server = Server(create_app(database_url, clock), lambda: None, host="127.0.0.1", port=port)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        eventually(lambda: server.started, "the server listens")
        yield Door(port, signed(database_url, "listener"))
    finally:
        server.should_exit = True
        thread.join()
