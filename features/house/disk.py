"""What is on disk, for the tests that compare it with what is said of it."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYERS = ("domain", "application", "projections", "interfaces", "infrastructure", "features")
CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
# Folders that tools make; so are hidden ones, but for this.
IGNORED = {"__pycache__", "build", "dist"}
HIDDEN_FOLDER_OF_OURS = ".ci"


def sources() -> list[Path]:
    """Every Python module of the project."""
    return sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))


def texts() -> Iterator[tuple[Path, str]]:
    """Every file of the project that is text, with its content."""
    for path in sorted(ROOT.rglob("*")):
        folders = path.relative_to(ROOT).parts[:-1]
        hidden = any(name.startswith(".") and name != HIDDEN_FOLDER_OF_OURS for name in folders)
        if hidden or not path.is_file() or any(name in IGNORED or name.endswith(".egg-info") for name in folders):
            continue
        try:
            yield path, path.read_text()
        except UnicodeDecodeError:
            continue


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a module, methods and inner ones included."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function from its `def`, docstring not counted."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is None:
        return lines
    return lines - ((first.end_lineno or first.lineno) - first.lineno + 1)


def modules(package: str) -> set[str]:
    """The names of a package's modules and subpackages."""
    return {path.stem for path in (ROOT / package).iterdir() if path.suffix == ".py" or path.is_dir()} - {
        "__init__",
        "__pycache__",
    }


def listed(contract: str) -> set[str]:
    """The names that a contract's lines of independent modules list."""
    return {name.strip(" ()") for line in CONTRACTS[contract]["layers"] if "|" in line for name in line.split("|")}


def readme() -> str:
    """The README, or nothing."""
    path = ROOT / "README.md"
    return path.read_text() if path.exists() else ""


def section(title: str) -> str:
    """The part of the README under a heading that holds these words, up to the next heading of any level."""
    for part in f"\n{readme()}".split("\n#"):
        heading, _, body = part.partition("\n")
        if title.lower() in heading.lower():
            return body
    return ""


def first_column(text: str) -> set[str]:
    """What stands in the first column of a section's table, without the marks of code."""
    rows = [line.split("|")[1].strip(" `*") for line in text.splitlines() if line.startswith("|")]
    return set(rows[2:])  # after the heading and the rule below it
