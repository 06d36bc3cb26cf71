"""Compare recorded scores of Perspective with ours, and store the mapping between them."""

from collections import defaultdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from moderation import rules
from moderation.integrations.compat.coverage import coverage_of
from moderation.integrations.compat.perspective.comparison import Comparison, compare
from moderation.integrations.compat.perspective.recorded import Recorded, recorded_rows
from moderation.integrations.compat.perspective.scoring import scores_by_name
from moderation.integrations.compat.scores import scores_of
from moderation.lib.errors import Invalid
from moderation.management.base import (
    ACTOR,
    GavelCommand,
    add_format,
    add_project,
    project_of,
    share,
    with_progress,
)
from moderation.pipeline.moderate import analyze
from moderation.rules.active import active_ruleset
from moderation.rules.compile import ActiveRuleset
from moderation.rules.scorer import wait_until_loaded

THRESHOLDS = "0.5,0.7,0.8,0.9"


class Command(GavelCommand):
    help = (
        "Compare recorded scores of Perspective with ours: agreement, thresholds, and a mapping, "
        "which --apply stores in the project's policy."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--perspective-log", type=Path, required=True, metavar="FILE", help="JSON lines"
        )
        parser.add_argument(
            "--thresholds",
            type=lambda text: [share(part) for part in text.split(",")],
            default=THRESHOLDS,
            metavar="LIST",
            help=f"those that your site uses, by default {THRESHOLDS}",
        )
        parser.add_argument(
            "--apply", action="store_true", help="let Perspective's endpoint answer on their scale"
        )
        add_project(parser)
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        project = project_of(options["project"])
        active = active_ruleset(project)
        wait_until_loaded()
        try:
            text = options["perspective_log"].read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            raise Invalid("file", "is not UTF-8") from None
        rows = list(recorded_rows(text.splitlines()))
        if not rows:
            raise Invalid("file", "has no line")
        found = comparisons(rows, active, options["thresholds"])
        mapping = {name: one["mapping"] for name, one in found.items() if one["helps"]}
        if options["apply"] and not mapping:
            raise CommandError("No mapping helps: nothing was stored.")
        if options["apply"]:
            mapping = {**active.policy.perspective_mapping, **mapping}
            rules.change_policy(project, ACTOR, {"perspective_mapping": mapping})
        shown = [described(name, one) for name, one in found.items()]
        if options["apply"]:
            shown.append(f"Stored in the policy of {project.slug}: {', '.join(mapping)}.")
        data = {"attributes": found, "applied": sorted(mapping) if options["apply"] else []}
        self.show(options, data, "\n\n".join(shown))


def comparisons(
    rows: list[Recorded], active: ActiveRuleset, thresholds: list[float]
) -> dict[str, Comparison]:
    """Score each text as Perspective's endpoint does without a mapping; compare by attribute."""
    ours, theirs = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    rejected = defaultdict[str, list[bool | None]](list)
    for row in with_progress(rows):
        coverage = coverage_of(row.text, row.languages, active)
        judgement = analyze(row.text, active, uses_model=coverage.has_model)
        for name, score in scores_by_name(row.scores, scores_of(judgement), row.text).items():
            ours[name].append(score)
            theirs[name].append(row.scores[name])
            rejected[name].append(row.rejected)
    return {
        name: compare(
            ours[name],
            theirs[name],
            thresholds,
            [one for one in rejected[name] if one is not None]
            if None not in rejected[name]
            else (),
        )
        for name in ours
    }


def described(name: str, one: Comparison) -> str:
    """Return what people read about one attribute."""
    correlation = one["rank_correlation"]
    told = "none" if correlation is None else f"{correlation:.3f}"
    lines = [f"{name}: {one['texts']} texts, rank correlation {told}"]
    for row in one["thresholds"]:
        line = (
            f"  theirs {row['theirs']:.2f} holds {row['share']:.1%}; "
            f"ours agrees on {row['agreement']:.1%} there, and on "
            f"{row['agreement_for_same_share']:.1%} from {row['ours_for_same_share']:.4f} on, "
            "which holds the same share"
        )
        if row["ours_for_same_precision"] is not None:
            line += f"; the same precision from {row['ours_for_same_precision']:.4f} on"
        lines.append(line)
    lines.append("  quantile   ours  theirs")
    lines += [
        f"  {row['quantile']:8.0%} {row['ours']:6.3f}  {row['theirs']:6.3f}"
        for row in one["quantiles"]
    ]
    lines.append(
        f"  A mapping of {len(one['mapping'])} points helps; --apply stores it."
        if one["helps"]
        else "  No mapping helps: the scores do not rise together, or there are too few texts."
    )
    return "\n".join(lines)
