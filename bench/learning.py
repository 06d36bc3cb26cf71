"""Measure what a project's own model costs a check, single thread; `--quick` shows that it works.

In turns within one run: the whole engine with the bundled model alone, with a project's model in
its place, and with one in shadow beside it. Times are the thread's own processor time.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import django
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.engine_texts import DISGUISED, PLAIN, lines
from bench.report import machine
from moderation.engine.classify import classify
from moderation.engine.custom_rules.ruleset import build_ruleset
from moderation.engine.model.adapter import BITS, packed
from moderation.engine.model.bundled import CORRECTED, bundled_model
from moderation.engine.model.project_model import ProjectModel
from moderation.engine.model.scorer import ScoreRequest
from moderation.engine.verdict.decide import decide
from moderation.engine.verdict.policy import PRESETS

RULESET, POLICY = build_ruleset(), PRESETS["balanced"]
#: Of the correction's places, how many weigh something: more than some thousand rulings teach.
FILLED = 0.3
Judge = Callable[[str], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a moment")
    rounds = 3 if parser.parse_args().quick else 60
    # The shadow stands beside the database's models, which Django must know before.
    os.environ.setdefault("DEBUG", "true")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moderation_site.settings")
    django.setup()
    shadow_scorer = import_module("moderation.pipeline.shadow_model").ShadowScorer
    model = ProjectModel(1, filled())
    ways: dict[str, Judge] = {
        "bundled model alone": partial(judged, bundled_model()),
        "a project's model in its place": partial(judged, model),
        "a project's model in shadow": partial(in_shadow, shadow_scorer, model),
    }
    print(f"{machine()}.\n")
    for name, text in (("plain", PLAIN), ("disguised", DISGUISED)):
        print(table(name, lines(text), ways, rounds))


def filled() -> bytes:
    chooser = np.random.default_rng(1)
    weights = chooser.normal(0, 0.02, (1 << BITS, CORRECTED))
    return packed(weights * (chooser.random(weights.shape) < FILLED), (0.0, 0.0))


def judged(model: ProjectModel, text: str) -> object:
    return decide(classify(text, RULESET, score_request=ScoreRequest(model)), POLICY)


def in_shadow(shadow_scorer: Any, model: ProjectModel, text: str) -> object:
    both = shadow_scorer(bundled_model(), model)
    classified = partial(classify, text, RULESET)
    found = classified(score_request=ScoreRequest(both))
    return both.counts(found, decide(found, POLICY), POLICY, classified)


def table(name: str, texts: list[str], ways: dict[str, Judge], rounds: int) -> str:
    """Return the median and the 99th percentile of each way, in microseconds a line."""
    times: dict[str, list[float]] = {way: [] for way in ways}
    order = list(ways)
    chooser = random.Random(1)  # noqa: S311 - the order of measuring
    for text in texts * rounds:
        # Whoever comes first pays for the caches of a line: each does as often.
        chooser.shuffle(order)
        for way in order:
            started = time.thread_time_ns()
            ways[way](text)
            times[way].append((time.thread_time_ns() - started) / 1_000)
    base = median(times["bundled model alone"])
    rows = [
        f"| {name} lines, µs | median | p99 | of the bundled model's median |",
        "|---|---:|---:|---:|",
    ]
    for way, spent in times.items():
        middle, high = median(spent), quantiles(spent, n=100)[98]
        rows.append(f"| {way} | {middle:.0f} | {high:.0f} | {middle / base:.2f} × |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    main()
