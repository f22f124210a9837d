"""What no single command shows: events that need a story of their own."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import FastAPI

from application.privacy import RecordErasure
from application.unit_of_work import Envelope
from features.rest.shop import Shop

REASON = {"reason": "changed our mind"}


def tell_rarities(shop: Shop) -> None:
    """A deal won twice and lost, a credit limit, prepayments credited, a replacement that cannot be delivered; and
    passwords, authenticators, keys and links that are given and taken back; personal data that
    was erased."""
    _orders_of_an_opportunity(shop)
    _prepayments(shop)
    _credentials(shop)
    _replacement(shop)
    _credit_limit(shop)
    _erasure(shop)


def _orders_of_an_opportunity(shop: Shop) -> None:
    opportunity = shop.opportunity()
    quotes = [shop.sent(opportunity_id=opportunity) for _ in range(2)]
    for quote in quotes:
        shop.world.accept(quote)
    ordered = [one["document_id"] for one in shop.api.get("/orders")["items"][:2]]
    for order in ordered:
        shop.api.done(f"/orders/{order}/cancel", REASON)


def _prepayments(shop: Shop) -> None:
    order = shop.order()
    prepayment = shop.api.done("/invoices/of-prepayment", {"order_id": order, "percent": "30"}).id
    shop.api.done("/credit-notes", {"invoice_id": prepayment, **REASON})
    shop.api.done("/invoices/of-prepayment", {"order_id": order, "percent": "40"})
    shop.api.done(f"/orders/{order}/fulfil")
    invoice = shop.api.get("/invoices")["items"][0]["document_id"]
    shop.api.done("/credit-notes", {"invoice_id": invoice, **REASON})


def _credentials(shop: Shop) -> None:
    shop.api.post(f"/users/{shop.user()}/reset-password", {})
    shop.as_signed_in("/totp/recovery-codes", {"code": shop.recovery_code()})
    shop.api.done(f"/users/{shop.enrolled()}/reset-totp")
    shop.api.done(f"/users/{shop.same_person()}/retract-same-person", REASON)
    name = {"name": shop.key()}
    for path in ("/keys/rotate", "/keys/revoke"):
        shop.as_signed_in(path, name)
    given = shop.given_link()
    shop.api.client.post("/portal-links/open", json={"link": given["link"], "code": given["code"]})
    shop.api.done(f"/portal-links/{given['id']}/revoke")


def _replacement(shop: Shop) -> None:
    rma = shop.arrived()
    shop.api.done(f"/returns/{rma}/inspect", {"settlement": "replacement"})
    order = next(one["document_id"] for one in shop.api.get("/orders")["items"] if one["state"] == "in_fulfilment")
    shop.api.done(f"/orders/{order}/cancel", REASON)


def _credit_limit(shop: Shop) -> None:
    for limit in ("1000000", "1"):
        who = {"seller_id": shop.world.seller, "customer_id": shop.world.customer}
        shop.api.done("/credit-limits", {**who, "limit": limit, "currency": "EUR"}, actor="credit-desk")
        shop.order()


def _erasure(shop: Shop) -> None:
    subject = shop.data_subject()
    shop.api.done(f"/privacy/data-subjects/{subject}/approve-erasure")
    app, portal = shop.api.client.app, shop.api.client.portal
    assert isinstance(app, FastAPI)
    assert portal is not None
    envelope = Envelope(key="an erasure", actor=shop.api.actor, at=shop.api.clock.now())
    command = RecordErasure(keys=("profile 1",), wrapping=1, legal_until=date(2036, 12, 31))
    portal.call(app.state.application.execute, command, envelope, UUID(subject))
