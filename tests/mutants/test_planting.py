"""Each kind of fault is planted in its own place, and only there."""

import importlib.util
import weakref

import pytest

from tests.mutants.__main__ import plant
from tests.mutants.planting import mutants_of

CODE = '''"""A module."""

LIMIT = 3


class Counter:
    def __init__(self):
        self.seen = 0

    @staticmethod
    def share(part, whole, *, digits=2):
        """Return a share."""
        if not whole:
            return 0
        return round(part / whole, ndigits=digits)

    def note(self, number: int = 1) -> bool:
        if number > 2 and number != 5:
            raise ValueError(number)
        self.seen += number
        return True
'''


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "counter.py"
    file.write_text(CODE)
    return file


@pytest.fixture
def mutants(file):
    return {mutant.what: mutant for mutant in mutants_of(file)}


def test_every_kind_of_fault_is_found_where_it_fits(mutants):
    assert sorted(mutants) == [
        "0 → 1", "2 → 3", "5 → 6", "True → False",
        "left out: raise ValueError(number)", "left out: self.seen = 0",
        "not whole → whole",
        "number != 5 → number == 5",
        "number > 2 and number != 5 → not (number > 2 and number != 5)",
        "number > 2 and number != 5 → number > 2 or number != 5", "number > 2 → number >= 2",
        "part / whole → part * whole",
        "return round(part / whole, ndigits=digits) → return None",
        "round() without ndigits=digits",
        "self.seen += number → self.seen -= number",
    ]  # fmt: skip


def planted(mutant):
    """Return the mutant's function."""

    def function(*_):
        """Give way to the mutant."""

    function.__code__ = mutant.code()
    return function


def test_a_mutant_is_the_function_with_that_fault_alone(mutants):
    share = planted(mutants["part / whole → part * whole"])
    assert (share(3, 2, digits=2), share(3, 0, digits=2)) == (6, 0)
    share = planted(mutants["not whole → whole"])
    assert share(3, 2, digits=2) == 0


def test_a_mutant_names_its_function_and_line(mutants):
    mutant = mutants["True → False"]
    assert (mutant.function, mutant.line) == (
        "Counter.note",
        CODE[: CODE.index("True")].count("\n") + 1,
    )


def test_what_is_planted_is_what_runs_even_beside_a_proxy_of_nothing(file, mutants):
    spec = importlib.util.spec_from_file_location("counter", file)
    counter = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(counter)
    dead = [weakref.proxy(lambda: None)]
    plant(mutants["part / whole → part * whole"])
    assert counter.Counter.share(3, 2) == 6
    assert len(dead) == 1
