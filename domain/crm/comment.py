"""Comments: what colleagues say to each other about a deal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.crm.subject import Subject
from domain.shared.aggregate import Aggregate, Event
from domain.shared.assignment import Assignment
from domain.shared.personal import Profile
from domain.shared.refusal import Invalid, Refusal


class OnlyItsAuthor(Refusal):
    """Only who wrote a comment edits or retracts it."""


class NotMentioned(Refusal):
    """Nobody of that name is mentioned here."""


class Comment(Aggregate):
    """One remark; earlier wordings stay in its history."""

    ACTIONS = {"written": ("edit", "retract", "read_mention"), "retracted": ()}

    subject: Subject
    author: str
    body: str

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.mentions: tuple[str, ...] = ()
        self.read_by: set[str] = set()

    class Written(Event):
        subject: Subject
        author: str
        body: Profile
        mentions: tuple[str, ...]

        def apply(self, comment: Comment) -> None:
            comment.state, comment.subject, comment.author = "written", self.subject, self.author
            comment.body, comment.mentions = self.body, self.mentions

    class Edited(Event):
        body: Profile
        mentions: tuple[str, ...]

        def apply(self, comment: Comment) -> None:
            comment.body, comment.mentions = self.body, self.mentions
            comment.read_by &= set(self.mentions)

    class Retracted(Event):
        def apply(self, comment: Comment) -> None:
            comment.state, comment.body = "retracted", ""

    class MentionRead(Event):
        reader: str

        def apply(self, comment: Comment) -> None:
            comment.read_by.add(self.reader)

    def assignment(self) -> Assignment:
        """Theirs who say it, to whom it is said, and who have what it is about."""
        return Assignment(owners=(self.author, *self.mentions), follows=(self.subject.kind, self.subject.id))

    def write(self, subject: Subject, body: str, mentions: Sequence[str], author: str, at: datetime) -> None:
        """Say something, and to whom."""
        self.record(
            self.Written, at, subject=subject, author=author, body=body, mentions=tuple(dict.fromkeys(mentions))
        )

    def edit(self, body: str, mentions: Sequence[str], actor: str, at: datetime) -> None:
        """Say it otherwise. Who is still mentioned, and has read it, is not asked again."""
        self._require_author("edit", actor)
        self.record(self.Edited, at, body=body, mentions=tuple(dict.fromkeys(mentions)))

    def retract(self, actor: str, at: datetime) -> None:
        """Take it back."""
        self._require_author("retract", actor)
        self.record(self.Retracted, at)

    def read_mention(self, reader: str, at: datetime) -> None:
        """Who is mentioned has seen it."""
        self.require("read_mention")
        if reader not in self.mentions:
            raise NotMentioned
        if reader in self.read_by:
            raise Invalid("It was read before.")
        self.record(self.MentionRead, at, reader=reader)

    def _require_author(self, action: str, actor: str) -> None:
        self.require(action)
        if actor != self.author:
            raise OnlyItsAuthor(f"It is {self.author}'s.")
