"""products.csv: what is sold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from application.catalogue import ChangeProduct, RegisterProduct
from domain.catalogue import Product
from interfaces.importing.csv_files.desk import ORIGIN, Desk
from interfaces.importing.csv_files.forms import Column, Form, one_of, optional
from interfaces.importing.office import at_once
from interfaces.importing.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRecord:
    """A row; what is None is not said."""

    row: Row
    sku: str
    name: str
    unit_code: str | None
    kind: Literal["goods", "service"] | None
    product_line: str | None
    tax_class: str | None


FORM = Form(
    "products",
    ProductRecord,
    {
        "sku": Column(Row.code, "LAMP-1"),
        "name": Column(Row.name, "Desk lamp"),
        "unit_code": optional(Row.code, "C62"),
        "kind": optional(one_of("goods", "service"), "goods"),
        "product_line": optional(Row.name, "Lighting"),
        "tax_class": optional(Row.code, "standard"),
    },
)


async def plan(records: Sequence[ProductRecord], desk: Desk) -> None:
    """Register those that are new, change those that have changed."""

    async def judge(record: ProductRecord) -> None:
        known = await desk.office.owner_of("sku", record.sku)
        if known is None:
            wish = desk.wish(f"product {record.sku}", "register", _registered(record))
            desk.products[record.sku] = ORIGIN.identity(wish.key)
            desk.decide("products", "new")
            desk.plan("products", [record], wish)
            return
        desk.products[record.sku] = known
        product = await desk.existing(Product, known)
        assert product is not None
        _compare(record, product, desk)

    await at_once(desk.unique(records, "sku", lambda record: record.sku), judge)


def _registered(record: ProductRecord) -> RegisterProduct:
    return RegisterProduct(
        sku=record.sku,
        name=record.name,
        kind=record.kind or "goods",
        unit_code=record.unit_code or "C62",
        tax_class=record.tax_class or "standard",
        product_line=record.product_line or "",
    )


def _compare(record: ProductRecord, product: Product, desk: Desk) -> None:
    for column, said, known in (
        ("kind", record.kind, product.kind),
        ("unit_code", record.unit_code, product.unit_code),
    ):
        if said not in (None, known):
            desk.refuse(record, column, f"is {said}; it is known with {known}, which stays")
            return
    command = ChangeProduct(
        name=record.name,
        tax_class=record.tax_class or product.tax_class,
        product_line=product.product_line if record.product_line is None else record.product_line,
    )
    if command == ChangeProduct(name=product.name, tax_class=product.tax_class, product_line=product.product_line):
        desk.decide("products", "known")
    elif "change" not in product.available_actions():
        desk.refuse(record, "sku", f"is {product.state}, and so is not changed")
    else:
        desk.decide("products", "changed")
        subject = f"product {record.sku} at version {product.version}"
        desk.plan("products", [record], desk.wish(subject, "change", command, product.id))
