"""Signing in at a provider (OpenID Connect Core 1.0): the authorization code flow with PKCE, state and nonce."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from httpx import AsyncClient, HTTPError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from domain.identity import Role
from infrastructure.clock import Clock
from infrastructure.credentials.provider import Person, ProviderRefused, ProviderUnavailable
from infrastructure.credentials.rows import Rows, digest
from infrastructure.group_roles import roles_of
from infrastructure.settings import Settings

PATIENCE = 5.0
"""Seconds that the provider has for each answer."""
LEEWAY = 60
"""Seconds by which its clock may differ from ours."""
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""What its tokens are signed with: no algorithm whose key is a secret that we share, and never none."""
GROUPS = "groups"

BEGIN = b"""
    INSERT INTO credentials.oidc_requests (hash, nonce, verifier, expires_at)
    VALUES (%s, %s, %s, clock_timestamp() + interval '10 minutes')"""
BYGONE = b"DELETE FROM credentials.oidc_requests WHERE expires_at <= clock_timestamp()"
FINISH = b"""
    DELETE FROM credentials.oidc_requests WHERE hash = %s AND expires_at > clock_timestamp()
    RETURNING nonce, verifier"""


class OpenIdProvider:
    """The provider that the settings name."""

    def __init__(self, rows: Rows, clock: Clock, settings: Settings) -> None:
        self._rows, self._clock = rows, clock
        self.issuer = settings.oidc_issuer or ""
        self._client_id = settings.oidc_client_id or ""
        self._redirect_uri, self._scope = settings.oidc_redirect_uri, settings.oidc_scope
        assert settings.oidc_client_secret_file is not None
        self._secret = settings.oidc_client_secret_file.read_text().strip()
        self.roles = roles_of(settings.oidc_roles)

    async def begin(self) -> tuple[str, str]:
        """Where to send the browser, and the state with which it comes back. Raises ProviderUnavailable."""
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        endpoint = (await self._described())["authorization_endpoint"]
        async with self._client() as client:
            uri, _ = client.create_authorization_url(endpoint, state=state, nonce=nonce, code_verifier=verifier)
        async with self._rows.together() as connection:
            await connection.execute(BYGONE)
            await connection.execute(BEGIN, [digest(state), nonce, verifier])
        return uri, state

    async def finish(self, state: str, code: str) -> Person:
        """Who came back with them, once. Raises ProviderRefused, ProviderUnavailable."""
        row = await self._rows.one(FINISH, [digest(state)])
        if row is None:
            raise ProviderRefused
        nonce, verifier = row
        described = await self._described()
        try:
            async with self._client() as client:
                token = await client.fetch_token(described["token_endpoint"], code=code, code_verifier=verifier)
            keys = KeySet.import_key_set(await _got(described["jwks_uri"]))
            return self._person(str(token.get("id_token", "")), keys, nonce)
        except HTTPError:
            raise ProviderUnavailable from None
        except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError):
            raise ProviderRefused from None

    def roles_of(self, person: Person) -> frozenset[Role]:
        """What their groups make of them."""
        return frozenset(role for group, role in self.roles if group in person.groups)

    def _person(self, id_token: str, keys: KeySet, nonce: str) -> Person:
        """As OpenID Connect Core 3.1.3.7 asks for. Raises JoseError, KeyError, ValueError."""
        claims = jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims
        now = int(self._clock.now().timestamp())
        jwt.JWTClaimsRegistry(
            now,
            LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self._client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
        if claims.get("azp", self._client_id) != self._client_id:
            raise ValueError("for another client")
        groups = claims.get(GROUPS, [])
        login = str(claims.get("preferred_username", "")).partition("@")[0].lower()
        return Person(str(claims["sub"]), login, frozenset(map(str, groups if isinstance(groups, list) else ())))

    async def _described(self) -> Mapping[str, Any]:
        """What the provider says of itself, where it says so."""
        try:
            described: Mapping[str, Any] = await _got(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        except (HTTPError, ValueError):
            raise ProviderUnavailable from None
        if described.get("issuer") != self.issuer:
            raise ProviderRefused
        return described

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self._client_id,
            self._secret,
            scope=self._scope,
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=PATIENCE,
        )


async def _got(uri: str) -> Any:
    async with AsyncClient(timeout=PATIENCE) as client:
        return (await client.get(uri)).raise_for_status().json()
