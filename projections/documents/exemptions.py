"""Why no tax is due: the words that EN 16931 asks for (BR-AE-10, BR-IC-10, BR-G-10, BR-O-10), and their VATEX codes."""

from __future__ import annotations

from domain.shared.tax import EU_VAT_AREA, Category, Tax

_WORDS: dict[Category, str] = {
    "AE": "Reverse charge",
    "K": "Intra-community supply",
    "G": "Export outside the EU",
    "O": "Not subject to VAT",
}
_CODES: dict[Category, str] = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}


def exemption_of(tax: Tax) -> tuple[str | None, str | None]:
    """BT-120 and BT-121: the reason and its code; sellers outside the union have no code and leave no union."""
    if tax.scheme != "VAT" or tax.jurisdiction[:2] not in EU_VAT_AREA:
        words = "Export" if tax.category == "G" else _WORDS.get(tax.category)
        return tax.exemption_reason or words, None
    return tax.exemption_reason or _WORDS.get(tax.category), _CODES.get(tax.category)
