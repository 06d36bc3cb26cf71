"""Hold the size budget of docs/style.md: short files, short functions."""

import ast
from functools import cache
from pathlib import Path
from statistics import median, quantiles

import pytest

pytestmark = [pytest.mark.standalone, pytest.mark.no_cover]

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["moderation", "reviews", "moderation_site"]
FILES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 59
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def functions(path: Path) -> list[Function]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, Function)]


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_no_file_is_long():
    assert {path: lines(path) for path in FILES if lines(path) > MOST_FILE_LINES} == {}


def test_no_function_is_long():
    every = [(path, function) for path in FILES for function in functions(path)]
    assert [
        (path, function.name, length(function))
        for path, function in every
        if length(function) > MOST_FUNCTION_LINES
    ] == []


def test_each_module_opens_with_one_sentence():
    modules = [path for path in FILES if path.name != "__init__.py"]
    assert [path for path in modules if not ast.get_docstring(tree(path))] == []


def test_most_functions_are_a_few_lines():
    lengths = [length(function) for path in FILES for function in functions(path)]
    assert median(lengths) <= 8
    assert quantiles(lengths, n=10)[-1] <= 30


def test_most_files_fit_on_a_few_screens():
    lengths = [lines(path) for path in FILES]
    assert median(lengths) <= 90
    assert quantiles(lengths, n=10)[-1] <= 250
