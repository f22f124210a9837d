"""How often anybody may guess: attempts are counted by what they are for, and by where they come from."""

from __future__ import annotations

from datetime import timedelta

from infrastructure.credentials.rows import Rows, digest
from infrastructure.limits import network_of

FORGOTTEN = timedelta(minutes=15)
"""After which earlier attempts no longer count."""
SHORTEST_WAIT = timedelta(seconds=15)
OF_ACCOUNT, OF_ADDRESS = 10, 100
"""Attempts in a row after which each further one has to wait, longer every time."""

ATTEMPT = b"""
    INSERT INTO credentials.attempts AS it (subject, failed, last_at, locked_until)
    VALUES (%s, 1, clock_timestamp(), clock_timestamp())
    ON CONFLICT (subject) DO UPDATE SET
        failed = CASE WHEN it.last_at < clock_timestamp() - %s THEN 1 ELSE it.failed + 1 END,
        last_at = clock_timestamp()
    WHERE it.locked_until <= clock_timestamp()
    RETURNING failed"""
LOCK = b"""
    UPDATE credentials.attempts SET locked_until = clock_timestamp() + %s WHERE subject = %s"""
SUCCEEDED = b"""
    UPDATE credentials.attempts SET failed = CASE subject WHEN %s THEN 0 ELSE greatest(failed - 1, 0) END
    WHERE subject = ANY(%s)"""
BYGONE = b"DELETE FROM credentials.attempts WHERE last_at < clock_timestamp() - interval '1 day'"


class TooManyAttempts(Exception):
    """Too many attempts to sign in have failed: wait before the next one."""


class Attempts:
    """What was tried and has not succeeded yet, as every process knows it."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def count(self, account: str, address: str) -> None:
        """Counted before it is known how it ends, so that many at once are not more than one after another; nothing of
        an account is counted from a place that has to wait. Raises TooManyAttempts."""
        async with self._rows.connection() as connection:
            for subject, most in ((_place(address), OF_ADDRESS), (_account(account), OF_ACCOUNT)):
                row = await (await connection.execute(ATTEMPT, [subject, FORGOTTEN])).fetchone()
                if row is None:
                    raise TooManyAttempts
                if (beyond := row[0] - most) >= 0:
                    wait = min(SHORTEST_WAIT * 2 ** min(beyond, 10), FORGOTTEN)
                    await connection.execute(LOCK, [wait, subject])

    async def forgive(self, account: str, address: str) -> None:
        """It has succeeded."""
        subjects = sorted([_account(account), _place(address)])
        async with self._rows.connection() as connection:
            await connection.execute(SUCCEEDED, [_account(account), subjects])
            await connection.execute(BYGONE)


def _account(name: str) -> bytes:
    return digest(f"account {name}")


def _place(address: str) -> bytes:
    return digest(f"address {network_of(address)}")
