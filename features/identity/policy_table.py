"""`python -m features.identity.policy_table`: write down who may do what, so that a review sees every change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from application import access
from application.access import POLICY, Scope
from domain.identity import Role

FILE = Path(__file__).parent / "policy_table.txt"


def table() -> str:
    """A line for each operation, with the roles that may carry it out, and how far those reach who do not reach all;
    then what else is decided by operation or role."""
    lines = [f"{operation}: {' '.join(_reached(who))}" for operation, who in POLICY.items()]
    lines += [f"{operation}: whoever can reach it" for operation in access.OPEN]
    return "\n".join([*sorted(lines), "", *_more()]) + "\n"


def _reached(who: Mapping[Role, Scope]) -> Iterator[str]:
    for role in Role:
        if role in who:
            yield role if who[role] is Scope.ALL else f"{role}({who[role].name.lower()})"


def _more() -> Iterator[str]:
    yield _set("before there is an authenticator", access.ENROLLING)
    yield _set("read without a trace", access.UNTRACED)
    yield _set("done with a trace", access.TRACED)
    yield _set("have to say why", access.ASKED_WHY)
    yield _set("why is asked for", access.WHERE_ASKED)
    for kind, allowed in access.BY_LINK.items():
        yield _set(f"by a link to a {kind}", allowed)
    yield _set("by any link", access.LEAVING)
    for key_class, roles in access.PERSONAL.items():
        yield _set(f"see personal data of the class {key_class}", roles)


def _set(name: str, members: Iterable[str]) -> str:
    return f"{name}: {' '.join(sorted(members))}"


if __name__ == "__main__":
    FILE.write_text(table(), encoding="utf-8")
