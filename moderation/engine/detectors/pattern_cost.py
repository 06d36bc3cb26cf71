"""Measure what a regular expression costs on the texts that are worst for it."""

import time
from collections.abc import Callable, Iterable

from moderation.engine.detectors.regex_check import PatternError
from moderation.engine.detectors.regexes import Expression

#: The most processor time that one expression may take on one text of LONGEST characters.
MOST_SECONDS = 0.05
#: A text takes at most this long in a project's expressions together; then the rest is left out.
TEXT_SECONDS = 0.25
LONGEST = 10_000
SHORT = 1_000
#: An expression that is quick on a short text is quick on a long one: RE2's time is linear.
QUICK_SECONDS = 0.001


class Budget:
    """The processor time that a project's expressions may take on one text, in one thread.

    It begins with the first question, and after a pause again.
    """

    def __init__(self, seconds: float = TEXT_SECONDS) -> None:
        self._seconds = seconds
        self._until: float | None = None
        #: Whether something was left out.
        self.is_exceeded = False

    def is_spent(self) -> bool:
        now = time.thread_time()
        if self._until is None:
            self._until = now + self._seconds
        self.is_exceeded = self.is_exceeded or now >= self._until
        return self.is_exceeded

    def pause(self) -> None:
        """Count nothing until the next question: the thread does something else."""
        if self._until is not None:
            self._seconds = self._until - time.thread_time()
            self._until = None


def refuse_slow(expression: str, flags: Iterable[str] = ("i",)) -> None:
    """Raise PatternError for a valid expression that takes too long on some text."""
    compiled = Expression(expression, flags)

    def search(text: str) -> None:
        for _ in compiled.spans(text):
            pass

    if slowest(search, SHORT, expression) < QUICK_SECONDS:
        return
    seconds = slowest(search, LONGEST, expression)
    if seconds > MOST_SECONDS:
        raise PatternError(
            f"the pattern takes {seconds * 1000:.0f} ms on a text of {LONGEST:,} characters, and "
            f"may take {MOST_SECONDS * 1000:.0f}: give its repetitions smaller limits"
        )


def slowest(search: Callable[[str], object], length: int, expression: str = "") -> float:
    """Return the processor seconds that `search` takes on the worst of some texts."""
    letters = "".join(filter(str.isalnum, expression)) or "x"
    seconds = 0.0
    for sample in ("\u00e9", "ab ", letters, letters[-1]):
        text = (sample * (length // len(sample) + 1))[:length]
        started = time.thread_time()
        search(text)
        seconds = max(seconds, time.thread_time() - started)
        if seconds > MOST_SECONDS:
            break
    return seconds
