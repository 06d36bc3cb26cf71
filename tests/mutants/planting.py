"""Small faults to plant in a file: each changes one place of one function."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

#: Comparisons and operators, each with the one that takes its place.
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip
#: Calls of which each further argument counts on its own.
CLAUSES = {"order_by", "filter", "exclude", "values_list", "select_related", "publish"}
#: Tests whose own operator is changed already.
DIRECT = (ast.Compare, ast.UnaryOp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Mutant:
    file: Path
    #: Its place, as `ast.walk` counts nodes, and which of the place's changes it is.
    node: int
    way: int
    #: The function or method that holds it, as `__qualname__` names it, and that one's first line.
    function: str
    first_line: int
    #: The lines of the statement that it changes.
    lines: range
    column: int
    #: What changes, for people.
    what: str

    @property
    def line(self) -> int:
        return self.lines.start

    def code(self) -> CodeType:
        """Return the compiled function with the fault in it."""
        tree = ast.parse(self.file.read_text())
        node = list(ast.walk(tree))[self.node]
        replace(tree, node, list(changes(node))[self.way][0])
        return function_code(compile(tree, str(self.file), "exec"), self.function, self.first_line)


def function_code(module: CodeType, name: str, first_line: int) -> CodeType:
    pending = [module]
    while pending:
        code = pending.pop()
        if (code.co_qualname, code.co_firstlineno) == (name, first_line):
            return code
        pending += [const for const in code.co_consts if isinstance(const, CodeType)]
    raise LookupError(name)


def mutants_of(file: Path) -> list[Mutant]:
    tree = ast.parse(file.read_text())
    places = {id(node): number for number, node in enumerate(ast.walk(tree))}
    return [
        mutant
        for function, name in functions(tree)
        for statement in function.body
        for mutant in _in_function(file, places, function, name, statement)
    ]


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[ast.FunctionDef, str]]:
    """Yield the functions of a module and of its classes; inner functions belong to their outer."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, FUNCTIONS):
            yield node, f"{prefix}{node.name}"  # type: ignore[misc] # either kind
        elif isinstance(node, ast.ClassDef):
            yield from functions(node, f"{prefix}{node.name}.")


def _in_function(file, places, function, name, statement) -> Iterator[Mutant]:
    first_line = min(node.lineno for node in [function, *function.decorator_list])
    for node, holder in judged(statement):
        for way, (_, written) in enumerate(changes(node)):
            lines, column = range(holder.lineno, last_line(holder) + 1), node.col_offset
            what = " ".join(written.split())
            yield Mutant(file, places[id(node)], way, name, first_line, lines, column, what)


def last_line(statement: ast.stmt) -> int:
    """Return the last line of a statement without those of its body."""
    body = getattr(statement, "body", None)
    return max(statement.lineno, body[0].lineno - 1) if body else statement.end_lineno or 0


def judged(node: ast.AST, holder: ast.stmt | None = None) -> Iterator[tuple[ast.AST, ast.stmt]]:
    """Yield each node that may be changed, with the statement that holds it."""
    if isinstance(node, ast.stmt):
        holder = node
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return  # a docstring
    if _is_logging(node) or holder is None:
        return
    yield node, holder
    left_out = (
        {"annotation", "returns", "decorator_list", "args"} if _defines(node) else {"annotation"}
    )
    for field, value in ast.iter_fields(node):
        if field not in left_out:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from judged(child, holder)


def _defines(node: ast.AST) -> bool:
    return isinstance(node, (*FUNCTIONS, ast.Lambda))


def _is_logging(node: ast.AST) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func).startswith("logger.")


def changes(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:  # noqa: C901, PLR0912, PLR0915 (a table)
    """Yield what may take the node's place and what that does, always in the same order."""
    match node:
        case ast.Compare():
            for at, operator in enumerate(node.ops):
                yield _instead(node, _with(node, ops=_swapped(node.ops, at, operator)))
        case ast.BoolOp() | ast.BinOp() if type(node.op) in SWAPPED:
            yield _instead(node, _with(node, op=SWAPPED[type(node.op)]()))
        case ast.AugAssign() if type(node.op) in SWAPPED:
            yield _instead(node, _with(node, op=SWAPPED[type(node.op)]()))
        case ast.UnaryOp(op=ast.Not()):
            yield _instead(node, node.operand)
        case ast.Constant(value=bool()):
            yield _instead(node, ast.Constant(not node.value))
        case ast.Constant(value=int() | float()):
            yield _instead(node, ast.Constant(node.value + 1))
        case ast.Constant(value=str()) if node.value[:1] == "-" and node.value[1:].isidentifier():
            yield _instead(node, ast.Constant(node.value[1:]))
        case ast.Call():
            name = ast.unparse(node.func).split(".")[-1]
            for keyword in node.keywords:
                others = [other for other in node.keywords if other is not keyword]
                yield _with(node, keywords=others), f"{name}() without {ast.unparse(keyword)}"
            for at in range(len(node.args) if name in CLAUSES and len(node.args) > 1 else 0):
                others = node.args[:at] + node.args[at + 1 :]
                yield _with(node, args=others), f"{name}() without {ast.unparse(node.args[at])}"
        case ast.If() | ast.While() | ast.IfExp() if not isinstance(node.test, DIRECT):
            negated = ast.UnaryOp(ast.Not(), node.test)
            yield _with(node, test=negated), f"{ast.unparse(node.test)} → {ast.unparse(negated)}"
        case ast.Return(value=ast.expr()) if not isinstance(node.value, ast.Constant):
            yield ast.Return(ast.Constant(None)), f"{ast.unparse(node)} → return None"
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.Raise() | ast.Delete():
            yield ast.Pass(), f"left out: {ast.unparse(node)}"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_]):
            yield ast.Pass(), f"left out: {ast.unparse(node)}"
        case ast.Continue():
            yield _instead(node, ast.Break())
        case ast.Break():
            yield _instead(node, ast.Continue())


def _instead(node: ast.AST, change: ast.AST) -> tuple[ast.AST, str]:
    return change, f"{ast.unparse(node)} → {ast.unparse(change)}"


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _swapped(operators: list[ast.cmpop], at: int, operator: ast.cmpop) -> list[ast.AST]:
    return [*operators[:at], SWAPPED[type(operator)](), *operators[at + 1 :]]


def replace(tree: ast.AST, node: ast.AST, change: ast.AST) -> None:
    """Put the change in the node's place."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, field, change)
            elif isinstance(value, list) and any(one is node for one in value):
                setattr(parent, field, [change if one is node else one for one in value])
    ast.copy_location(change, node)
    ast.fix_missing_locations(tree)
