"""The countries that there are: ISO 3166-1 alpha-2, and which VAT number belongs to which."""

from __future__ import annotations

from domain.shared.refusal import Invalid

COUNTRIES = frozenset(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK".split()
)
"""ISO 3166-1, and XK, which the union and most banks use for Kosovo."""

_MEANT = {"EL": "GR", "UK": "GB", "XI": "GB"}
"""What VAT numbers begin with, and people write, for countries of another code."""


def check_country(country_code: str, pointer: str = "/address/country_code") -> None:
    """Refuse what is no country."""
    if country_code in COUNTRIES:
        return
    meant = f": {_MEANT[country_code]} is meant" if country_code in _MEANT else ", two capital letters such as DE"
    raise Invalid(f"A country is an ISO 3166-1 code{meant}.", pointer=pointer)


def country_of_vat_id(vat_id: str | None) -> str | None:
    """Which country has given a VAT number in its normal form."""
    return None if vat_id is None else _MEANT.get(vat_id[:2], vat_id[:2])
