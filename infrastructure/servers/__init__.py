"""Servers that q2c starts for itself when it is not told where one is."""


class ServerError(Exception):
    """Something about a server that only a person can put right; the text says what, and is shown as it stands."""
