"""Small mistakes, put into a module one at a time: a test that notices none of them shows nothing."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from types import CodeType
from typing import NamedTuple

SWAPPED: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.FloorDiv,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
"""Comparisons, and, or, arithmetic: what each is mistaken for."""
PASSED_OVER = {"annotation", "returns", "decorator_list", "format_spec", "targets", "target"}
"""Parts of the syntax that hold types, or where a mistake is none or breaks everything."""


class Mutant(NamedTuple):
    """A module with one mistake in it."""

    line: int
    mistake: str
    code: CodeType


def mutants(source: str, file: str, within: Collection[str] = ()) -> Iterator[Mutant]:
    """Every one of a module, or of some of its classes and functions."""
    module = ast.parse(source, file)
    for part in module.body:
        if not within or getattr(part, "name", None) in within:
            for line, mistake in _mistakes(part):
                yield Mutant(line, mistake, compile(ast.fix_missing_locations(module), file, "exec"))


def _mistakes(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Each is in the tree while it is yielded, and only then."""
    if isinstance(node, ast.Raise | ast.Import | ast.ImportFrom) or _is_text(node) or _is_of_types(node):
        # What people read is not judged.
        return
    for field, value in ast.iter_fields(node):
        if field in PASSED_OVER:
            continue
        places = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for place, part in places:
            if isinstance(part, ast.AST):
                for other in _others(part, node):
                    _put(node, field, place, other)
                    line = getattr(part, "lineno", getattr(node, "lineno", 0))
                    yield line, f"{_told(part)} → {_told(other)}"
                    _put(node, field, place, part)
                yield from _mistakes(part)
    yield from _left_out(node)


def _left_out(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Each of several things that stand beside each other."""
    if isinstance(node, ast.JoinedStr):
        parts = node.values
    elif isinstance(node, ast.Set | ast.List | ast.Tuple) and len(node.elts) > 1:
        parts = node.elts
    else:
        return
    for place, part in enumerate(list(parts)):
        if not (isinstance(node, ast.JoinedStr) and isinstance(part, ast.Constant)):
            del parts[place]
            yield part.lineno, f"without {_told(part)}"
            parts.insert(place, part)


def _others(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    """What may stand there by mistake."""
    for other in SWAPPED.get(type(node), ()):
        yield other()
    if isinstance(node, ast.Constant) and not isinstance(parent, ast.Expr | ast.JoinedStr):
        if isinstance(node.value, bool):
            yield ast.Constant(not node.value)
        elif isinstance(node.value, int):
            yield ast.Constant(node.value + 1)
        elif isinstance(node.value, str):
            yield ast.Constant(f"{node.value}?")
        elif isinstance(node.value, bytes):
            yield ast.Constant(node.value + b"?")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    if isinstance(node, ast.expr) and _is_condition(node, parent):
        yield ast.UnaryOp(ast.Not(), node)
    if isinstance(node, ast.Return) and node.value is not None and _told(node.value) != "None":
        yield ast.Return(ast.Constant(None))


def _is_condition(node: ast.expr, parent: ast.AST) -> bool:
    """Comparisons and what is negated have mistakes of their own."""
    is_bare = not isinstance(node, ast.Compare) and not (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))
    is_test = isinstance(parent, ast.If | ast.IfExp | ast.While) and parent.test is node
    return is_bare and (is_test or (isinstance(parent, ast.comprehension) and node in parent.ifs))


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_of_types(node: ast.AST) -> bool:
    """`list[bytes]`, `Callable[[int], bytes]`"""
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name | ast.Tuple)


def _put(node: ast.AST, field: str, place: int | None, part: ast.AST) -> None:
    if place is None:
        setattr(node, field, part)
    else:
        getattr(node, field)[place] = part


def _told(node: ast.AST) -> str:
    return ast.unparse(node) if isinstance(node, ast.expr | ast.stmt) else type(node).__name__
