"""The normal forms in which a subject is found: the same of what is stored and of what is asked for."""

from __future__ import annotations

from domain.shared.personal import PersonalData
from projections.support.keys import number_key, phone_keys, words_key


def normal_forms(data: PersonalData, text: str) -> list[str]:
    """Of a name, an e-mail address, a phone number or a VAT number; none where it is none."""
    if data.found_as == "phone":
        return phone_keys(text)
    return [number_key(text) if data.found_as == "vat_id" else words_key(text)]
