"""Steps for activities and comments."""

from __future__ import annotations

from uuid import uuid4

from pytest_bdd import parsers, scenarios, then, when

from features.api import Json
from features.crm.conftest import Pursuit, same

scenarios("collaboration.feature")


@when(parsers.parse('"{summary}" is planned for "{owner}" by {day}'))
def _(pursuit: Pursuit, summary: str, owner: str, day: str) -> None:
    body = {"kind": "task", "subject": _subject(pursuit), "summary": summary, "owner": owner, "due_date": day}
    pursuit.activity = pursuit.story.world.api.done("/activities/planned", body).id


@when(parsers.parse('it is completed with "{outcome}"'))
def _(pursuit: Pursuit, outcome: str) -> None:
    pursuit.story.world.api.done(f"/activities/{pursuit.activity}/complete", {"outcome": outcome})


@when(parsers.parse('"{author}" comments "{body}" and mentions "{name}"'))
def _(pursuit: Pursuit, author: str, body: str, name: str) -> None:
    _comment(pursuit, author, _subject(pursuit), body, [name])


@when(parsers.parse('"{author}" comments "{body}" on the quote'))
def _(pursuit: Pursuit, author: str, body: str) -> None:
    _comment(pursuit, author, {"kind": "quote", "id": pursuit.quotes[-1]}, body, [])


@when(parsers.parse('"{author}" comments on an order that does not exist'))
def _(pursuit: Pursuit, author: str) -> None:
    subject = {"kind": "order", "id": str(uuid4())}
    pursuit.story.tries("/comments", {"subject": subject, "body": "Where?"}, As=author)


@when(parsers.parse('"{actor}" marks the mention as read'))
def _(pursuit: Pursuit, actor: str) -> None:
    _on_comment(pursuit, actor, "read-mention")


@when(parsers.parse('"{actor}" edits the comment to "{body}"'))
def _(pursuit: Pursuit, actor: str, body: str) -> None:
    _on_comment(pursuit, actor, "edit", {"body": body})


@when(parsers.parse('"{actor}" retracts the comment'))
def _(pursuit: Pursuit, actor: str) -> None:
    _on_comment(pursuit, actor, "retract")


@then(parsers.re(r'"(?P<owner>.*)" has the task "(?P<summary>.*)", which is (?P<overdue>(not )?overdue)'))
def _(pursuit: Pursuit, owner: str, summary: str, overdue: str) -> None:
    (task,) = _work(pursuit, owner)["tasks"]
    assert (task["summary"], task["overdue"], task["subject_id"]) == (summary, overdue == "overdue", pursuit.id)


@then(parsers.parse('"{owner}" has no task'))
def _(pursuit: Pursuit, owner: str) -> None:
    assert _work(pursuit, owner)["tasks"] == []


@then(parsers.parse('"{name}" is mentioned in "{body}"'))
def _(pursuit: Pursuit, name: str, body: str) -> None:
    (mention,) = _work(pursuit, name)["mentions"]
    assert (mention["body"], mention["author"], mention["subject_id"]) == (body, "ann", pursuit.id)


@then(parsers.parse('"{name}" is mentioned in nothing'))
def _(pursuit: Pursuit, name: str) -> None:
    assert _work(pursuit, name)["mentions"] == []


@then("the deal's activities are")
def _(pursuit: Pursuit, datatable: list[list[str]]) -> None:
    same(pursuit.view()["conversation"]["activities"], datatable)


@then(parsers.re(r'the deal\'s comments are "(?P<bodies>.*)"'))
def _(pursuit: Pursuit, bodies: str) -> None:
    comments = pursuit.view()["conversation"]["comments"]
    assert ", ".join(comment["body"] for comment in comments) == bodies


@then(parsers.parse('the comment\'s history says "{first}", then "{second}", then nothing'))
def _(pursuit: Pursuit, first: str, second: str) -> None:
    entries = pursuit.story.world.api.get(f"/history/{pursuit.comment}")["entries"]
    assert [entry["happened"] for entry in entries] == ["comment written", "comment edited", "comment retracted"]
    bodies = [change["after"] for entry in entries for change in entry["changes"] if change["path"] == "body"]
    assert bodies == [first, second, ""]


def _subject(pursuit: Pursuit) -> Json:
    return {"kind": "opportunity", "id": pursuit.id}


def _comment(pursuit: Pursuit, author: str, subject: Json, body: str, mentions: list[str]) -> None:
    sent = {"subject": subject, "body": body, "mentions": mentions}
    pursuit.comment = pursuit.story.world.api.done("/comments", sent, actor=author).id


def _on_comment(pursuit: Pursuit, actor: str, action: str, body: Json | None = None) -> None:
    pursuit.story.tries(f"/comments/{pursuit.comment}/{action}", body, As=actor)


def _work(pursuit: Pursuit, owner: str) -> Json:
    work: Json = pursuit.story.world.api.get("/pipeline/my-work", owner=owner)
    return work
