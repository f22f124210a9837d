"""Signing in at a provider: the browser goes there, and comes back with a code."""

from __future__ import annotations

import hmac
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.shared.refusal import NotFound
from interfaces.rest.cookies import cookie_of
from interfaces.rest.requests import BackFromElsewhere
from interfaces.rest.signing_in import Token, goes_over_https, keep_in_browser

router = APIRouter(prefix="/oidc", tags=["identity"])

COOKIE = "q2c_oidc"
"""The state, so that nobody is signed in who has not begun it in the same browser."""
TEN_MINUTES = 600


@router.get("/sign-in", response_class=RedirectResponse)
async def go_to_provider(request: Request) -> RedirectResponse:
    """Go to the provider, and come back from there to `/oidc/callback`."""
    uri, state = await _provider(request).begin()
    response = RedirectResponse(uri)
    # Lax: a browser that comes back from elsewhere sends it.
    secure = goes_over_https(request)
    response.set_cookie(COOKIE, state, TEN_MINUTES, path="/oidc", httponly=True, samesite="lax", secure=secure)
    return response


@router.get("/callback")
async def come_from_provider(
    request: Request,
    response: Response,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=2000)] = "",
) -> Token:
    """A session for whom the provider has sent back; their groups say what they may do."""
    provider = _provider(request)
    if not hmac.compare_digest(state.encode(), (cookie_of(request, COOKIE) or "").encode()):
        raise BackFromElsewhere
    person = await provider.finish(state, code)
    issued = await request.app.state.signed_in_at_provider(provider, person)
    response.delete_cookie(COOKIE, path="/oidc")
    keep_in_browser(response, request, issued.token)
    return Token(issued.token, issued.expires_at)


def _provider(request: Request) -> Any:
    provider = request.app.state.credentials.provider
    if provider is None:
        raise NotFound("People sign in here (POST /sessions), at no provider.")
    return provider
