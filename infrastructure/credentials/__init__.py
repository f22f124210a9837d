"""What proves who somebody is: passwords, sessions and keys."""

from infrastructure.credentials.store import (
    Credentials,
    Issued,
    Key,
    PasswordMustBeChanged,
    PasswordTooWeak,
    SignInRefused,
    TokenRefused,
    TooManyAttempts,
)

__all__ = [
    "Credentials",
    "Issued",
    "Key",
    "PasswordMustBeChanged",
    "PasswordTooWeak",
    "SignInRefused",
    "TokenRefused",
    "TooManyAttempts",
]
