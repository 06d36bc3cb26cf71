"""Read several texts in step: each part of the engine reads them all before the next begins.

What a part needs, its code and its tables, is then still in the processor's cache: texts read one
after the other take 1.2 times as long (`make bench-engine`).
"""

import time
from collections.abc import Callable, Generator, Sequence
from contextvars import Context
from functools import wraps
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")
#: Work that pauses after each of its parts, and returns its result at the end.
Steps = Generator[None, None, Result]


def in_one_go(begin: Callable[Given, Steps[Result]]) -> Callable[Given, Result]:
    """Return a function that begins such work and does all its parts."""

    @wraps(begin)
    def do_all(*arguments: Given.args, **options: Given.kwargs) -> Result:
        steps = begin(*arguments, **options)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                result: Result = end.value
                return result

    return do_all


def in_step(works: Sequence[tuple[Context, Steps[Result]]]) -> list[Result | Exception]:
    """Do the first part of each work in its context, then the second of each, and so on.

    Returns for each its result, or what it raised; the others go on.
    """
    results: dict[int, Result | Exception] = {}
    while len(results) < len(works):
        for number, (context, steps) in enumerate(works):
            if number in results:
                continue
            try:
                context.run(next, steps)
            except StopIteration as end:
                results[number] = end.value
            except Exception as error:  # noqa: BLE001 - its caller gets it
                results[number] = error
    return [results[number] for number in range(len(works))]


def timed(steps: Steps[Result]) -> Steps[tuple[Result, float]]:
    """Do the work; return its result and the seconds that its own parts took."""
    took = 0.0
    while True:
        started = time.perf_counter()
        try:
            next(steps)
        except StopIteration as end:
            return end.value, took + time.perf_counter() - started
        took += time.perf_counter() - started
        yield
