"""Which countries there are, and whose a VAT number is."""

from __future__ import annotations

import pytest

from domain.shared.countries import COUNTRIES, check_country, country_of_vat_id
from domain.shared.refusal import Invalid


def test_a_country_of_the_standard_is_one() -> None:
    assert len(COUNTRIES) == 249 + 1  # ISO 3166-1, and Kosovo
    for country in COUNTRIES:
        check_country(country)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("EL", "GR is meant"),
        ("UK", "GB is meant"),
        ("XX", "such as DE"),
        ("ZZ", "such as DE"),
        ("de", "such as DE"),
        ("DEU", "such as DE"),
        ("", "such as DE"),
    ],
)
def test_what_is_no_country_is_refused(written: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        check_country(written, "/buyer/address/country_code")
    assert refused.value.pointer == "/buyer/address/country_code"


@pytest.mark.parametrize(
    ("vat_id", "country"),
    [("DE136695976", "DE"), ("EL094259216", "GR"), ("XI980780684", "GB"), ("CHE107787577MWST", "CH"), (None, None)],
)
def test_whose_a_number_is(vat_id: str | None, country: str | None) -> None:
    assert country_of_vat_id(vat_id) == country
