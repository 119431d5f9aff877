"""The errors that are put in: those that a person makes when writing an equation down."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from types import CodeType

_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
_FUNCTIONS = (("min", "max"), ("any", "all"), ("argmin", "argmax"), ("zeros", "ones"), ("sum", "mean"))
_INSTEAD = {**dict(_FUNCTIONS), **{second: first for first, second in _FUNCTIONS}}
_DROPPED = ("abs", "sqrt", "isqrt")
_TOO_SMALL_TO_SHOW = ast.Constant | ast.Attribute


@dataclass(frozen=True)
class Mutant:
    """A module with one error.

    Attributes:
        module: dotted name.
        function: qualified name of what the error is in; empty at the level of the module.
        line: where, from 1.
        before: the expression as it is.
        after: the expression with the error.
        code: the module with the error, compiled.
    """

    module: str
    function: str
    line: int
    before: str
    after: str
    code: CodeType

    @property
    def place(self) -> str:
        """``module:function``, without packages."""
        return _name(self.module, self.function)


def _name(module: str, function: str) -> str:
    return f"{module.rpartition('.')[2]}:{function}"


@dataclass(frozen=True)
class _Place:
    """Where a node hangs in the tree, and in which expression it is shown."""

    parent: ast.AST
    field: str
    index: int | None
    function: str

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def mutants_of(module: str, source: str, path: str, only: str = "") -> Iterator[Mutant]:
    """Yield every mutant of a module whose place has ``only`` in it, in the order of its source."""
    tree = ast.parse(source)
    for place, node in [each for each in _places(tree, "") if only in _name(module, each[0].function)]:
        small = isinstance(node, _TOO_SMALL_TO_SHOW) and not isinstance(place.parent, ast.stmt)
        for changed in _changes(node):
            before = ast.unparse(place.parent if small else node)
            place.put(ast.copy_location(changed, node))
            after = ast.unparse(place.parent if small else changed)
            code = compile(ast.fix_missing_locations(tree), path, "exec")
            place.put(node)
            if after != before:
                yield Mutant(module, place.function, node.lineno, before, after, code)


def _places(parent: ast.AST, function: str) -> Iterator[tuple[_Place, ast.expr | ast.stmt]]:
    """Yield every expression and statement that computes: no annotation, no text, no message of an error."""
    if isinstance(parent, ast.FunctionDef | ast.ClassDef):
        function = f"{function}.{parent.name}".lstrip(".")
    for field, value in ast.iter_fields(parent):
        if field in ("annotation", "returns", "decorator_list", "names"):
            continue
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or isinstance(node, ast.Raise | ast.JoinedStr):
                continue
            if isinstance(node, ast.expr | ast.stmt):
                yield _Place(parent, field, index, function), node
            yield from _places(node, function)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what could stand in a node's place by mistake."""
    kind = type(node)
    if kind in _CHANGES:
        yield from _CHANGES[kind](node)


def _operation(node: ast.BinOp) -> Iterator[ast.AST]:
    """Another operator, the operands the other way round, and either operand left out."""
    if type(node.op) in _OPERATORS:
        yield ast.BinOp(node.left, _OPERATORS[type(node.op)](), node.right)
        yield node.left
        yield node.right
    if isinstance(node.op, ast.MatMult | ast.Sub | ast.Div):
        yield ast.BinOp(node.right, node.op, node.left)
    if isinstance(node.op, ast.Pow):
        yield node.left


def _sign(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.USub | ast.Not):
        yield node.operand


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    """One more, one less, twice and half of it."""
    value = node.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        for other in dict.fromkeys((value + 1, value - 1, 2 * value, value / 2)):
            if other != value:
                yield ast.Constant(int(other) if isinstance(value, int) and other == int(other) else other)


def _comparison(node: ast.Compare) -> Iterator[ast.AST]:
    if len(node.ops) == 1:
        for other in _COMPARISONS.get(type(node.ops[0]), ()):
            yield ast.Compare(node.left, [other()], node.comparators)


def _connective(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _choice(node: ast.IfExp) -> Iterator[ast.AST]:
    yield ast.IfExp(node.test, node.orelse, node.body)


def _transposed(node: ast.Attribute) -> Iterator[ast.AST]:
    if node.attr == "T":
        yield node.value


def _call(node: ast.Call) -> Iterator[ast.AST]:
    """A function mistaken for its opposite or left out, and arguments the other way round."""
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in _INSTEAD:
        other = _INSTEAD[name]
        load = ast.Load()
        changed = (
            ast.Attribute(function.value, other, load) if isinstance(function, ast.Attribute) else ast.Name(other, load)
        )
        yield ast.Call(changed, node.args, node.keywords)
    if name in _DROPPED and node.args:
        yield node.args[0]
    if name not in ("min", "max"):
        yield from (ast.Call(function, order, node.keywords) for order in _swapped(node.args))


def _tuple(node: ast.Tuple) -> Iterator[ast.AST]:
    if isinstance(node.ctx, ast.Load):
        yield from (ast.Tuple(order, ast.Load()) for order in _swapped(node.elts))


def _swapped(nodes: list[ast.expr]) -> Iterator[list[ast.expr]]:
    """Yield the nodes with two neighbours exchanged; a text among them is no number."""
    for place, pair in enumerate(pairwise(nodes)):
        if not any(isinstance(node, ast.Constant) and isinstance(node.value, str) for node in pair):
            yield [*nodes[:place], nodes[place + 1], nodes[place], *nodes[place + 2 :]]


def _update(node: ast.AugAssign) -> Iterator[ast.AST]:
    yield ast.Pass()
    if type(node.op) in _OPERATORS:
        yield ast.AugAssign(node.target, _OPERATORS[type(node.op)](), node.value)


def _assignment(node: ast.Assign) -> Iterator[ast.AST]:
    if isinstance(node.targets[0], ast.Subscript):
        yield ast.Pass()


_CHANGES: dict[type, Callable[..., Iterator[ast.AST]]] = {
    ast.BinOp: _operation,
    ast.UnaryOp: _sign,
    ast.Constant: _constant,
    ast.Compare: _comparison,
    ast.BoolOp: _connective,
    ast.IfExp: _choice,
    ast.Attribute: _transposed,
    ast.Call: _call,
    ast.Tuple: _tuple,
    ast.AugAssign: _update,
    ast.Assign: _assignment,
}
