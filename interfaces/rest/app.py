"""The REST interface: commands and queries put together over one process's system."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager
from functools import partial
from types import ModuleType
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.types import ASGIApp

import interfaces.rest.commands
import interfaces.rest.queries
from infrastructure.clock import Clock
from infrastructure.limits import Limits
from infrastructure.logs import REQUEST_ID
from infrastructure.metrics import request_seen
from infrastructure.overview import overview
from infrastructure.settings import Settings
from infrastructure.users import signed_in_at_provider
from infrastructure.wiring import open_system
from interfaces.rest import (
    access_log,
    changes,
    docs,
    health,
    history,
    keys,
    metrics,
    oidc,
    portal_links,
    problems,
    proofs,
    sessions,
    signing_in,
    statuses,
)
from interfaces.rest.access import guard
from interfaces.rest.executing import CommandRoute
from interfaces.rest.front import FrontController
from interfaces.rest.limiting import limited
from interfaces.rest.openapi import describe
from interfaces.rest.routes import only_known
from interfaces.rest.straight import Straight

DESCRIPTION = """Quote to cash: every change is an event, every number can be traced to the events behind it.

Commands are POSTs with an `Idempotency-Key`; changes carry `If-Match` with the `ETag` that a query or an earlier
command gave. A command answers `{id, position}`; a query with `?after=position` sees all its effects. Decimals are
strings.
"""

OF_IDENTITY = (signing_in.router, sessions.router, keys.router, portal_links.router)
PROBES = (health.router, metrics.router, signing_in.asking, keys.asking)
LOOKING = (history.router, access_log.router, changes.router, proofs.router, sessions.asking)
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""FastAPI would look for its receivers with every request. What this process tells is in `infrastructure.metrics`."""


class Api(FastAPI):
    """FastAPI within what every request passes first, the shortest way."""

    def build_middleware_stack(self) -> ASGIApp:
        """Around all of FastAPI's own."""
        return FrontController(Straight(self, super().build_middleware_stack()), request_seen, REQUEST_ID)


def create_app(database_url: str | None = None, clock: Clock | None = None) -> FastAPI:
    """The ASGI application over that database, or the one that the settings name.

    `app.state.origin` is what its next start serves: database and clock.
    """
    app = Api(
        title="Quote to Cash",
        version="1",
        description=DESCRIPTION,
        lifespan=_serve,
        telemetry=NO_TELEMETRY,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # its redirects would bear whatever the header Host says
    )
    app.state.origin = database_url or Settings().required_database_url(), clock
    problems.install(app)
    docs.install(app)
    command_routes = _include_routes(app)

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = describe(app, command_routes)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _serve(app: FastAPI) -> AsyncIterator[None]:
    url, clock = app.state.origin
    settings = app.state.settings = Settings()
    async with open_system(url, "q2c api", clock) as system, aclosing(Limits(settings)) as app.state.limits:
        app.state.system = system
        app.state.application, app.state.clock = system.application, system.clock
        app.state.positions, app.state.readers = system.positions, system.readers
        app.state.credentials, app.state.vault = system.credentials, system.vault
        app.state.access_log = system.access_log
        app.state.signed_in_at_provider = partial(signed_in_at_provider, system)
        app.state.overview = partial(overview, url)
        yield


def _include_routes(app: FastAPI) -> list[CommandRoute]:
    """Everything that may be asked for; answers what takes a command."""
    included: list[tuple[APIRouter, Sequence[int]]]
    included = [(router, statuses.OF_COMMANDS) for router in _routers(interfaces.rest.commands)]
    included += [(router, statuses.OF_SIGNING_IN) for router in OF_IDENTITY]
    included += [(router, statuses.OF_QUERIES) for router in _routers(interfaces.rest.queries)]
    included += [(router, statuses.OF_PROBES) for router in PROBES]
    included += [(router, statuses.OF_QUERIES) for router in LOOKING]
    known = [Depends(limited), Depends(only_known)]
    for router, answered in included:
        app.include_router(guard(router), responses=statuses.responses(answered), dependencies=known)
    # Providers add what they like to the address to which they send somebody back.
    at_provider = statuses.responses(statuses.AT_PROVIDER)
    app.include_router(guard(oidc.router), responses=at_provider, dependencies=[Depends(limited)])
    return [route for router, _ in included for route in router.routes if isinstance(route, CommandRoute)]


def _routers(package: ModuleType) -> Iterator[APIRouter]:
    """Every router of every module of the package: adding a module edits no list."""
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        contents = vars(importlib.import_module(f"{package.__name__}.{module.name}")).values()
        yield from (value for value in contents if isinstance(value, APIRouter))
