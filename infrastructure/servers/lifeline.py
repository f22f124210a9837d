"""Ties a process to the one that started it: when the parent is gone, however it went, the child stops too."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

GRACE_SECONDS = 15.0


def stop_with_parent() -> None:
    """Stop this process as SIGTERM would once standard input ends, and at the latest when the grace is over."""
    threading.Thread(target=_wait, name="lifeline", daemon=True).start()


def _wait() -> None:
    # Not sys.stdin: at exit the interpreter would wait for the lock that a blocked read of it holds.
    while os.read(sys.__stdin__.fileno() if sys.__stdin__ else 0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)  # this thread is the deadline: if the process ends in time, so does the thread
    os._exit(1)
