"""Segregation of duties, looked back upon: who could have done both of two duties, and who did.

It is judged on the log: roles as they were granted and taken back, and everybody who stood behind what was done, by
themselves, on somebody's behalf or behind a policy's doing. Which operations a role allows is today's table. Accounts
are one person's where they are declared so at the end of the span, whatever was done before, or were when either of the
two was done.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from application.duties import DUTIES, OWN_ROLE, Duties
from domain.identity import SYSTEM_ACTORS, User
from infrastructure.event_log import EventLog, RecordedEvent
from infrastructure.history.people import Could, People
from infrastructure.points import check_order

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
class Did:
    """Somebody who stood behind both."""

    login: str
    """Of the account by which the second was done, or in whose name."""
    first_login: str
    """Of the first: the same, or another account of the same person."""
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


async def segregation(log: EventLog, since: datetime | None, until: datetime | None) -> list[Segregation]:
    """Each rule: who could have done both at some time in the span, and who did the second then. Raises
    NotInOrder, DatabaseUnavailable."""
    check_order(since, until)
    last = await log.head() if until is None else await log.position_at(until)
    users = [RecordedEvent(*row) for row in await log.rows(USERS, [last])]
    people = People(users)
    pairings = {duties.rule: _Pairing(duties, people) for duties in DUTIES}
    async for recorded in _acts(log, last):
        for pairing in pairings.values():
            pairing.take(recorded)
    found = [
        Segregation(duties.rule, duties.applies, people.could[duties.rule], pairings[duties.rule].did)
        for duties in DUTIES
    ]
    found.append(Segregation(OWN_ROLE, True, [], list(_own_roles(users, people))))
    return [_within(each, since) for each in found]


def _within(found: Segregation, since: datetime | None) -> Segregation:
    if since is None:
        return found
    could = [each for each in found.could if each.until is None or each.until >= since]
    return Segregation(found.rule, found.applies, could, [each for each in found.did if each.at >= since])


@dataclass(frozen=True, slots=True)
class _Act:
    """What was done by an account, or in its name."""

    login: str
    recorded: RecordedEvent


class _Pairing:
    """Who stood behind both duties of a rule, the second after the first, as events come in order."""

    def __init__(self, duties: Duties, people: People) -> None:
        self._duties, self._people = duties, people
        self._first, self._second = _commands(duties.first), _commands(duties.second)
        self._firsts: dict[tuple[str, UUID | None], _Act] = {}
        self.did: list[Did] = []

    def take(self, recorded: RecordedEvent) -> None:
        """The next event."""
        command = recorded.metadata["command"]
        if command not in self._first and command not in self._second:
            return
        thing = recorded.originator_id if self._duties.on_one_thing else None
        for login in _named(recorded):
            act = _Act(login, recorded)
            theirs = [(account, thing) for account in self._people.accounts_of(login, recorded.position)]
            if command in self._first:
                for each in theirs:
                    self._firsts.setdefault(each, act)
            elif before := [self._firsts[each] for each in theirs if each in self._firsts]:
                self.did.append(_both(before[0], act))


async def _acts(log: EventLog, last: int) -> AsyncIterator[RecordedEvent]:
    """The events of every operation that is one of two duties."""
    both = [each for duties in DUTIES for each in duties.first + duties.second]
    topics = sorted({f"{each.partition('.')[0]}.%" for each in both})
    commands = [msgspec.json.encode({"command": name})[1:-1] for name in _commands(both)]
    for after in range(0, last, AT_ONCE):
        for row in await log.rows(SEARCH, [after, min(after + AT_ONCE, last), topics, commands]):
            yield RecordedEvent(*row)


def _own_roles(users: Iterable[RecordedEvent], people: People) -> Iterator[Did]:
    """Whoever stood behind a role of their own."""
    for recorded in users:
        login = people.login_of(recorded.originator_id)
        if login is None or recorded.topic != User.RoleGranted.TOPIC:
            continue
        accounts = people.accounts_of(login, recorded.position)
        by = next((each for each in _named(recorded) if each in accounts), None)
        if by is not None:
            yield _both(_Act(by, recorded), _Act(login, recorded))


def _both(first_act: _Act, second_act: _Act) -> Did:
    first, second = first_act.recorded, second_act.recorded
    return Did(
        login=second_act.login,
        first_login=first_act.login,
        first_command=str(first.metadata.get("command")),
        first_position=first.position,
        first_thing=first.originator_id,
        second_command=str(second.metadata.get("command")),
        second_position=second.position,
        second_thing=second.originator_id,
        at=second.recorded_at,
    )


def _named(recorded: RecordedEvent) -> list[str]:
    """Everybody who stood behind it: whoever acted, on whose behalf, and behind which policies."""
    told = recorded.metadata
    named = (told.get("actor"), told.get("on_behalf_of"), *(told.get("behind") or ()))
    return [str(each) for each in dict.fromkeys(named) if each and each not in SYSTEM_ACTORS]


def _commands(operations: Sequence[str]) -> list[str]:
    """The names of their commands, as events bear them: `quoting.draft_quote` is `DraftQuote`."""
    return ["".join(word.capitalize() for word in each.partition(".")[2].split("_")) for each in operations]
