"""Segregation of duties, looked back upon: who could have done both of two duties, and who did.

It is judged on the log: roles as they were granted and taken back, and everybody who stood behind what was done, by
themselves, on somebody's behalf or behind a policy's doing. Which operations a role allows is today's table. Two
accounts of one person are two people here, since nobody has declared them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from application.duties import DUTIES, OWN_ROLE, Duties
from domain.identity import SYSTEM_ACTORS, Role, User
from infrastructure.event_log import EventLog, RecordedEvent
from infrastructure.history.records import event_of

AT_ONCE = 100_000
"""Events that are searched by one statement."""
SEARCH = b"""
    SELECT position, recorded_at, topic, ''::bytea, metadata, originator_id, originator_version FROM log.events
    WHERE position > %s AND position <= %s AND topic LIKE ANY(%s)
      AND (SELECT bool_or(position(part IN metadata) > 0) FROM unnest(%s::bytea[]) AS part)
    ORDER BY position"""
USERS = b"""
    SELECT position, recorded_at, topic, state, metadata, originator_id, originator_version FROM log.events
    WHERE position <= %s AND topic LIKE 'identity.User.%%' ORDER BY position"""


@dataclass(frozen=True, slots=True)
class Could:
    """Somebody whose roles allowed both, and from when to when."""

    login: str
    since: datetime
    until: datetime | None
    """None: they still do."""


@dataclass(frozen=True, slots=True)
class Did:
    """Somebody who stood behind both."""

    login: str
    first_command: str
    first_position: int
    first_thing: UUID
    second_command: str
    second_position: int
    second_thing: UUID
    at: datetime
    """When the second was recorded."""


@dataclass(frozen=True, slots=True)
class Segregation:
    """What became of one rule in a span of time."""

    rule: str
    applies: bool
    """Whether this version has operations for both duties."""
    could: list[Could]
    did: list[Did]


@dataclass(slots=True)
class _Held:
    """The roles of a user while the log is read, and when they allowed both duties of each rule."""

    login: str
    roles: set[Role] = field(default_factory=set)
    is_active: bool = True
    open: dict[str, datetime] = field(default_factory=dict)


async def segregation(log: EventLog, since: datetime | None, until: datetime | None) -> list[Segregation]:
    """Each rule: who could have done both at some time in the span, and who did the second then. Raises
    DatabaseUnavailable."""
    last = await log.head() if until is None else await log.position_at(until)
    users = [RecordedEvent(*row) for row in await log.rows(USERS, [last])]
    could, logins = _could(users)
    pairings = {duties.rule: _Pairing(duties) for duties in DUTIES}
    async for recorded in _acts(log, last):
        for pairing in pairings.values():
            pairing.take(recorded)
    found = [
        Segregation(duties.rule, duties.applies, could[duties.rule], pairings[duties.rule].did) for duties in DUTIES
    ]
    found.append(Segregation(OWN_ROLE, True, [], list(_own_roles(users, logins))))
    return [_within(each, since) for each in found]


def _within(found: Segregation, since: datetime | None) -> Segregation:
    if since is None:
        return found
    could = [each for each in found.could if each.until is None or each.until >= since]
    return Segregation(found.rule, found.applies, could, [each for each in found.did if each.at >= since])


def _could(users: Iterable[RecordedEvent]) -> tuple[dict[str, list[Could]], dict[UUID, str]]:
    """By rule: whose roles allowed both, and when; and the login of each user."""
    held: dict[UUID, _Held] = {}
    could: dict[str, list[Could]] = defaultdict(list)
    for recorded in users:
        _take(held, recorded)
        user = held.get(recorded.originator_id)
        if user is None:
            continue
        for duties in DUTIES:
            may = user.is_active and duties.allowed_by(user.roles)
            begun = user.open.get(duties.rule)
            if may and begun is None:
                user.open[duties.rule] = recorded.recorded_at
            elif not may and begun is not None:
                could[duties.rule].append(Could(user.login, user.open.pop(duties.rule), recorded.recorded_at))
    for user in held.values():
        for rule, begun in user.open.items():
            could[rule].append(Could(user.login, begun, None))
    return could, {id: user.login for id, user in held.items()}


def _take(held: dict[UUID, _Held], recorded: RecordedEvent) -> None:
    """One event of a user; one that cannot be read changes nothing here."""
    match event_of(recorded):
        case User.Registered(login=login):
            held[recorded.originator_id] = _Held(login)
        case User.RoleGranted(role=role):
            held[recorded.originator_id].roles.add(Role(role))
        case User.RoleRevoked(role=role):
            held[recorded.originator_id].roles.discard(Role(role))
        case User.Deactivated():
            held[recorded.originator_id].is_active = False
        case User.Reactivated():
            held[recorded.originator_id].is_active = True


class _Pairing:
    """Who stood behind both duties of a rule, the second after the first, as events come in order."""

    def __init__(self, duties: Duties) -> None:
        self._duties = duties
        self._first, self._second = _commands(duties.first), _commands(duties.second)
        self._firsts: dict[tuple[str, UUID | None], RecordedEvent] = {}
        self.did: list[Did] = []

    def take(self, recorded: RecordedEvent) -> None:
        """The next event."""
        command = recorded.metadata["command"]
        if command not in self._first and command not in self._second:
            return
        for login in _people(recorded):
            whose = login, recorded.originator_id if self._duties.on_one_thing else None
            before = self._firsts.get(whose)
            if command in self._first:
                self._firsts.setdefault(whose, recorded)
            elif before is not None:
                self.did.append(_both(login, before, recorded))


async def _acts(log: EventLog, last: int) -> AsyncIterator[RecordedEvent]:
    """The events of every operation that is one of two duties."""
    both = [each for duties in DUTIES for each in duties.first + duties.second]
    topics = sorted({f"{each.partition('.')[0]}.%" for each in both})
    commands = [msgspec.json.encode({"command": name})[1:-1] for name in _commands(both)]
    for after in range(0, last, AT_ONCE):
        for row in await log.rows(SEARCH, [after, min(after + AT_ONCE, last), topics, commands]):
            yield RecordedEvent(*row)


def _own_roles(users: Iterable[RecordedEvent], logins: Mapping[UUID, str]) -> Iterator[Did]:
    """Whoever stood behind a role of their own."""
    for recorded in users:
        login = logins.get(recorded.originator_id, "")
        if recorded.topic == User.RoleGranted.TOPIC and login in _people(recorded):
            yield _both(login, recorded, recorded)


def _both(login: str, first: RecordedEvent, second: RecordedEvent) -> Did:
    return Did(
        login=login,
        first_command=str(first.metadata.get("command")),
        first_position=first.position,
        first_thing=first.originator_id,
        second_command=str(second.metadata.get("command")),
        second_position=second.position,
        second_thing=second.originator_id,
        at=second.recorded_at,
    )


def _people(recorded: RecordedEvent) -> list[str]:
    """Everybody who stood behind it: whoever acted, on whose behalf, and behind which policies."""
    told = recorded.metadata
    named = (told.get("actor"), told.get("on_behalf_of"), *(told.get("behind") or ()))
    return [str(each) for each in dict.fromkeys(named) if each and each not in SYSTEM_ACTORS]


def _commands(operations: Sequence[str]) -> list[str]:
    """The names of their commands, as events bear them: `quoting.draft_quote` is `DraftQuote`."""
    return ["".join(word.capitalize() for word in each.partition(".")[2].split("_")) for each in operations]
