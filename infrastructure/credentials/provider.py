"""A provider at which people sign in, and what it says of them. `infrastructure.credentials.oidc` speaks with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from domain.identity import Role


class ProviderRefused(Exception):
    """The provider has not let you in, or what it says cannot be believed: begin anew (GET /oidc/sign-in)."""


class ProviderUnavailable(Exception):
    """The provider does not answer."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is, as the provider says."""

    subject: str
    """What the provider knows them by, for ever."""
    login: str
    groups: frozenset[str]


class Provider(Protocol):
    """The provider that the settings name."""

    issuer: str
    roles: tuple[tuple[str, Role], ...]
    """What members of its groups are here."""

    async def begin(self) -> tuple[str, str]:
        """Where to send the browser, and the state with which it comes back. Raises ProviderUnavailable."""

    async def finish(self, state: str, code: str) -> Person:
        """Who came back with them, once. Raises ProviderRefused, ProviderUnavailable."""

    def roles_of(self, person: Person) -> frozenset[Role]:
        """What their groups make of them."""
