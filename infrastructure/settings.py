"""Every setting of the service: its environment variable, type, default and meaning.

`q2c settings` lists them and the README's table repeats them; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "Q2C_"
ALIKE = 0.8
"""How much of two names must be the same for one to be meant by the other, 1 being all of it."""
VALKEY = ("redis://", "rediss://", "unix://")


class Settings(BaseSettings):
    """What the environment decides; an unset or empty variable means the default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True)

    database_url: Annotated[
        SecretStr | None,
        Field(
            validation_alias="DATABASE_URL",
            description="Postgres 16 or newer to use, as its owner; unset: a Postgres of our own is started",
        ),
    ] = None
    redis_url: Annotated[
        SecretStr | None,
        Field(
            validation_alias="REDIS_URL",
            description="Valkey or Redis that API processes count requests in; unset: a Valkey of our own is started",
        ),
    ] = None
    state_dir: Annotated[
        Path | None,
        Field(description="Folder for our own Postgres and keys; unset: ~/.local/state/q2c (XDG_STATE_HOME is heeded)"),
    ] = None
    host: Annotated[str, Field(description="Address that the API listens on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="Port that the API listens on")] = 8000
    tls_certificate: Annotated[
        Path | None, Field(description="Certificate chain in PEM to serve HTTPS with; unset: plain HTTP")
    ] = None
    tls_key: Annotated[Path | None, Field(description="Private key in PEM of that certificate")] = None
    proxies: Annotated[
        str | None,
        Field(
            description="Addresses of the proxies before the API that end TLS, by commas: what their X-Forwarded-For "
            "and X-Forwarded-Proto say counts; unset: there is none"
        ),
    ] = None
    commands_per_minute: Annotated[int, Field(ge=1, description="Commands that one user may give within a minute")] = (
        60_000
    )
    queries_per_minute: Annotated[int, Field(ge=1, description="Queries that one user may ask within a minute")] = (
        60_000
    )
    unsigned_per_minute: Annotated[
        int, Field(ge=1, description="Requests within a minute from one address of those who have not signed in")
    ] = 3_000
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Field(description="Least severe message to log; info also logs every request"),
    ] = "warning"

    log_format: Annotated[
        Literal["auto", "json", "text"],
        Field(description="How to log: auto is text on a terminal, and JSON lines elsewhere"),
    ] = "auto"
    signing_key: Annotated[
        Path | None,
        Field(
            description="Ed25519 key in PEM that signs checkpoints of the log; unset: signing-key.pem in the state "
            "folder, made when it is first needed"
        ),
    ] = None
    checkpoints: Annotated[
        Path | None,
        Field(
            description="File outside the database that checkpoints are published to; unset: one named after the log, "
            "in the state folder"
        ),
    ] = None
    credentials_key: Annotated[
        Path | None,
        Field(
            description="Key of 32 bytes that seals the secrets of authenticators; unset: credentials-key in the state "
            "folder, made when it is first needed"
        ),
    ] = None
    totp_required: Annotated[
        Literal["nobody", "administrators", "staff"],
        Field(
            description="Who may do nothing but enrol an authenticator until they have one; staff: all our own people"
        ),
    ] = "nobody"
    session_idle_minutes: Annotated[
        int, Field(ge=5, le=720, description="Minutes without use after which a session ends, before its twelve hours")
    ] = 60
    secure_cookie: Annotated[
        bool,
        Field(description="Whether the cookie of a session travels over HTTPS only; always so where HTTPS is seen"),
    ] = False
    oidc_issuer: Annotated[
        str | None, Field(description="OpenID Connect provider that our people may sign in at; unset: none")
    ] = None
    oidc_client_id: Annotated[str | None, Field(description="What the provider knows this service by")] = None
    oidc_client_secret_file: Annotated[Path | None, Field(description="File with the secret that goes with it")] = None
    oidc_redirect_uri: Annotated[
        str | None, Field(description="Where the provider sends browsers back to: this service's /oidc/callback")
    ] = None
    oidc_scope: Annotated[str, Field(description="What the provider is asked for")] = "openid profile"
    oidc_roles: Annotated[
        str, Field(description="What members of the provider's groups are here: group=role, separated by commas")
    ] = ""

    key_encryption_key: Annotated[
        Path | None,
        Field(
            description="File of the key that wraps the keys of personal data; unset: one named after the log in the "
            "state folder, made when it is first needed. Back it up apart from the database"
        ),
    ] = None

    @field_validator("redis_url")
    @classmethod
    def _is_of_valkey(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(VALKEY):
            raise ValueError(f"it begins with one of {', '.join(VALKEY)}")
        return url

    @field_validator("oidc_roles")
    @classmethod
    def _are_roles(cls, pairs: str) -> str:
        if pairs:
            # Here, since most commands know no roles, and start faster without.
            from infrastructure.group_roles import roles_of

            roles_of(pairs)
        return pairs

    @model_validator(mode="after")
    def _names_the_whole_provider(self) -> Self:
        needed = ("oidc_client_id", "oidc_client_secret_file", "oidc_redirect_uri")
        missing = [f"{PREFIX}{name}".upper() for name in needed if getattr(self, name) is None]
        if self.oidc_issuer is not None and missing:
            raise ValueError(f"Q2C_OIDC_ISSUER asks for {', '.join(missing)}")
        return self

    def required_database_url(self) -> str:
        """The database to use, where somebody else has started it."""
        if self.database_url is None:
            raise LookupError("DATABASE_URL names no database; `q2c serve` starts one")
        return self.database_url.get_secret_value()


def misspelled(environment: Iterable[str]) -> Iterator[str]:
    """A sentence for each variable that looks like a setting, and is none."""
    known = [setting.variable for setting in listed(Settings())]
    for name in sorted(name for name in environment if name.startswith(PREFIX) and name not in known):
        meant = "".join(f", perhaps {other} is meant" for other in get_close_matches(name, known, 1, ALIKE))
        yield f"{name} is no setting and does nothing{meant}; `q2c settings` lists them"


@dataclass(frozen=True)
class Setting:
    """One line of `q2c settings`."""

    variable: str
    default: str
    value: str
    meaning: str


def listed(settings: Settings) -> list[Setting]:
    """All settings with their present values, secrets masked."""
    return [
        Setting(
            variable=str(field.validation_alias or f"{PREFIX}{name}".upper()),
            default="" if field.default is None else str(field.default),
            value="" if getattr(settings, name) is None else str(getattr(settings, name)),
            meaning=field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]
