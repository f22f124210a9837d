"""The few lists that exist say what is on disk, and the house keeps its measures."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from domain.shared.aggregate import Aggregate
from features.house import disk
from infrastructure.history import import_domain
from infrastructure.settings import Settings, listed
from interfaces.rest import commands, queries

LONGEST_MODULE = 400
IN_ONE_FILE = {"interfaces/verify_bundle.py": 600}
"""What is handed out by itself."""
LONGEST_FUNCTION = 30
# Written in two parts: this file is a text of the project too.
FOREIGN = re.compile(
    r"(?<![\w.<~-])/(?:work|farm|root|home)" + r"/\w|" + r"--(?:extra-)?index" + r"-url|"
    r"https?://[^ \"]*/(?:simple/|packages/[0-9a-f]{2}/)|files\.python" + r"hosted"
)


def test_contexts_are_listed_in_the_contracts() -> None:
    assert disk.listed("domain-contexts") == disk.modules("domain") - {"shared"}
    common = {"policies", "trading", "unit_of_work", "constraints", "access", "duties"}
    assert disk.modules("application") - common <= disk.listed("application-contexts")
    assert disk.listed("application-contexts") <= disk.listed("domain-contexts")


def test_read_models_are_listed_in_their_contract() -> None:
    assert disk.modules("projections") - {"shared"} <= disk.listed("read-models")


def test_every_route_of_a_context_belongs_to_one() -> None:
    assert disk.modules("interfaces/rest/commands") <= disk.listed("domain-contexts")
    assert disk.modules("interfaces/rest/queries") <= disk.listed("read-models")


@pytest.mark.parametrize(("package", "verb"), [(commands, "POST"), (queries, "GET")])
def test_commands_are_posted_and_queries_are_got(package: ModuleType, verb: str) -> None:
    modules = [importlib.import_module(found.name) for found in walk_packages(package.__path__, f"{package.__name__}.")]
    routes = {
        (module.__name__, route.path): route.methods
        for module in modules
        for router in vars(module).values()
        if isinstance(router, APIRouter)
        for route in router.routes
        if isinstance(route, APIRoute)
    }
    assert routes
    assert {where: verbs for where, verbs in routes.items() if verbs != {verb}} == {}


def test_the_readme_lists_every_setting() -> None:
    assert disk.first_column(disk.section("settings")) == {setting.variable for setting in listed(Settings())}


def test_the_readme_maps_every_context() -> None:
    assert disk.first_column(disk.section("map of contexts")) == disk.listed("domain-contexts")


def test_every_setting_says_what_it_means() -> None:
    assert all(setting.meaning for setting in listed(Settings()))


@pytest.mark.parametrize("path", disk.sources(), ids=lambda path: str(path.relative_to(disk.ROOT)))
def test_modules_and_functions_stay_short(path: Path) -> None:
    longest = IN_ONE_FILE.get(str(path.relative_to(disk.ROOT)), LONGEST_MODULE)
    assert len(path.read_text().splitlines()) <= longest
    too_long = {found.name: disk.length(found) for found in disk.functions(path)}
    assert {name: lines for name, lines in too_long.items() if lines > LONGEST_FUNCTION} == {}


def test_no_file_names_an_index_or_a_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(disk.ROOT)}: {match[0]}" for path, text in disk.texts() for match in FOREIGN.finditer(text)
    ]
    assert found == []


def test_what_a_view_says_may_be_done_has_a_route() -> None:
    routes = {
        word
        for path in (disk.ROOT / "interfaces/rest/commands").glob("*.py")
        for word in re.findall(r"\}/([a-z-]+)\"", path.read_text())
    }
    # These create a credit note, a number, a password; and what there may be none of yet is asked for without its id.
    elsewhere = {"credit", "take", "reset_password", "request_erasure", "place_hold"}
    import_domain()
    said = {action for kind in Aggregate.KINDS.values() for actions in kind.ACTIONS.values() for action in actions}
    assert {action.replace("_", "-") for action in said - elsewhere} <= routes
