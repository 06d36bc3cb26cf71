"""Hold the size budget of docs/style.md: short files, short functions."""

import ast
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


def functions(path: Path) -> list[Function]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, Function)]


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_and_its_functions_are_short(path):
    long = {f.name: length(f) for f in functions(path) if length(f) > MOST_FUNCTION_LINES}
    assert len(path.read_text().splitlines()) <= MOST_FILE_LINES
    assert long == {}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_opens_with_one_sentence(path):
    tree = ast.parse(path.read_text())
    assert path.name == "__init__.py" or ast.get_docstring(tree)


def test_most_functions_are_a_few_lines():
    lengths = [length(function) for path in FILES for function in functions(path)]
    assert median(lengths) <= 8
    assert quantiles(lengths, n=10)[-1] <= 30


def test_most_files_fit_on_a_few_screens():
    lengths = [len(path.read_text().splitlines()) for path in FILES]
    assert median(lengths) <= 90
    assert quantiles(lengths, n=10)[-1] <= 250
