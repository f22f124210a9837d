"""Who could do what and when, and which accounts are one person's, as the events of users tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from application.duties import DUTIES
from domain.identity import Role, User
from infrastructure.event_log import RecordedEvent
from infrastructure.history.records import event_of


@dataclass(frozen=True, slots=True)
class Could:
    """Somebody whose roles allowed both, those of all their accounts together, and from when to when."""

    login: str
    since: datetime
    until: datetime | None
    """None: they still do."""


@dataclass(slots=True)
class _Declared:
    """From which position to which another account was said to be the same person's."""

    login: str
    since: int
    until: int | None = None

    def counts_at(self, position: int) -> bool:
        """What is said at last counts for whatever was done before, too."""
        return self.until is None or self.since <= position < self.until


@dataclass(slots=True)
class _Account:
    """A user while the log is read, and since when their person's roles have allowed both duties of each rule."""

    login: str
    roles: set[Role] = field(default_factory=set)
    is_active: bool = True
    open: dict[str, datetime] = field(default_factory=dict)
    declared: list[_Declared] = field(default_factory=list)


class People:
    """Users after all these events."""

    def __init__(self, events: Iterable[RecordedEvent]) -> None:
        self._by_login: dict[str, _Account] = {}
        self._by_id: dict[UUID, _Account] = {}
        self.could: dict[str, list[Could]] = defaultdict(list)
        """By rule."""
        for recorded in events:
            account = self._taken(recorded)
            if account is not None:
                self._judge(account, recorded.recorded_at)
        for account in self._by_login.values():
            for rule, begun in account.open.items():
                self.could[rule].append(Could(account.login, begun, None))

    def login_of(self, user_id: UUID) -> str | None:
        """None where the user's first event cannot be read."""
        account = self._by_id.get(user_id)
        return None if account is None else account.login

    def accounts_of(self, login: str, position: int) -> list[str]:
        """The login, and others of the same person by what is said at last or was said at that position."""
        account = self._by_login.get(login)
        declared = [] if account is None else account.declared
        return list(dict.fromkeys([login, *(one.login for one in declared if one.counts_at(position))]))

    def _taken(self, recorded: RecordedEvent) -> _Account | None:
        """Whose it is, after one more event; one that cannot be read changes nothing here."""
        event, account = event_of(recorded), self._by_id.get(recorded.originator_id)
        if account is None:
            if isinstance(event, User.Registered):
                account = self._by_id[recorded.originator_id] = self._by_login[event.login] = _Account(event.login)
            return account
        match event:
            case User.RoleGranted(role=role):
                account.roles.add(Role(role))
            case User.RoleRevoked(role=role):
                account.roles.discard(Role(role))
            case User.SamePersonDeclared(login=login):
                account.declared.append(_Declared(login, recorded.position))
            case User.SamePersonRetracted(login=login):
                for one in account.declared:
                    if one.login == login and one.until is None:
                        one.until = recorded.position
            case User.Deactivated() | User.Reactivated():
                account.is_active = isinstance(event, User.Reactivated)
        return account

    def _judge(self, changed: _Account, at: datetime) -> None:
        """Whether the roles of their person allow both duties from now on, or no longer."""
        others = [self._by_login.get(one.login) for one in changed.declared if one.until is None]
        accounts = [changed, *(one for one in others if one is not None)]
        roles = {role for account in accounts if account.is_active for role in account.roles}
        for duties in DUTIES:
            for account in accounts:
                may, begun = account.is_active and duties.allowed_by(roles), account.open.get(duties.rule)
                if may and begun is None:
                    account.open[duties.rule] = at
                elif not may and begun is not None:
                    self.could[duties.rule].append(Could(account.login, account.open.pop(duties.rule), at))
