"""Measure the engine alone, single thread; `--quick` only shows that every part works.

Times are the thread's own processor time, so that a busy machine spoils them less.
"""

import argparse
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextvars import copy_context
from pathlib import Path
from statistics import median, quantiles
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import moderation_site  # noqa: F401 - one BLAS thread, as in every entry point
from bench.engine_texts import (
    DISGUISED,
    PERSONAL,
    PLAIN,
    chat_of,
    crafted_texts,
    hostile_patterns,
    hostile_texts,
    lines,
    unlike_lines,
)
from bench.report import machine
from moderation.engine import classify as stages
from moderation.engine.custom_rules.ruleset import BlacklistEntry, Ruleset, build_ruleset
from moderation.engine.detectors.regex_check import PatternError, validate_pattern
from moderation.engine.in_step import in_step
from moderation.engine.matches import Category
from moderation.engine.model.bundled import bundled_model
from moderation.engine.model.features import kind_of, token_hashes
from moderation.engine.model.scorer import ScoreRequest
from moderation.engine.text.fold import fold_character
from moderation.engine.text.phonetic import phonetic_key
from moderation.engine.text.tokens import tokens_of
from moderation.engine.words.leetspeak import runs_of, skeleton
from moderation.engine.words.lexicon import lexicon

PAGE = Path(__file__).resolve().parent.parent / "docs" / "engine.md"
MARKER = "<!-- measured: `make bench-engine` writes what follows -->\n"
NAMES = (
    "normalization",
    "lexicon",
    "blacklist",
    "whitelist",
    "context",
    "spam",
    "pii",
    "model",
    "language",
    "rules",
)
SIZES = (100, 1_000, 10_000, 100_000)
USUAL_SIZE = 1_000
#: Checks of 16 clients that are read in step.
GROUP = 12
CACHES = (skeleton, phonetic_key, runs_of, tokens_of, fold_character, token_hashes, kind_of)
ASKED = ScoreRequest(bundled_model())
Times = dict[str, list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a moment each; write no page")
    quick = parser.parse_args().quick
    rounds = 3 if quick else 60
    sizes = SIZES[:2] if quick else SIZES
    ruleset = build_ruleset(blacklist=listed(USUAL_SIZE))
    # Loads the lists, the plans of phone numbers and the model of languages.
    classified(PLAIN + DISGUISED + PERSONAL, ruleset)
    parts = [
        stage_table(ruleset, rounds),
        growth_table(sizes, rounds),
        regex_line(ruleset, rounds),
        in_step_line(ruleset, rounds),
        worst_table(ruleset),
    ]
    text = "\n".join(parts)
    print(text)
    if not quick:
        head = PAGE.read_text(encoding="utf-8").partition(MARKER)[0]
        PAGE.write_text(f"{head}{MARKER}\n{machine()}.\n\n{text}", encoding="utf-8")


def classified(text: str, ruleset: Ruleset) -> object:
    return stages.classify(text, ruleset, score_request=ASKED)


def listed(size: int) -> list[BlacklistEntry]:
    """Return so many made-up words, one in ten of them a phrase."""
    chooser = random.Random(size)  # noqa: S311 - made-up texts

    def word() -> str:
        return "".join(chooser.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(7))

    texts = (word() if number % 10 else f"{word()} {word()}" for number in range(size))
    return [BlacklistEntry(str(at), text, Category.OTHER, 0.6) for at, text in enumerate(texts)]


def stage_table(ruleset: Ruleset, rounds: int) -> str:
    """Return the time of each stage on each kind of line, in microseconds."""
    kinds = {"plain": PLAIN, "disguised": DISGUISED, "personal data": PERSONAL}
    measured = {name: stage_times(lines(text), ruleset, rounds) for name, text in kinds.items()}
    measured["plain, no two alike"] = stage_times(unlike_lines(12 * rounds), ruleset, 1)
    measured["5,000 characters"] = stage_times([chat_of(5_000)], ruleset, max(3, rounds // 3))
    head = f"| stage, µs | {' | '.join(measured)} |\n|---|{'---:|' * len(measured)}\n"
    rows = [(f"{name}, median", [median(of[name]) for of in measured.values()]) for name in NAMES]
    totals = [of["all"] for of in measured.values()]
    rows += [("**all**, median", [median(of) for of in totals])]
    rows += [("**all**, p99", [quantiles(of, n=100)[98] for of in totals])]
    return head + "".join(f"| {name} | {cells(values)} |\n" for name, values in rows)


def cells(values: Iterable[float]) -> str:
    return " | ".join(f"{value:,.1f}" if value < 10 else f"{value:,.0f}" for value in values)


def stage_times(texts: list[str], ruleset: Ruleset, rounds: int) -> Times:
    """Judge the texts in turns and return the microseconds of each stage and of all together."""
    times: Times = defaultdict(list)
    # By themselves: the clock takes a twentieth of the time if it is read for each stage.
    for text in texts * rounds:
        times["all"].append(microseconds(lambda text=text: classified(text, ruleset)))
    original = stages._Parts.run  # noqa: SLF001 - the stages have no other seam

    def timed(parts: Any, name: str, *arguments: Any) -> Any:
        started = time.thread_time_ns()
        try:
            return original(parts, name, *arguments)
        finally:
            spent[name] = (time.thread_time_ns() - started) / 1_000

    spent: dict[str, float] = {}
    stages._Parts.run = timed  # type: ignore[method-assign]  # noqa: SLF001
    try:
        for text in texts * rounds:
            spent.clear()
            classified(text, ruleset)
            for name in NAMES:
                times[name].append(spent.get(name, 0.0))
    finally:
        stages._Parts.run = original  # type: ignore[method-assign]  # noqa: SLF001
    return times


def microseconds(work: Callable[[], object]) -> float:
    started = time.thread_time_ns()
    work()
    return (time.thread_time_ns() - started) / 1_000


def growth_table(sizes: tuple[int, ...], rounds: int) -> str:
    """Return what longer blacklists cost: to build, and for each plain line."""
    rows = ["| blacklist words | built in, s | plain line, µs | against the shortest |\n"]
    rows.append("|---:|---:|---:|---:|\n")
    shortest = 0.0
    for size in sizes:
        entries = listed(size)
        built: list[Ruleset] = []
        build = microseconds(lambda: built.append(build_ruleset(blacklist=entries)))  # noqa: B023
        times = [
            microseconds(lambda text=text: classified(text, built[0]))  # noqa: B023
            for text in lines(PLAIN) * rounds
        ]
        line = median(times)
        shortest = shortest or line
        rows.append(f"| {size:,} | {build / 1e6:.2f} | {line:.0f} | {line / shortest:.2f} × |\n")
    return "".join(rows)


def regex_line(ruleset: Ruleset, rounds: int) -> str:
    """Return how one Python regular expression for each word compares, in the same run."""
    entries = listed(USUAL_SIZE)
    patterns = [re.compile(rf"\b{re.escape(one.word)}\b", re.IGNORECASE) for one in entries]
    texts = lines(PLAIN) * max(1, rounds // 10)
    apart = median(
        microseconds(lambda text=text: [one.search(text) for one in patterns]) for text in texts
    )
    ours = median(microseconds(lambda text=text: classified(text, ruleset)) for text in texts)
    return (
        f"One Python regular expression for each of {USUAL_SIZE:,} words: {apart:,.0f} µs a plain "
        f"line, without disguises and all else; the whole engine: {ours:,.0f} µs, "
        f"{apart / ours:.0f} times less.\n"
    )


def in_step_line(ruleset: Ruleset, rounds: int) -> str:
    """Return what lines take that are read in step, beside one after the other, in turns."""
    texts = unlike_lines(GROUP * rounds)
    groups = [texts[start : start + GROUP] for start in range(0, len(texts), GROUP)]
    alone: list[float] = []
    together: list[float] = []
    for at, group in enumerate(groups):
        ways = [
            (alone, lambda group=group: [classified(text, ruleset) for text in group]),
            (together, lambda group=group: read_in_step(group, ruleset)),
        ]
        # They take turns to be first: the second finds what the first has left in the caches.
        for times, way in reversed(ways) if at % 2 else ways:
            times.append(microseconds(way))
    after_another, in_turn = median(alone) / GROUP, median(together) / GROUP
    return (
        f"{GROUP} lines read in step: {in_turn:,.0f} µs a line; one after the other: "
        f"{after_another:,.0f} µs, {after_another / in_turn:.2f} times as long.\n"
    )


def read_in_step(texts: list[str], ruleset: Ruleset) -> object:
    context = copy_context()
    begun = [stages.classifying(text, ruleset, score_request=ASKED) for text in texts]
    return in_step([(context, steps) for steps in begun])


def worst_table(ruleset: Ruleset) -> str:
    """Return the slowest texts of full length, in milliseconds."""
    hostile = [(name, text, ruleset) for name, text in hostile_texts()]
    attacks = [
        (f"{item['id']}, as a listed pattern", str(item["attack"])[:10_000], attacked)
        for item in hostile_patterns()
        if (attacked := ruleset_with(item["value"]))
    ]
    crafted = [
        (f"all {name}, no two alike", text, ruleset) for name, text in crafted_texts().items()
    ]
    rows = ["| slowest texts | characters | ms |\n|---|---:|---:|\n"]
    for name, group in (("hostile", hostile), ("attack", attacks), ("crafted", crafted)):
        timed = [(first_time(text, rules), label, len(text)) for label, text, rules in group]
        for spent, label, size in sorted(timed, reverse=True)[:3]:
            rows.append(f"| {name}: {label} | {size:,} | {spent:.1f} |\n")
    return "".join(rows)


def ruleset_with(pattern: str) -> Ruleset | None:
    try:
        validate_pattern(pattern)
    except PatternError:
        return None
    entry = BlacklistEntry("1", pattern, Category.OTHER, 0.6, is_regex=True)
    return build_ruleset(blacklist=[entry])


def first_time(text: str, ruleset: Ruleset) -> float:
    """Return the least of three, each with nothing kept from the time before."""
    return min(cold(text, ruleset) for _ in range(3)) / 1_000


def cold(text: str, ruleset: Ruleset) -> float:
    for words in (lexicon(), ruleset.blacklist.words):
        words.forget_readings()
    for kept in (*CACHES, bundled_model().of_token):
        kept.cache_clear()
    return microseconds(lambda: classified(text, ruleset))


if __name__ == "__main__":
    main()
