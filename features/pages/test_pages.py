"""Steps of the pages."""

from __future__ import annotations

from pytest_bdd import given, parsers, scenarios, then

from features.world import Story

scenarios("pages.feature")


def page_of(story: Story) -> str:
    """The page of the story's document."""
    path = f"/invoices/{story.invoice}" if story.invoice else f"/quotes/{story.quote}"
    response = story.world.api.query(f"{path}/page")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return response.text


@given("a customer whose name is markup")
def customer_named_markup(story: Story) -> None:
    body = {"name": "<script>alert(1)</script>", "address": {"country_code": "DE"}}
    story.world.customer = story.world.api.done("/customers", body).id


@then(parsers.parse('its page shows "{a}", "{b}", "{c}" and "{d}"'))
def shows(story: Story, a: str, b: str, c: str, d: str) -> None:
    page = page_of(story)
    assert [text for text in (a, b, c, d) if text not in page] == []


@then("the page of their quote shows it as text")
def shows_text(story: Story) -> None:
    story.quote = story.world.sent_quote()
    page = page_of(story)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page
