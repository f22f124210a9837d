"""The same endpoint as people write it: FastAPI as it comes over the library as it comes; one that only appends to our
log, without FastAPI; and one that does nothing at all."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from multiprocessing import get_context
from typing import Any, Literal
from uuid import UUID

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, Field
from starlette.types import ASGIApp, Receive, Scope, Send

from infrastructure.collecting import collect_seldom
from infrastructure.event_log import EventLog
from interfaces.benchmark import appending, peer


class NewLamp(BaseModel):
    """The fields of `application.catalogue.RegisterProduct`."""

    sku: str = Field(min_length=1, max_length=50)
    name: str = Field(min_length=1, max_length=500)
    kind: Literal["goods", "service"] = "goods"
    unit_code: str = Field("C62", min_length=1, max_length=50)
    tax_class: str = Field("standard", min_length=1, max_length=50)
    product_line: str = Field("", max_length=500)


class Registered(BaseModel):
    """What the endpoint answers."""

    id: UUID


def registering(database_url: str, clients: int) -> FastAPI:
    """`POST /lamps`, each in a thread of FastAPI's."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with peer.application(database_url, clients) as lamps:
            app.state.lamps = lamps
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/lamps", status_code=201)
    def register(lamp: NewLamp) -> Registered:
        return Registered(id=app.state.lamps.register(**lamp.model_dump()))

    return app


def saving(database_url: str) -> ASGIApp:
    """Whatever is sent, one event is appended to our log, of bytes that are there already: what the server alone, and
    the append, leave of the limit."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        collect_seldom()
        async with EventLog(database_url, name="q2c bench") as log:
            (app.state.save,) = appending.saving(log, 1)
            yield

    app = FastAPI(lifespan=lifespan)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        await receive()
        appended = await app.state.save()
        body = b'{"position":%d}' % appended.position
        length = (b"content-length", b"%d" % len(body))
        await send({"type": "http.response.start", "status": 201, "headers": [length]})
        await send({"type": "http.response.body", "body": body})

    return answer


def echoing() -> FastAPI:
    """`POST /echo`: a JSON body comes back."""
    app = FastAPI()

    @app.post("/echo")
    async def echo(body: dict[str, Any]) -> dict[str, Any]:
        return body

    return app


@contextmanager
def served(make: Callable[..., ASGIApp], *arguments: Any) -> Iterator[str]:
    """What is made of the arguments, in a process of its own, by the server and settings of ours; its address."""
    context = get_context("spawn")
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        process = context.Process(target=_serve, args=(listener, make, arguments), daemon=True)
        process.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            process.terminate()
            process.join()


def _serve(listener: socket.socket, make: Callable[..., ASGIApp], arguments: tuple[Any, ...]) -> None:
    config = uvicorn.Config(
        make(*arguments), loop="uvloop", http="httptools", log_config=None, access_log=False, server_header=False
    )
    uvicorn.Server(config).run(sockets=[listener])
