"""Say what a rule or a policy would have done to past content."""

import json
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from moderation import rules
from moderation.errors import Invalid
from moderation.management.base import (
    GavelCommand,
    add_format,
    add_project,
    number_from_one,
    project_of,
    show_progress,
)
from moderation.models import Project
from reviews.backtests import MOST_DAYS, look_back, policy_trial, rule_trial, with_texts
from reviews.backtests.looking import BRISK
from reviews.backtests.trials import Tried


def days(text: str) -> int:
    found = number_from_one(text)
    if found > MOST_DAYS:
        raise ArgumentTypeError(f"at most {MOST_DAYS} days")
    return found


class Command(GavelCommand):
    help = (
        "Say what a rule or a policy would have done to past content, with precision and recall "
        "against the moderators' decisions. Stores nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        tried = parser.add_mutually_exclusive_group(required=True)
        tried.add_argument("--rule", type=Path, metavar="FILE", help="a rule as JSON")
        tried.add_argument("--policy", type=Path, metavar="FILE", help="the changes as JSON")
        parser.add_argument("--days", type=days, default=30, metavar="N", help="1 to 90; 30")
        add_project(parser)
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        project = project_of(options["project"])
        kind = "rule" if options["rule"] else "policy"
        tried = _tried(project, options)
        now, result = timezone.now(), {}
        for step in look_back(project, tried, kind=kind, days=options["days"], now=now, rest=BRISK):
            if step.result is None:
                show_progress(step.done, step.total)
            result = step.result or {}
        result = with_texts(project, result)
        self.show(options, result, "\n".join(_lines(result)))


def _tried(project: Project, options: dict[str, Any]) -> Tried:
    if options["rule"]:
        return rule_trial(project, rules.draft_rule(_object(options["rule"])))
    return policy_trial(project, rules.changed_policy(project, _object(options["policy"])))


def _object(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Invalid(str(path), f"is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise Invalid(str(path), "must hold one object")
    return found


def _lines(result: dict[str, Any]) -> list[str]:
    counts = result["counts"]
    lines = [
        f"{counts['total']} contents of {result['days']} days, {counts['not_kept']} not kept",
        f"hits: {counts['hits']}, missed: {counts['missed']}",
        "moderators "
        + ", ".join(f"{name} {counts[name]}" for name in ("agreed", "disagreed", "undecided")),
        f"precision {_share(result['precision'])}, recall {_share(result['recall'])}",
        f"verdicts that change: {counts['changed']}",
    ]
    if texts := result["suggested"]["total"]:
        after = result["suggested"]["after"]
        shares = f"precision {_share(after['precision'])}, recall {_share(after['recall'])}"
        lines.append(f"{texts} texts that clients labelled: {shares}")
    return lines + [
        f"  {change.replace('>', ' → ')}: {n}" for change, n in result["changes"].items()
    ]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
