"""VAT numbers: their form and check digits, country by country. Whether one is registered only its registry knows."""

from __future__ import annotations

import re

from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.util import NumberValidationModule, clean, get_cc_module

LONGEST = 40

_EU_PREFIXES = frozenset(prefix.upper() for prefix in eu_vat.MEMBER_STATES) | {"EL", "EU", "IM"}


def checked_vat_number(value: str) -> str | None:
    """The number in its compact form with the country's prefix (BT-31, BT-48), or None where it is not valid.

    Of every country that python-stdnum knows a VAT number of. Greece is EL as in the union's registry (Directive
    2006/112/EC article 215), Northern Ireland XI.
    """
    if len(value) > LONGEST:
        return None
    number = clean(value, " -./:").upper()
    if not re.match(r"[A-Z]{2}", number):
        return None
    try:
        if number[:2] in _EU_PREFIXES:
            return _greek(eu_vat.validate(value))
        return _elsewhere(number)
    except ValidationError:
        return None


def _greek(number: str) -> str:
    return "EL" + number[2:] if number.startswith("GR") else number


def _elsewhere(number: str) -> str | None:
    country = number[:2]
    module: NumberValidationModule | None = get_cc_module(country, "vat")
    if module is None:
        return None
    # Most countries' numbers are written without a prefix; where the prefix is part of the number (CHE…) it stays.
    written_with_prefix = module.is_valid(number) or module.compact(number) != number
    bare = module.validate(number if written_with_prefix else number[2:])
    return bare if bare.startswith(country) else country + bare
