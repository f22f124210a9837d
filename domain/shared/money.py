"""Exact money: a decimal and an ISO 4217 currency. Nothing here ever touches binary floating point."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import (
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    InvalidOperation,
    Overflow,
    localcontext,
)
from typing import Self

from domain.shared.refusal import Invalid

EXACT = Context(prec=60, traps=[InvalidOperation, DivisionByZero, Overflow, FloatOperation])
"""Enough digits that no product of amounts, prices and rates of this domain is rounded on the way; floats raise."""

CURRENCIES = frozenset(
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC "
    "CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD "
    "KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO "
    "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL "
    "THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG "
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF BHD IQD JOD KWD LYD OMR TND CLF UYW".split()
)
"""ISO 4217, the currencies in circulation and the two units of account with four decimals."""

_MINOR_UNITS = (
    dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0)
    | dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3)
    | {"CLF": 4, "UYW": 4}
)


class CurrencyMismatch(Invalid):
    """Amounts of different currencies cannot be added or compared."""


def minor_units(currency: str) -> int:
    """The decimals of a currency by ISO 4217 (EUR 2, JPY 0, KWD 3). Refuses what is no currency."""
    if currency not in CURRENCIES:
        raise Invalid("A currency is an ISO 4217 code such as EUR.", pointer="/currency")
    return _MINOR_UNITS.get(currency, 2)


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Half away from zero, to so many decimals: the rounding of every step unless another is named."""
    try:
        return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, EXACT)
    except InvalidOperation:
        raise Invalid("An amount is finite and has at most 60 digits.", pointer="/amount") from None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency, in major units. Made by `of` (exact, refused if finer than it) or `rounded`."""

    amount: Decimal
    currency: str

    @classmethod
    def of(cls, amount: Decimal | int | str, currency: str) -> Self:
        """Exactly this amount; refuses more decimals than the currency has."""
        with localcontext(EXACT):
            exact = Decimal(amount)
        rounded = cls.rounded(exact, currency)
        if rounded.amount != exact:
            raise Invalid(f"{currency} has {minor_units(currency)} decimals.", pointer="/amount")
        return rounded

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> Self:
        """The amount rounded half away from zero to the currency's minor unit."""
        return cls(round_half_up(amount, minor_units(currency)), currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in that currency."""
        return cls.rounded(Decimal(0), currency)

    @classmethod
    def smallest(cls, currency: str) -> Self:
        """One minor unit: a cent of the euro, a yen."""
        return cls.rounded(Decimal(1).scaleb(-minor_units(currency)), currency)

    def _same(self, other: Money) -> Decimal:
        if not isinstance(other, Money):
            raise TypeError("money is only added to and compared with money")
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.amount

    def __add__(self, other: Money) -> Money:
        return Money(EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __neg__(self) -> Money:
        return Money(EXACT.minus(self.amount), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def share(self, part: Decimal, whole: Decimal) -> Money:
        """part/whole of it, rounded to the minor unit. Parts that must add up need `allocate` or cumulative shares."""
        with localcontext(EXACT):
            return Money.rounded(self.amount * part / whole, self.currency)

    def allocate(self, weights: Sequence[Decimal | int]) -> list[Money]:
        """Split by weights so that the parts add up to the whole: largest remainder, ties to the earlier part.

        Weights are not negative and not all zero. A negative amount splits as its mirror image.
        """
        exact = [Decimal(weight) for weight in weights]
        if not exact or any(weight < 0 for weight in exact) or not any(exact):
            raise Invalid("Weights are not negative and at least one is positive.")
        places = minor_units(self.currency)
        sign = -1 if self.amount < 0 else 1
        with localcontext(EXACT):
            units = abs(self.amount).scaleb(places)
            if units != units.to_integral_value():
                raise Invalid("Only whole minor units can be split.")
            whole = sum(exact)
            shares = [units * weight / whole for weight in exact]
            floors = [share.to_integral_value(ROUND_FLOOR) for share in shares]
            left = int(units - sum(floors))
            by_remainder = sorted(range(len(exact)), key=lambda part: floors[part] - shares[part])
            for part in by_remainder[:left]:
                floors[part] += 1
            return [Money.rounded((sign * floor).scaleb(-places) + 0, self.currency) for floor in floors]


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The exact sum; zero of that currency where there is nothing to add."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result
