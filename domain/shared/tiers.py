"""What a quantity costs: one price for all, volume tiers, graduated tiers, or whole packages."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext
from typing import Literal

from domain.shared.money import EXACT, round_half_up
from domain.shared.refusal import Invalid

PRICE_DECIMALS = 8
PRICE_LIMIT = Decimal(10) ** 15
"""Prices and quantities stay below it, so that no product of theirs outgrows the exact arithmetic."""

Model = Literal["standard", "volume", "graduated", "package"]


@dataclass(frozen=True, slots=True)
class Tier:
    """Quantities above the previous tier's `up_to`, up to and including this one's (open-ended where None)."""

    up_to: Decimal | None
    unit_price: Decimal
    """Per base quantity."""
    flat_amount: Decimal = Decimal(0)
    """Charged once where the tier is reached."""


@dataclass(frozen=True, slots=True)
class Price:
    """A price without its currency. Volume: the one tier that the whole quantity falls in. Graduated: each slice by its
    own tier. Package: every begun package in full."""

    unit_price: Decimal
    """Per base quantity (BT-148); of one package where sold so; where there are tiers, the list price beside them."""
    base_quantity: Decimal = Decimal(1)
    """BT-149."""
    model: Model = "standard"
    tiers: tuple[Tier, ...] = ()
    package_size: Decimal | None = None


def check_price(price: Price, pointer: str = "") -> None:
    """Refuse with `Invalid` what is no price; `pointer` is where the price stands in the command.

    Prices are not negative (BR-27) and carry up to 8 decimals, tiers ascend and the last is open-ended.
    """
    _check_amount(price.unit_price, f"{pointer}/unit_price")
    _check_positive(price.base_quantity, f"{pointer}/base_quantity")
    tiered = price.model in ("volume", "graduated")
    if tiered != bool(price.tiers):
        raise Invalid("Tiers go with the models volume and graduated, at least one each.", pointer=f"{pointer}/tiers")
    if (price.model == "package") != (price.package_size is not None):
        raise Invalid("A package size goes with the model package.", pointer=f"{pointer}/package_size")
    if price.package_size is not None:
        _check_positive(price.package_size, f"{pointer}/package_size")
    below = Decimal(0)
    for place, tier in enumerate(price.tiers):
        at = f"{pointer}/tiers/{place}"
        _check_amount(tier.unit_price, f"{at}/unit_price")
        _check_amount(tier.flat_amount, f"{at}/flat_amount")
        if (tier.up_to is None) != (place == len(price.tiers) - 1):
            raise Invalid("The last tier, and only the last, is open-ended.", pointer=f"{at}/up_to")
        if tier.up_to is not None:
            _check_positive(tier.up_to, f"{at}/up_to")
            if tier.up_to <= below:
                raise Invalid("Tiers ascend.", pointer=f"{at}/up_to")
            below = tier.up_to


def amount_for(price: Price, quantity: Decimal) -> Decimal:
    """The charge for a quantity, exact and unrounded, in major units. A negative quantity is the mirror image.

    A quantity of zero falls in the first tier and bears its flat amount.
    """
    if quantity < 0:
        return -amount_for(price, -quantity)
    with localcontext(EXACT):
        if price.model == "package":
            packages = (quantity / (price.package_size or 1)).to_integral_value(ROUND_CEILING)
            return packages * price.unit_price
        if price.model == "graduated":
            return _graduated(price, quantity)
        if price.model == "volume":
            tier = tier_for(price, quantity)
            return quantity * tier.unit_price / price.base_quantity + tier.flat_amount
        return quantity * price.unit_price / price.base_quantity


def unit_price_for(price: Price, quantity: Decimal) -> tuple[Decimal, Tier | None]:
    """The unit price per base quantity that this quantity comes to, and the tier that it reached (None without tiers).

    Where it is an average (graduated, package, flat amounts) it is rounded to 8 decimals, half away from zero.
    """
    tier = tier_for(price, abs(quantity)) if price.tiers else None
    if price.model == "standard" or not quantity:
        return (tier or price).unit_price, tier
    if price.model == "volume" and tier and not tier.flat_amount:
        return tier.unit_price, tier
    with localcontext(EXACT):
        average = amount_for(price, quantity) * price.base_quantity / quantity
        return round_half_up(average, PRICE_DECIMALS), tier


def tier_for(price: Price, quantity: Decimal) -> Tier:
    """The tier that a quantity reaches, of a price with tiers."""
    return next((tier for tier in price.tiers if tier.up_to is None or quantity <= tier.up_to), price.tiers[-1])


def _graduated(price: Price, quantity: Decimal) -> Decimal:
    charge, below = Decimal(0), Decimal(0)
    for tier in price.tiers:
        top = quantity if tier.up_to is None else min(quantity, tier.up_to)
        charge += (top - below) * tier.unit_price / price.base_quantity + tier.flat_amount
        if top == quantity:
            break
        below = top
    return charge


def _check_amount(value: Decimal, pointer: str) -> None:
    if not (value.is_finite() and 0 <= value < PRICE_LIMIT):
        raise Invalid("A price is not negative and below 10^15.", pointer=pointer)
    if round_half_up(value, PRICE_DECIMALS) != value:
        raise Invalid("A price has at most 8 decimals.", pointer=pointer)


def _check_positive(value: Decimal, pointer: str) -> None:
    if not (value.is_finite() and 0 < value < PRICE_LIMIT):
        raise Invalid("A quantity is positive and below 10^15.", pointer=pointer)
