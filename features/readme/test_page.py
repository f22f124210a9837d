"""What the README points to is there."""

from __future__ import annotations

import re

from features.api import Api
from features.house import disk
from features.readme import page
from infrastructure.projecting import read_models


def test_every_link_leads_somewhere() -> None:
    elsewhere = {link for link in page.links() if not link.startswith(("#", "http://127.0.0.1"))}
    assert {link for link in elsewhere if not (disk.ROOT / link).exists()} == set()
    within = {link.removeprefix("#") for link in page.links() if link.startswith("#")}
    assert within <= page.headings()


def test_the_page_lists_every_read_model() -> None:
    rows = {name.partition("]")[0].strip("[") for name in disk.first_column(disk.section("read models"))}
    assert rows == set(read_models())


def test_the_page_tells_what_every_metric_means(api: Api) -> None:
    told = {name for row in disk.first_column(disk.section("metrics")) for name in re.findall(r"q2c_\w+", row)}
    metrics = re.findall(r"^# TYPE (q2c_\w+) (?!.*_created)", api.query("/metrics").text, re.MULTILINE)
    assert told == {name for name in metrics if not name.endswith("_created")}


def test_the_expired_quote_is_found_where_the_page_says() -> None:
    names = {
        "features/quoting/quoting.feature": "Scenario: An expired quote cannot be accepted",
        "domain/quoting/quote.py": "def accept(",
        "domain/quoting/offer.py": "class QuoteHasExpired",
        "application/policies.py": "def whenever_quote_accepted_draft_contract_or_place_order",
        "projections/documents/quotes.py": "def quote_accepted",
    }
    assert set(names) <= page.links()
    assert {file for file, name in names.items() if name not in (disk.ROOT / file).read_text()} == set()
