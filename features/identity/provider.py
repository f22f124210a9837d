"""A small OpenID Connect provider on loopback, which lies where a test wants it to."""

from __future__ import annotations

import base64
import hashlib
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from features.api import Json, SetClock

CLIENT, SECRET = "q2c", "the secret of the client"


@dataclass
class FakeProvider:
    """Whoever comes is let in at once, as the person that the test has made them."""

    clock: SetClock
    issuer: str = ""
    person: Json = field(default_factory=lambda: {"sub": "4711", "preferred_username": "Ida@example.org"})
    claims: Json = field(default_factory=dict)
    """What is said instead of the truth."""
    sign: Callable[[FakeProvider, Json], str] = lambda provider, claims: provider.signed(claims)
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one"}))
    waiting: dict[str, Json] = field(default_factory=dict)
    """By code, what was asked for."""

    def signed(self, claims: Json, key: ECKey | None = None) -> str:
        """An ID token."""
        return jwt.encode({"alg": "ES256", "kid": "one"}, claims, key or self.key, algorithms=["ES256"])

    def told(self, nonce: str) -> Json:
        """What the ID token says."""
        now = int(self.clock.now().timestamp())
        true = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        claims = {**true, **self.person, **self.claims}
        return {name: value for name, value in claims.items() if value is not None}

    def let_in(self, asked: Json) -> str:
        """Where to send the browser back to."""
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
        code = secrets.token_urlsafe(8)
        self.waiting[code] = asked
        told = {"code": code, "state": asked["state"], "iss": self.issuer}  # RFC 9207; others add more
        return f"{asked['redirect_uri']}?{urlencode(told)}"


def app_of(provider: FakeProvider) -> FastAPI:
    """Its endpoints."""
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    async def description() -> Json:
        paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": provider.issuer} | {name: f"{provider.issuer}/{path}" for name, path in paths.items()}

    @app.get("/keys")
    async def keys() -> Any:
        return KeySet([provider.key]).as_dict(private=False)

    @app.get("/authorize")
    async def authorize(request: Request) -> RedirectResponse:
        return RedirectResponse(provider.let_in(dict(request.query_params)))

    @app.post("/token")
    async def token(request: Request) -> JSONResponse:
        sent = dict(pair.split("=", 1) for pair in (await request.body()).decode().split("&"))
        asked = provider.waiting.pop(sent["code"], None)
        if asked is None or not is_proven(asked, sent, request.headers["authorization"]):
            return JSONResponse({"error": "invalid_grant"}, 400)
        id_token = provider.sign(provider, provider.told(asked["nonce"]))
        return JSONResponse({"access_token": "none", "token_type": "Bearer", "id_token": id_token})

    return app


def is_proven(asked: Json, sent: Json, authorization: str) -> bool:
    """Whether it is the client, and the one that has asked (RFC 7636)."""
    verified = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).decode().rstrip("=")
    basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
    return asked["code_challenge"] == verified and authorization == f"Basic {basic}"


@contextmanager
def running(provider: FakeProvider) -> Iterator[FakeProvider]:
    """Listens before it serves, so that nobody has to wait for it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        provider.issuer = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(app_of(provider), log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield provider
        finally:
            server.should_exit = True
            thread.join()
