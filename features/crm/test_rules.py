"""Rules of paths and opportunities that hold whatever happens, in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from operator import methodcaller
from typing import get_args
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.crm import PRESET, PRESET_NAME, ForecastCategory, Opportunity, Prospect, Stage, check_path
from domain.crm.stage_path import StagePathIsNotSound, won_place
from domain.shared.refusal import Refusal

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ID = UUID(int=1)
QUOTES = [uuid5(ID, f"quote {number}") for number in range(3)]
ORDERS = [uuid5(ID, f"order {number}") for number in range(2)]
WON = won_place(PRESET)

ACTS: dict[str, Callable[[Opportunity], None]] = {
    **{f"move to {stage.name}": methodcaller("move", stage.name, (), AT) for stage in PRESET},
    **{f"attach {quote}": methodcaller("attach_quote", quote, ID, AT) for quote in QUOTES},
    **{f"choose {quote}": methodcaller("choose_primary_quote", quote, AT) for quote in QUOTES},
    **{f"order {order}": methodcaller("win_by_order", order, AT) for order in ORDERS},
    **{f"cancel {order}": methodcaller("lose_order", order, AT) for order in ORDERS},
    "sent": methodcaller("reach", "quote_sent", QUOTES[0], AT),
    "accepted": methodcaller("reach", "quote_accepted", QUOTES[0], AT),
    "win": methodcaller("win", AT),
    "lose": methodcaller("lose", "price", None, AT),
    "abandon": methodcaller("abandon", "no budget", AT),
    "reopen": methodcaller("reopen", None, AT),
    "assign": methodcaller("assign_owner", "bob", AT),
}


def opened() -> Opportunity:
    opportunity = Opportunity(ID)
    prospect = Prospect(name="Lamps", customer_id=None, close_date=None, estimate=None, product_interest="", source="")
    opportunity.open(prospect, AT, number="OP-1", owner="ann", path_name=PRESET_NAME, path=PRESET)
    return opportunity


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=30))
def test_an_opportunity_is_beyond_the_win_just_when_it_is_won(acts: list[str]) -> None:
    opportunity = opened()
    for act in acts:
        before, place = opportunity.version, PRESET.index(opportunity.stage)
        try:
            ACTS[act](opportunity)
        except Refusal:
            assert opportunity.version == before
        after = PRESET.index(opportunity.stage)
        assert (after >= WON) == (opportunity.state == "won") == (opportunity.stage.forecast_category == "closed")
        assert act not in ("sent", "accepted") or after >= place
        assert opportunity.primary_quote_id in {None, *opportunity.quotes}
    replayed = Opportunity.replay(ID, opportunity.pending)
    assert {**vars(replayed), "pending": []} == {**vars(opportunity), "pending": []}


@pytest.mark.parametrize("first", [True, False])
def test_only_the_cancellation_of_the_last_order_reverses_the_win(first: bool) -> None:
    opportunity = opened()
    opportunity.move("advance", (), AT)
    for number in ORDERS:
        opportunity.win_by_order(number, AT)
    one, other = ORDERS if first else reversed(ORDERS)
    opportunity.lose_order(one, AT)
    assert opportunity.state == "won"
    opportunity.lose_order(other, AT)
    assert (opportunity.state, opportunity.stage.name) == ("open", "advance")


@given(
    st.lists(
        st.builds(
            Stage,
            name=st.sampled_from("abcde"),
            forecast_category=st.sampled_from(get_args(ForecastCategory)),
            probability=st.sampled_from([Decimal(0), Decimal(50), Decimal(100)]),
            reached_by=st.sampled_from([None, None, "quote_sent", "won"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_path_that_is_taken_has_a_category_for_each_stage_and_one_win(stages: list[Stage]) -> None:
    try:
        check_path(stages)
    except StagePathIsNotSound:
        return
    won = won_place(stages)
    assert won > 0
    assert [stage.forecast_category == "closed" for stage in stages] == [place >= won for place in range(len(stages))]
    assert len({stage.name for stage in stages}) == len(stages)


def test_the_preset_is_sound() -> None:
    check_path(PRESET)
    with pytest.raises(StagePathIsNotSound):
        check_path(PRESET[:WON])
