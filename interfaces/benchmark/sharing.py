"""Several processes that do the same at once, each with some of the clients.

Run as a module it is one of them: it says that it is ready, begins when told to, and tells how long each thing took.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module

import uvloop

from interfaces.benchmark.clients import Run


def several(measure: str, arguments: Sequence[Sequence[str]]) -> list[Run]:
    """Each process calls the coroutine `module:function` of this package with a function to call when it is ready, and
    with its arguments; all go on once all are ready."""
    command = [sys.executable, "-m", __name__, measure]
    processes = [
        subprocess.Popen([*command, *each], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for each in arguments
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("begin\n")
        process.stdin.flush()
    runs = [Run(**json.loads(process.communicate()[0])) for process in processes]
    if any(process.returncode for process in processes):
        raise RuntimeError(f"{measure} failed in a process of its own")
    return runs


async def _wait() -> None:
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)  # the loop goes on: what it holds, others may be waiting for


def main() -> None:
    """One of them."""
    module, _, function = sys.argv[1].partition(":")
    measure = getattr(import_module(f"interfaces.benchmark.{module}"), function)
    run: Run = uvloop.run(measure(_wait, *sys.argv[2:]))
    print(json.dumps({"took": run.took, "seconds": run.seconds}))


if __name__ == "__main__":
    main()
