"""The processes of an installation, to be measured."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from infrastructure.servers.supervisor import Stop, Supervisor


@contextmanager
def serving(url: str, *, without_worker: bool = False) -> Iterator[str]:
    """An API and a worker over that database; the address of the API. Without the worker, one has been there before."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    supervisor = Supervisor(url, f"http://127.0.0.1:{port}", lambda: None)
    supervisor.environment["Q2C_PORT"] = str(port)
    if without_worker:
        supervisor.children = [child for child in supervisor.children if child.name != "worker"]
    try:
        supervisor.wait_until_ready(Stop())
        yield supervisor.address
    finally:
        supervisor.stop()
