"""Sealed texts: opened by their key where they stand, and by nothing else; what is personal is declared."""

from __future__ import annotations

import dataclasses
import re
from typing import Annotated, Any, get_args, get_type_hints
from uuid import UUID, uuid4

from hypothesis import assume, given
from hypothesis import strategies as st

from domain.shared.aggregate import Aggregate
from domain.shared.personal import LEGAL, PROFILE, PersonalData, is_sealed, with_personal
from features.privacy.plain import PLAIN
from infrastructure.history import import_domain
from infrastructure.sealing.sealed import PATTERN, KeyName, SubjectKey, key_name

TEXTS = st.text(min_size=1, max_size=200)
KEYS = st.builds(
    lambda subject, kind, version, key: SubjectKey(KeyName(subject, kind, version), key),
    st.uuids(),
    st.sampled_from(("profile", "legal")),
    st.integers(1, 999),
    st.binary(min_size=32, max_size=32),
)


@given(TEXTS, KEYS, st.uuids())
def test_a_sealed_text_is_opened_by_its_key_and_tells_which_that_is(text: str, key: SubjectKey, where: UUID) -> None:
    sealed = key.seal(text, where, "Contact.name")
    found = PATTERN.fullmatch(sealed.encode())
    assert found is not None
    assert is_sealed(sealed)
    assert key_name(found) == key.name
    assert key.open(sealed.encode()) == text
    assert key.seal(text, where, "Contact.name") == sealed


@given(TEXTS, KEYS, st.uuids(), st.data())
def test_nothing_of_it_can_be_changed(text: str, key: SubjectKey, where: UUID, data: st.DataObject) -> None:
    sealed = bytearray(key.seal(text, where, "Contact.name").encode())
    at = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.sampled_from(b"0123456789abcdefXYZ-_:.").filter(lambda byte: byte != sealed[at]))
    changed = bytes(sealed[:at] + bytes([other]) + sealed[at + 1 :])
    # The last character of base 64 may have bits that stand for nothing.
    assert key.open(changed) is None or at == len(sealed) - 1


@given(TEXTS, KEYS, KEYS, st.uuids(), st.uuids())
def test_it_belongs_to_one_subject_class_aggregate_and_field(
    text: str, key: SubjectKey, other: SubjectKey, here: UUID, there: UUID
) -> None:
    assume(key.key != other.key and here != there)
    sealed = key.seal(text, here, "Contact.name")
    assert other.open(sealed.encode()) is None
    moved = {
        sealed.replace(here.hex, there.hex),
        sealed.replace("Contact.name", "Contact.email"),
        sealed.replace(key.name.subject.hex, other.name.subject.hex),
    }
    assert [key.open(each.encode()) for each in moved - {sealed}] == [None] * len(moved - {sealed})


@dataclasses.dataclass(frozen=True)
class Inner:
    name: Annotated[str, PROFILE]
    place: str


@dataclasses.dataclass(frozen=True)
class Outer:
    many: tuple[Inner, ...]
    perhaps: Inner | None
    note: Annotated[str, LEGAL] | None
    number: int


def test_personal_texts_are_found_however_deep() -> None:
    def told(text: str, data: PersonalData, field: str) -> str:
        return f"{data.key_class} {field} {text}"

    value = Outer((Inner("a", "b"), Inner("", "c")), Inner("d", "e"), None, 1)
    first, last = Inner("profile Inner.name a", "b"), Inner("profile Inner.name d", "e")
    assert with_personal(value, told) == Outer((first, Inner("", "c")), last, None, 1)
    noted = dataclasses.replace(value, many=(), perhaps=None, note="n")
    assert with_personal(noted, told).note == "legal Outer.note n"


def texts_of(kind: Any, seen: frozenset[Any] = frozenset()) -> set[str]:
    """`Class.field` of every text that something of that class may hold and that is not declared as personal."""
    if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
        inner = [texts_of(part, seen) for part in get_args(kind)]
        return set().union(*inner) if inner else set()
    if kind in seen:
        return set()
    hints = get_type_hints(kind, include_extras=True)
    found: set[str] = set()
    for name in (each.name for each in dataclasses.fields(kind)):
        if re.search(r"PersonalData", str(hints[name])):
            continue
        parts = {hints[name], *get_args(hints[name])}
        if str in parts:
            found.add(f"{kind.__name__}.{name}")
        found |= set().union(*(texts_of(part, seen | {kind}) for part in parts))
    return found


def test_every_text_of_an_event_is_declared_as_personal_or_known_to_be_none() -> None:
    import_domain()
    events = {event for event in Aggregate.EVENTS.values() if event.__module__.startswith("domain.")}
    found = set().union(*(texts_of(event) for event in events))
    assert found - PLAIN == set(), "say of these whether they tell of a person (domain.shared.personal)"
    assert PLAIN - found == set(), "there are no such fields any more"


def test_a_key_of_another_length_seals_nothing() -> None:
    key = SubjectKey(KeyName(uuid4(), "profile", 1), b"short")
    try:
        key.seal("text", uuid4(), "Contact.name")
    except ValueError:
        return
    raise AssertionError("it was taken")
