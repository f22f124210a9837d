"""The keys of personal data, each of one subject and one class: made before anything that they seal is kept, and
destroyed when a subject is erased.

A process keeps unwrapped keys in mind for a while. It forgets them when the database tells that some were destroyed;
should that word be lost, after the while.
"""

from __future__ import annotations

import asyncio
import hmac
import html
import json
import re
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from uuid import UUID

import msgspec
from psycopg.rows import TupleRow

from domain.shared.personal import (
    ERASED,
    HIDDEN,
    UNREADABLE,
    KeyClass,
    PersonalData,
    is_personal,
    is_sealed,
    with_personal,
)
from infrastructure.database import Role, connection_pool, unavailable
from infrastructure.event_log import EventLog
from infrastructure.proofs.reading import log_name
from infrastructure.sealing import statements as sql
from infrastructure.sealing.finding import normal_forms
from infrastructure.sealing.sealed import PATTERN, KeyName, SubjectKey, key_name
from infrastructure.sealing.wrapping import KeyEncryption, KeyMissing, key_encryption
from infrastructure.settings import Settings

Place = Literal["json", "html"]
"""In what a sealed text stands, to be opened there."""
T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")

NOBODY = UUID(int=0)
INDEX = KeyName(NOBODY, "index", 1)
"""Of what is found without being opened."""
KEPT = 50_000
"""Keys and digests that a process keeps in mind."""
WHILE = 30.0
"""Seconds for which it keeps a key, at most."""

ESCAPES: dict[Place, Callable[[str], str]] = {
    "json": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "html": html.escape,
}

Sees = Callable[[KeyClass, UUID], bool]
"""Whether what is of that class and that subject is for whoever looks."""


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What an erasure has done to the keys of its subject."""

    keys: tuple[str, ...]
    """Class and version of each, also of those destroyed earlier."""
    wrapping: int
    """The version of the key-encryption key that is gone with them."""


class Vault:
    """One process's way to the keys. Every call may raise DatabaseUnavailable and KeyMissing."""

    def __init__(self, database_url: str, log: EventLog, wrapping: KeyEncryption) -> None:
        self._pool = connection_pool(database_url, Role.VAULT, "q2c vault", min_size=0, max_size=4)
        self._log, self._wrapping = log, wrapping
        self._current: OrderedDict[tuple[UUID, str], tuple[float, SubjectKey]] = OrderedDict()
        self._known: OrderedDict[KeyName, tuple[float, SubjectKey | None]] = OrderedDict()
        self._indexed: OrderedDict[tuple[bytes, UUID], None] = OrderedDict()
        self._forgotten = 0

    async def open(self) -> None:
        """Ready to connect when first needed, and to hear of keys that are destroyed."""
        await self._pool.open()
        self._log.listen("vault", self.forget)

    async def close(self) -> None:
        """Disconnect."""
        await self._pool.close()

    def forget(self) -> None:
        """Keys that were known may be destroyed."""
        self._forgotten += 1
        self._current.clear()
        self._known.clear()
        self._indexed.clear()

    async def sealed(self, value: T, subject: UUID, aggregate: UUID) -> T:
        """The value with everything personal in it sealed, as it may stand in the aggregate's events; what is sealed
        stays as it is.

        The keys are durable when this returns, and the subject can be found by what it is to be found by.
        """
        if not is_personal(type(value)):
            return value
        found: list[tuple[str, PersonalData]] = []

        def look(text: str, data: PersonalData, _: str) -> str:
            if not is_sealed(text):
                found.append((text, data))
            return text

        with_personal(value, look)
        keys = {each: await self._key_for(subject, each) for each in sorted({data.key_class for _, data in found})}

        def seal(text: str, data: PersonalData, field: str) -> str:
            return text if is_sealed(text) else keys[data.key_class].seal(text, aggregate, field)

        names = [(data.found_as, form) for text, data in found if data.found_as for form in normal_forms(data, text)]
        if names:
            await self._index(subject, names)
        return with_personal(value, seal)

    async def opened(self, body: bytes, sees: Sees, place: Place) -> bytes:
        """A document with every sealed text in it opened for whoever looks."""
        escaped = ESCAPES[place]
        matches = {match.group(): match for match in PATTERN.finditer(body)}
        names = {sealed: key_name(match) for sealed, match in matches.items()}
        seen = {sealed for sealed, name in names.items() if sees(KeyClass(name.key_class), name.subject)}
        keys = await self._keys({names[sealed] for sealed in seen})

        def told(match: re.Match[bytes]) -> bytes:
            sealed = match.group()
            if sealed not in seen:
                return HIDDEN.encode()
            name = names[sealed]
            if name in keys and (key := keys[name]) is None:
                return ERASED.encode()
            text = key.open(sealed) if name in keys and key else None
            return UNREADABLE.encode() if text is None else escaped(text).encode()

        return PATTERN.sub(told, body)

    async def opened_value(self, value: T) -> T:
        """A value with everything in it opened, for whoever holds the keys; as it is, where they do not."""
        opened = await self.opened(msgspec.json.encode(value), lambda *_: True, "json")
        return msgspec.json.decode(opened, type=type(value))

    async def subjects_found(self, asked: Sequence[tuple[str, str]]) -> list[tuple[str, str, UUID]]:
        """Who is found by what is asked: kind and normal form, and the subject, for each that there is."""
        if not asked:
            return []
        digests = {await self._digest(kind, form): (kind, form) for kind, form in asked}
        rows = await self._rows(sql.FOUND, [list(digests)])
        return [(*digests[bytes(digest)], subject) for digest, subject in rows]

    async def subjects_alike(self, sealed: str, data: PersonalData) -> list[UUID]:
        """Who is found by the same, whatever it was sealed for."""
        plain = await self.opened_value(sealed)
        found = await self.subjects_found([(str(data.found_as), form) for form in normal_forms(data, plain)])
        return [subject for *_, subject in found]

    async def digest(self, content: bytes) -> bytes:
        """A keyed digest of what may hold personal data: it tells nothing to whoever has no key."""
        return hmac.digest((await self._index_key()).key, b"content\n" + content, "sha256")

    async def destroy(self, subject: UUID, classes: Collection[KeyClass]) -> Destroyed:
        """Destroy the subject's keys of these classes, and the version of the key-encryption key that wrapped them, so
        that no older copy of the database can be read with it either. Safe to repeat."""
        with unavailable():
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute(sql.DESTROY, [subject, sorted(classes)])
                rows = await (await connection.execute(sql.DESTROYED, [subject, sorted(classes)])).fetchall()
                if KeyClass.PROFILE in classes:
                    await connection.execute(sql.UNINDEX, [subject])
        self.forget()
        retired = await self.rotate()
        return Destroyed(tuple(f"{key_class} {version}" for key_class, version in rows), retired)

    async def rotate(self) -> int:
        """Wrap all keys with a new version of the key-encryption key, and destroy the older ones; the last of them."""
        with unavailable():
            async with self._pool.connection() as connection, connection.transaction():
                row = await (await connection.execute(sql.ROTATE)).fetchone()
                assert row is not None
                version = int(row[0])
                await asyncio.to_thread(self._wrapping.ensure, version)
                older = await (await connection.execute(sql.OLDER, [version])).fetchall()
                again = [(*_name(each), self._again(each, version)) for each in older]
                columns: list[list[Any]] = [list(column) for column in zip(*again, strict=True)] or [[], [], [], []]
                await connection.execute(sql.REWRAP, [version, *columns])
        await asyncio.to_thread(self._wrapping.destroy_before, version)
        return version - 1

    def _again(self, row: TupleRow, version: int) -> bytes:
        purpose = KeyName(*_name(row)).purpose
        return self._wrapping.wrap(version, self._wrapping.unwrap(row[4], bytes(row[3]), purpose), purpose)

    async def _key_for(self, subject: UUID, key_class: str) -> SubjectKey:
        """The key that seals now; a new one where the subject has none, or none any more."""
        now, known = asyncio.get_running_loop().time(), self._current.get((subject, key_class))
        if known is not None and now < known[0]:
            return known[1]
        forgotten = self._forgotten
        while True:
            rows = await self._rows(sql.CURRENT, [subject, key_class])
            if rows:
                version, wrapped, wrapped_by = rows[0]
                break
            await self._make(subject, key_class)
        name = KeyName(subject, key_class, version)
        key = self._unwrapped(name, wrapped, wrapped_by)
        if forgotten == self._forgotten:
            _keep(self._current, (subject, key_class), (now + WHILE, key))
        return key

    async def _make(self, subject: UUID, key_class: str) -> None:
        """Nothing where another process was first, or a rotation came between: the next look tells."""
        [[version]] = await self._rows(sql.NEXT, [subject, key_class])
        [[wrapping, is_used]] = await self._rows(sql.WRAPPING, [])
        name = KeyName(subject, key_class, version)
        if not is_used:  # one that is used and not there is lost, and another one in its place would hide that
            await asyncio.to_thread(self._wrapping.ensure, wrapping)
        wrapped = self._wrapping.wrap(wrapping, secrets.token_bytes(32), name.purpose)
        await self._do(sql.MAKE, [subject, key_class, version, wrapped, wrapping])

    async def _keys(self, names: Iterable[KeyName]) -> dict[KeyName, SubjectKey | None]:
        """The keys of these names; None for those that are destroyed, nothing of those that cannot be unwrapped."""
        now, forgotten = asyncio.get_running_loop().time(), self._forgotten
        known = {name: self._known.get(name, (0.0, None)) for name in names}
        keys = {name: key for name, (until, key) in known.items() if now < until}
        missing = [name for name in known if name not in keys]
        if missing:
            subjects, classes = [name.subject for name in missing], [name.key_class for name in missing]
            for row in await self._rows(sql.THESE, [subjects, classes, [name.version for name in missing]]):
                name = KeyName(*_name(row))
                try:
                    keys[name] = None if row[3] is None else self._unwrapped(name, row[3], row[4])
                except KeyMissing:
                    continue
                if forgotten == self._forgotten:
                    _keep(self._known, name, (now + WHILE, keys[name]))
        return keys

    def _unwrapped(self, name: KeyName, wrapped: bytes, wrapped_by: int) -> SubjectKey:
        return SubjectKey(name, self._wrapping.unwrap(wrapped_by, bytes(wrapped), name.purpose))

    async def _index(self, subject: UUID, names: Iterable[tuple[str, str]]) -> None:
        digests = [await self._digest(kind, form) for kind, form in names]
        new = [digest for digest in digests if (digest, subject) not in self._indexed]
        if new:
            await self._do(sql.INDEXED, [subject, new])
            for digest in new:
                _keep(self._indexed, (digest, subject), None)

    async def _digest(self, kind: str, form: str) -> bytes:
        return hmac.digest((await self._index_key()).key, f"{kind}\n{form}".encode(), "sha256")[:16]

    async def _index_key(self) -> SubjectKey:
        return await self._key_for(INDEX.subject, INDEX.key_class)

    async def _rows(self, sql: bytes, values: list[Any]) -> list[TupleRow]:
        with unavailable():
            async with self._pool.connection() as connection:
                return await (await connection.execute(sql, values)).fetchall()

    async def _do(self, sql: bytes, values: list[Any]) -> None:
        with unavailable():
            async with self._pool.connection() as connection:
                await connection.execute(sql, values)


def _name(row: TupleRow) -> tuple[UUID, str, int]:
    return row[0], row[1], row[2]


def _keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
    kept[key] = value
    if len(kept) > KEPT:
        kept.popitem(last=False)


@asynccontextmanager
async def open_vault(database_url: str, log: EventLog) -> AsyncIterator[Vault]:
    """With the key-encryption key that the settings name; disconnects afterwards. Raises DatabaseUnavailable."""
    vault = Vault(database_url, log, key_encryption(Settings(), log_name(database_url)))
    await vault.open()
    try:
        yield vault
    finally:
        await vault.close()
