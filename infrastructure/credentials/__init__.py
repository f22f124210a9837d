"""What proves who somebody is: passwords, sessions and keys."""

from infrastructure.credentials.store import (
    Credentials,
    Issued,
    PasswordMustBeChanged,
    PasswordTooWeak,
    SignInRefused,
    TokenRefused,
    TooManyAttempts,
)

__all__ = [
    "Credentials",
    "Issued",
    "PasswordMustBeChanged",
    "PasswordTooWeak",
    "SignInRefused",
    "TokenRefused",
    "TooManyAttempts",
]
