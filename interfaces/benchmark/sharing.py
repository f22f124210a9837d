"""Several processes that do the same at once, each with some of the clients.

Run as a module it is one of them: it says that it is ready, begins when told to, and tells how long each thing took.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import uvloop

from interfaces.benchmark.clients import Run


def several(measure: str, arguments: Sequence[Sequence[str]]) -> list[Run]:
    """Each process calls the coroutine `module:function` of this package with a function to call when it is ready, and
    with its arguments; all go on once all are ready."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / str(number) for number in range(len(arguments))]
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", __name__, measure, file, *each],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for file, each in zip(files, arguments, strict=True)
        ]
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("begin\n")
            process.stdin.flush()
        if sum(process.wait() for process in processes):
            raise RuntimeError(f"{measure} failed in a process of its own")
        return [Run(**json.loads(file.read_bytes())) for file in files]


async def _wait() -> None:
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)  # the loop goes on: what it holds, others may be waiting for


def main() -> None:
    """One of them."""
    module, _, function = sys.argv[1].partition(":")
    measure = getattr(import_module(f"interfaces.benchmark.{module}"), function)
    run: Run = uvloop.run(measure(_wait, *sys.argv[3:]))
    Path(sys.argv[2]).write_text(json.dumps(asdict(run)))


if __name__ == "__main__":
    main()
