"""What no network of e-invoices would take is refused when it is written, where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from features.billing.conftest import by_hand
from features.world import Story

AT_HOME = {"country_code": "DE"}
LINE = {"item_name": "Advice", "quantity": "2", "net_price": "80.00"}
PRODUCT = {"sku": "X", "name": "Thing", "kind": "goods"}


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/customers", {"name": " ", "address": AT_HOME}, "/name"),
        ("/customers", {"name": "\u2003\t", "address": AT_HOME}, "/name"),
        ("/customers", {"name": "N", "address": {"country_code": "XX"}}, "/address/country_code"),
        ("/customers", {"name": "N", "address": {"country_code": "UK"}}, "/address/country_code"),
        ("/customers", {"name": "N", "address": AT_HOME, "contacts": [{"name": ""}]}, "/contacts/0/name"),
        (
            "/customers",
            {"name": "N", "address": AT_HOME, "contacts": [{"name": "I", "email": "x"}]},
            "/contacts/0/email",
        ),
        ("/customers/{customer}/add-contact", {"contact": {"name": "I", "email": "i@b c.de"}}, "/contact/email"),
        ("/customers/{customer}/add-contact", {"contact": {"name": "I", "phone": "abc"}}, "/contact/phone"),
        ("/products", {**PRODUCT, "unit_code": "banana"}, "/unit_code"),
        ("/products", {**PRODUCT, "unit_code": "c62"}, "/unit_code"),
        ("/invoices", {"lines": [LINE, {**LINE, "unit_code": "pieces!"}]}, "/lines/1/unit_code"),
    ],
)
def test_what_cannot_be_right_is_refused(story: Story, path: str, body: dict[str, Any], pointer: str) -> None:
    sent = by_hand(story, **body) if path == "/invoices" else body
    story.tries(path.format(customer=story.world.customer), sent)
    assert story.problem()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("contact", [{"name": "I"}, {"name": "I", "email": "i.l@x.example", "phone": "+49 (431) 7-0"}])
def test_what_can_be_is_taken(story: Story, contact: dict[str, str]) -> None:
    story.world.api.done(f"/customers/{story.world.customer}/add-contact", {"contact": contact})
