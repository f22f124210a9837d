"""Who may act: users and their roles, and links by which somebody at a customer does without being one. What proves who
somebody is (passwords, codes, tokens) is no fact of the business and is kept elsewhere."""

from domain.identity.facts import Role
from domain.identity.portal_link import DocumentKind, LinkIsOver, PortalLink
from domain.identity.user import LOGIN, SYSTEM_ACTORS, User

__all__ = [
    "LOGIN",
    "SYSTEM_ACTORS",
    "DocumentKind",
    "LinkIsOver",
    "PortalLink",
    "Role",
    "User",
]
