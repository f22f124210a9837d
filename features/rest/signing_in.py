"""The same for what proves who somebody is: no story tells it again under the same key, since it is shown once."""

from __future__ import annotations

from collections.abc import Callable

from features.api import Json
from features.rest.shop import PASSWORD, Shop


def _key(shop: Shop) -> tuple[str, Json]:
    shop.sign_in()
    return "", {"name": "test of keys", "days": 1, "roles": ["support"]}


def _session(shop: Shop) -> tuple[str, Json]:
    shop.sign_in()
    (only,) = shop.api.client.get("/sessions", headers=shop.session).json()
    return only["session_id"], {}


def _totp(shop: Shop) -> tuple[str, Json]:
    shop.sign_in()
    return "", {"password": PASSWORD}


def _link(shop: Shop) -> tuple[str, Json]:
    return "", {"document_kind": "quote", "document_id": shop.sent(), "customer_id": shop.world.customer}


def _opening(shop: Shop) -> tuple[str, Json]:
    given = shop.given_link()
    return "", {"link": given["link"], "code": given["code"]}


SIGNING_IN: dict[str, Callable[[Shop], tuple[str, Json]]] = {
    "/sessions": lambda shop: ("", shop.first_password()),
    "/sessions/end": lambda shop: ("", {}),
    "/sessions/{session_id}/end": _session,
    "/users/{user_id}/end-sessions": lambda shop: (shop.sign_in(), {}),
    "/keys": _key,
    "/keys/rotate": lambda shop: ("", {"name": shop.key()}),
    "/keys/revoke": lambda shop: ("", {"name": shop.key()}),
    "/totp": _totp,
    "/totp/confirm": lambda shop: ("", {"code": shop.code()}),
    "/totp/recovery-codes": lambda shop: ("", {"code": shop.recovery_code()}),
    "/portal-links": _link,
    "/portal-links/{link_id}/revoke": lambda shop: (shop.link(), {}),
    "/portal-links/open": _opening,
    "/users/{user_id}/reset-password": lambda shop: (shop.user(), {}),
    "/users/{user_id}/reset-totp": lambda shop: (shop.enrolled(), {}),
}
