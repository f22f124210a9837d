"""A small business to trade in: a German seller, a customer, products and their prices."""

from __future__ import annotations

from dataclasses import dataclass

from httpx2 import Response

from features.api import Answer, Api, Json


@dataclass(slots=True)
class World:
    """Who and what there is; made through the interface."""

    api: Api
    seller: str
    customer: str
    price_book: str
    products: dict[str, str]

    @classmethod
    def made(cls, api: Api) -> World:
        """Seller, customer, two products and a price book."""
        seller, customer = _seller(api), _customer(api)
        products = {
            sku: api.done("/products", {"sku": sku, "name": name, "kind": kind, "product_line": line}).id
            for sku, name, kind, line in (
                ("LAMP", "Desk lamp", "goods", "Lighting"),
                ("CARE", "Maintenance", "service", "Services"),
            )
        }
        book = api.done("/price-books", {"name": "List 2026", "currency": "EUR", "valid_from": "2026-01-01"}).id
        prices = [
            {"product_id": products[sku], "price": {"unit_price": price}, "valid_from": "2026-01-01"}
            for sku, price in (("LAMP", "100.00"), ("CARE", "1200.00"))
        ]
        api.done(f"/price-books/{book}/set-prices", {"prices": prices})
        return cls(api, seller, customer, book, products)

    def quote(self, lines: list[tuple[str, str]] | None = None, **more: object) -> Json:
        """A body to draft a quote with: SKU and quantity of each line."""
        return {
            "seller_id": self.seller,
            "customer_id": self.customer,
            "price_book_id": self.price_book,
            "valid_until": "2026-03-31",
            "lines": [
                {"product_id": self.products[sku], "quantity": quantity} for sku, quantity in (lines or [("LAMP", "3")])
            ],
            **more,
        }

    def sent_quote(self, lines: list[tuple[str, str]] | None = None, **more: object) -> str:
        """A quote that the customer may accept."""
        quote = self.api.done("/quotes", self.quote(lines, **more)).id
        self.api.done(f"/quotes/{quote}/send")
        return quote

    def acceptance(self, quote: str, **more: object) -> Json:
        """A body to accept exactly what was sent."""
        document = self.api.get(f"/quotes/{quote}")["document"]
        return {
            "revision": document["revision"],
            "document_sha256": document["document_sha256"],
            "evidence": {"consent_text": "We order.", "accepted_by": "Ida Müller", "identified_by": "e-mail"},
            **more,
        }

    def accept(self, quote: str, **more: object) -> Answer:
        """The customer accepts."""
        return self.api.done(f"/quotes/{quote}/accept", self.acceptance(quote, **more))

    def alias(self) -> str:
        """A customer that is the same as the customer."""
        body = {"name": "Mueller & Soehne", "address": {"country_code": "DE"}}
        alias = self.api.done("/customers", body).id
        self.api.done(f"/customers/{alias}/merge", {"into": self.customer})
        return alias

    def the_only(self, path: str) -> Json:
        """The one document of a list."""
        (item,) = self.api.get(path)["items"]
        view: Json = self.api.get(f"{path}/{item['document_id']}")
        return view

    def paid_deal(self) -> Json:
        """A deal from quote to paid invoice; the invoice."""
        self.accept(self.sent_quote())
        order = self.the_only("/orders")["document"]["document_id"]
        self.api.done(f"/orders/{order}/fulfil")
        invoice = self.the_only("/invoices")["document"]
        self.pay(invoice["total_amount"], invoice["number"])
        return self.the_only("/invoices")

    def pay(self, amount: str, reference: str = "") -> Answer:
        """Money arrives."""
        body = {
            "seller_id": self.seller,
            "customer_id": self.customer,
            "amount": amount,
            "currency": "EUR",
            "remittance_information": reference,
        }
        return self.api.done("/payments", body)


@dataclass(slots=True)
class Story:
    """One scenario: what it is about, and the last answer."""

    world: World
    quote: str = ""
    contract: str = ""
    order: str = ""
    invoice: str = ""
    payment: str = ""
    rma: str = ""
    """A return."""
    response: Response | None = None

    def tries(self, path: str, body: Json | None = None, **more: str) -> None:
        """A command that may be refused."""
        self.response = self.world.api.post(path, body or {}, **more)

    def problem(self) -> Json:
        """Why the last command was refused."""
        assert self.response is not None
        assert not self.response.is_success, "it was not refused"
        problem: Json = self.response.json()
        return problem

    def document(self, kind: str) -> Json:
        """The quote, contract, order, invoice, payment or credit note of this story as it stands."""
        kind = kind.replace(" ", "-")
        known = getattr(self, kind, "")
        if kind == "payment":
            payment: Json = self.world.api.get(f"/payments/{known}")["payment"]
            return payment
        view = self.world.api.get(f"/{kind}s/{known}") if known else self.world.the_only(f"/{kind}s")
        document: Json = view["document"]
        return document


def _seller(api: Api) -> str:
    address = {"country_code": "DE", "street": "Hafenstr. 1", "city": "Kiel", "post_code": "24103"}
    seller = api.done(
        "/legal-entities",
        {
            "name": "Nordlicht GmbH",
            "address": address,
            "currency": "EUR",
            "time_zone": "Europe/Berlin",
            "series_prefix": "NL",
            "vat_id": "DE136695976",
        },
    ).id
    rates = [{"jurisdiction": "DE", "category": "S", "rate": "19", "valid_from": "2007-01-01"}]
    api.done(f"/legal-entities/{seller}/set-tax-rates", {"tax_rates": rates})
    return seller


def _customer(api: Api) -> str:
    return api.done(
        "/customers",
        {
            "name": "Müller & Söhne KG",
            "address": {"country_code": "DE", "city": "Bremen"},
            "segment": "retail",
            "region": "North",
            "representative": "ann",
        },
    ).id
