"""Show what a rule or a policy would have done to past content."""

import json
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any, Literal

from django.core.management.base import CommandParser
from django.utils import timezone

from moderation import rules
from moderation.lib.errors import Invalid
from moderation.lib.json_types import JsonObject
from moderation.management.base import (
    GavelCommand,
    add_format,
    add_project,
    number_from_one,
    project_of,
    show_progress,
)
from reviews.evaluation.backtests import (
    MOST_DAYS,
    policy_candidate,
    rule_candidate,
    run_backtest,
    with_texts,
)
from reviews.evaluation.backtests.replay import BRISK
from reviews.evaluation.backtests.shapes import StoredResult

DECIDED: tuple[Literal["agreed", "disagreed", "undecided"], ...] = (
    "agreed",
    "disagreed",
    "undecided",
)


def days(text: str) -> int:
    number = number_from_one(text)
    if number > MOST_DAYS:
        raise ArgumentTypeError(f"at most {MOST_DAYS} days")
    return number


class Command(GavelCommand):
    help = (
        "Show what a rule or a policy would have done to past content, with precision and recall "
        "against the moderators' decisions. Stores nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        candidate = parser.add_mutually_exclusive_group(required=True)
        candidate.add_argument("--rule", type=Path, metavar="FILE", help="a rule as JSON")
        candidate.add_argument("--policy", type=Path, metavar="FILE", help="the changes as JSON")
        parser.add_argument("--days", type=days, default=30, metavar="N", help="1 to 90; 30")
        add_project(parser)
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        project = project_of(options["project"])
        if options["rule"]:
            kind = "rule"
            candidate = rule_candidate(project, rules.draft_rule(_object_in(options["rule"])))
        else:
            kind = "policy"
            policy = rules.changed_policy(project, _object_in(options["policy"]))
            candidate = policy_candidate(project, policy)
        result: StoredResult | None = None
        now, days = timezone.now(), options["days"]
        for step in run_backtest(project, candidate, kind=kind, days=days, now=now, rest=BRISK):
            if step.result is None:
                show_progress(step.done, step.total)
            result = step.result
        assert result is not None
        complete = with_texts(project, result)
        self.show(options, complete, "\n".join(lines_of(complete)))


def _object_in(path: Path) -> JsonObject:
    try:
        parsed = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Invalid(str(path), f"is not valid JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise Invalid(str(path), "must contain one JSON object")
    return parsed


def lines_of(result: StoredResult) -> list[str]:
    counts, labelled = result["counts"], result["suggested"]
    decided = ", ".join(f"{name} {counts[name]}" for name in DECIDED)
    lines = [
        f"{counts['total']} messages of {result['days']} days, {counts['not_kept']} not stored",
        f"hits: {counts['hits']}, missed: {counts['missed']}",
        f"moderators {decided}",
        f"precision {_share(result['precision'])}, recall {_share(result['recall'])}",
        f"verdicts that change: {counts['changed']}",
    ]
    if labelled["total"]:
        after = labelled["after"]
        shares = f"precision {_share(after['precision'])}, recall {_share(after['recall'])}"
        lines.append(f"{labelled['total']} texts that clients labelled: {shares}")
    changes = result["changes"].items()
    return lines + [f"  {change.replace('>', ' → ')}: {count}" for change, count in changes]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
