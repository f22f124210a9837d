"""What proves who somebody is: passwords, authenticators, sessions and keys."""

from infrastructure.credentials.attempts import TooManyAttempts
from infrastructure.credentials.keys import Key
from infrastructure.credentials.links import LinkRefused
from infrastructure.credentials.provider import Person, Provider, ProviderRefused, ProviderUnavailable
from infrastructure.credentials.sealing import CredentialsKeyMissing
from infrastructure.credentials.store import Credentials, PasswordMustBeChanged, PasswordTooWeak, SignInRefused
from infrastructure.credentials.tokens import Issued, TokenRefused
from infrastructure.credentials.totp import CodeNeeded, CodeRefused

__all__ = [
    "CodeNeeded",
    "CodeRefused",
    "Credentials",
    "CredentialsKeyMissing",
    "Issued",
    "Key",
    "LinkRefused",
    "PasswordMustBeChanged",
    "PasswordTooWeak",
    "Person",
    "Provider",
    "ProviderRefused",
    "ProviderUnavailable",
    "SignInRefused",
    "TokenRefused",
    "TooManyAttempts",
]
