"""Clients that do one thing after another, all at once, for a while."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from infrastructure.collecting import collect_seldom


@dataclass(frozen=True, slots=True)
class Run:
    """How long each thing took, in seconds, and all of it."""

    took: list[float]
    seconds: float

    @property
    def rate(self) -> float:
        """Things a second."""
        return len(self.took) / self.seconds


@contextmanager
def undisturbed() -> Iterator[None]:
    """Garbage is collected as seldom as the service does it, for whatever is measured, and nothing left from before."""
    collect_seldom()
    yield


async def at_once(clients: Sequence[Callable[[], Awaitable[object]]], seconds: float) -> Run:
    """All of them in this event loop."""
    took: list[float] = []

    async def keep_on(act: Callable[[], Awaitable[object]]) -> None:
        while (start := time.perf_counter()) - begun < seconds:
            await act()
            took.append(time.perf_counter() - start)

    with undisturbed():
        begun = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for act in clients:
                tasks.create_task(keep_on(act))
        return Run(took, time.perf_counter() - begun)


def in_threads(clients: Sequence[Callable[[], object]], seconds: float) -> Run:
    """Each in a thread of its own."""
    took: list[float] = []

    def keep_on(act: Callable[[], object]) -> None:
        while (start := time.perf_counter()) - begun < seconds:
            act()
            took.append(time.perf_counter() - start)

    threads = [threading.Thread(target=keep_on, args=(act,)) for act in clients]
    with undisturbed():
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return Run(took, time.perf_counter() - begun)
