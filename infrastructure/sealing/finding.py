"""The normal forms in which a subject is found: the same of what is stored and of what is asked for."""

from __future__ import annotations

from projections.support.keys import phone_keys, words_key


def normal_forms(found_as: str, text: str) -> list[str]:
    """Of a name, an e-mail address or a phone number; none where it is none."""
    return phone_keys(text) if found_as == "phone" else [words_key(text)]
