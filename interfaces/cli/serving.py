"""Commands that run the service: everything at once, or one process alone."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import Annotated, Any

import typer

from infrastructure import logs
from infrastructure.collecting import collect_seldom
from infrastructure.migrate import migrate, refuse_another_form
from infrastructure.safety import refuse_unsafe, unsafe
from infrastructure.servers.lifeline import stop_with_parent
from infrastructure.servers.places import own_folder, state_directory
from infrastructure.servers.port import address, listen
from infrastructure.servers.provided import database, holds_nothing, kept_database, kept_valkey
from infrastructure.servers.supervisor import TICK_SECONDS, Stop, Supervisor
from infrastructure.settings import Settings
from infrastructure.users import FIRST, demo_users, first_administrator
from interfaces.cli import RUN
from interfaces.cli._console import console, tell_of_misspelled_settings

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2, the oldest that is spoken: forward secret and authenticated. TLS 1.3 knows no others."""
WithParent = Annotated[bool, typer.Option(hidden=True, help="Stop when standard input ends.")]


DEMO_USERS = """\
  Demo users    employee-281 to employee-289, who sell; sales-manager, who leads some of them; finance, support, …
  Let one in    q2c user reset-password LOGIN, or q2c user key LOGIN
"""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (serve, api, worker):
        app.command(rich_help_panel=RUN)(command)


def serve(
    sample: Annotated[bool, typer.Option("--sample", help="Load the sample if there is nothing yet.")] = False,
) -> None:
    """Start everything: Postgres and Valkey unless DATABASE_URL and REDIS_URL name some, the API and the worker."""
    settings = Settings()
    tell_of_misspelled_settings()
    if sample:
        for sentence in unsafe(settings):
            print(f"q2c: not safe, for a sample only: {sentence}", file=sys.stderr)
    else:
        refuse_unsafe(settings)
    listen(settings).close()
    with Stop().on_signals() as stop:
        ours = [
            name for name, url in (("Postgres", settings.database_url), ("Valkey", settings.redis_url)) if url is None
        ]
        console().print(f"Starting {' and '.join(ours)} …" if ours else "Looking for the database …")
        with kept_database(settings) as (url, keep_database), kept_valkey(settings) as (redis_url, keep_valkey):
            if applied := migrate(url):
                console().print(f"Applied {len(applied)} migration{'s' if len(applied) > 1 else ''}.")
            environment = {"DATABASE_URL": url, "REDIS_URL": redis_url, "Q2C_STATE_DIR": str(own_folder(settings))}
            keep = (keep_database, keep_valkey)
            supervisor = Supervisor(environment, address(settings), keep, settings.tls_certificate)
            try:
                run(supervisor, stop, load=sample and holds_nothing(url), settings=settings)
            finally:
                console().print("Stopping …")
                supervisor.stop()
    console().print("Stopped.")


def run(supervisor: Supervisor, stop: Stop, *, load: bool, settings: Settings) -> None:
    """Bring everything up, say where to look, and keep it running until told to stop."""
    if not supervisor.wait_until_ready(stop):
        return
    if load:
        load_sample(supervisor, stop)
    welcome(supervisor.address, settings)
    if (password := first_administrator(supervisor.environment["DATABASE_URL"])) is not None:
        let_in(password)
    if load:
        demo_users(supervisor.environment["DATABASE_URL"])
        console().print(DEMO_USERS)
    while not stop.wait(TICK_SECONDS):
        supervisor.tend()


def load_sample(supervisor: Supervisor, stop: Stop) -> None:
    """Load the sample as any user would, with `q2c import sample`; the service runs on if that fails."""
    if importlib.util.find_spec("interfaces.cli.importing") is None:
        return
    with subprocess.Popen(
        [sys.executable, "-m", "interfaces.cli", "import", "sample"],
        stdin=subprocess.DEVNULL,
        env=supervisor.environment,
    ) as loading:
        while loading.poll() is None:
            supervisor.tend()
            if stop.wait(TICK_SECONDS):
                loading.terminate()
                break


def welcome(url: str, settings: Settings) -> None:
    """Say where to look, what to try next and how to stop."""
    data = state_directory(settings) if settings.database_url is None else "in the database that DATABASE_URL names"
    console().print(
        f"""
[bold]Quote to Cash is ready.[/bold]

  API      {url}
  OpenAPI  {url}/docs
  Try      q2c user add YOU --role sales_operations
  Data     {data}
  Stop     Ctrl-C
""",
        soft_wrap=True,
    )


def let_in(password: str) -> None:
    """Say how the first user gets in; said once, and kept nowhere."""
    console().print(
        f"""\
  First user    [bold]{FIRST}[/bold], who may let others in
  Password      [bold]{password}[/bold]  (shown this once; POST /sessions with it and a new_password of your own)
""",
        soft_wrap=True,
    )


def api(*, with_parent: WithParent = False) -> None:
    """Answer REST requests."""
    if with_parent:
        stop_with_parent()
    # Here, since the other commands start faster without it.
    from interfaces.rest.app import create_app
    from interfaces.rest.server import Server

    settings = Settings()
    if not with_parent:  # which has seen to it
        tell_of_misspelled_settings()
        refuse_unsafe(settings)
    logs.configure(settings)
    with listen(settings) as listener, database(settings) as url:
        refuse_another_form(url)
        # No request waits while what stays is searched.
        server = Server(create_app(url), collect_seldom, **transport(settings))
        server.run(sockets=[listener])
        if not server.started:
            sys.exit(1)


def transport(settings: Settings) -> dict[str, Any]:
    """What uvicorn is to know of TLS and of who stands before it."""
    known: dict[str, Any] = {}
    if settings.tls_certificate is not None:
        known |= {"ssl_certfile": settings.tls_certificate, "ssl_keyfile": settings.tls_key, "ssl_ciphers": CIPHERS}
    if settings.proxies is not None:
        known["forwarded_allow_ips"] = settings.proxies
    return known


def worker(*, with_parent: WithParent = False) -> None:
    """Keep read models and policies up to date."""
    if with_parent:
        stop_with_parent()
    from interfaces.worker import main as work

    if not with_parent:
        tell_of_misspelled_settings()
        refuse_unsafe(Settings())
    work()
