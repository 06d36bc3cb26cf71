"""What a backtest counts, and its result as JSON."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from moderation.engine.verdict.policy import Policy
from moderation.engine.verdict.verdict import KIND_ORDER, VerdictKind
from moderation.models import ModerationLog, Project
from moderation.pipeline.excerpts import match_row
from moderation.pipeline.shapes import MatchRow
from reviews.casefile.shapes import DecisionName
from reviews.evaluation.backtests.candidates import Candidate, Comparison, Content
from reviews.evaluation.backtests.shapes import (
    BacktestExample,
    BacktestMeasure,
    BacktestResult,
    BacktestSide,
    StoredResult,
)

Result = TypeVar("Result", BacktestResult, StoredResult)

#: Of each group of examples.
MOST_EXAMPLES = 10
SHOWN_LENGTH = 300


@dataclass
class Side:
    """The verdicts before or after the change, compared with the moderators' decisions."""

    verdicts: Counter[str] = field(default_factory=Counter)
    hits: int = 0
    #: Hits that moderators decided as expected, or otherwise.
    agreed: int = 0
    disagreed: int = 0
    #: Content that moderators decided as expected although it was no hit.
    missed: int = 0

    def add(self, kind: VerdictKind, decision: str, expected: str, *, is_hit: bool) -> None:
        self.verdicts[kind.value] += 1
        self.hits += is_hit
        self.agreed += is_hit and decision == expected
        self.disagreed += is_hit and bool(decision) and decision != expected
        self.missed += not is_hit and decision == expected

    def measured(self) -> BacktestMeasure:
        """Return how well the hits agree with moderators."""
        return {
            "hits": self.hits,
            "agreed": self.agreed,
            "disagreed": self.disagreed,
            "undecided": self.hits - self.agreed - self.disagreed,
            "missed": self.missed,
            "precision": _share(self.agreed, self.disagreed),
            "recall": _share(self.agreed, self.missed),
        }

    def shown(self, policy: Policy) -> BacktestSide:
        reviewed = {*policy.review_verdicts, *(["block"] if policy.queue_blocks else [])}
        return {
            **self.measured(),
            "verdicts": {kind.value: self.verdicts[kind.value] for kind in KIND_ORDER},
            "hidden": self._count({*KIND_ORDER} - {*policy.approved_verdicts}),
            "reviews": self._count(reviewed),
            "strikes": self._count(policy.strike_verdicts),
        }

    def _count(self, kinds: Iterable[str]) -> int:
        return sum(self.verdicts[str(kind)] for kind in kinds)


def _share(part: int, rest: int) -> float | None:
    return round(part / (part + rest), 4) if part + rest else None


class BacktestResults:
    def __init__(self, candidate: Candidate, kind: str) -> None:
        self._candidate = candidate
        self._is_rule = kind == "rule"
        self.total = 0
        #: Content whose text is not stored as it was sent, so it cannot be checked again.
        self.not_kept = 0
        self._before, self._after = Side(), Side()
        #: The same for texts that clients labelled, which were never content here.
        self.labelled = 0
        self._labelled_before, self._labelled_after = Side(), Side()
        self._changes: Counter[str] = Counter()
        self._examples: defaultdict[str, list[BacktestExample]] = defaultdict(list)

    def add(self, content: Content, comparison: Comparison, decision: str) -> None:
        """Count content; decision: the moderator's, "" if there is none."""
        expected = self._candidate.expected_decision
        before, after = comparison.before.kind, comparison.after.kind
        self.total += 1
        self._before.add(before, decision, expected, is_hit=comparison.was_hit)
        self._after.add(after, decision, expected, is_hit=comparison.is_hit)
        change = ""
        if before is not after:
            change = f"{before}>{after}"
            self._changes[change] += 1
        group = self._rule_group(comparison, decision) if self._is_rule else change
        if not group or len(self._examples[group]) >= MOST_EXAMPLES:
            return
        example: BacktestExample = {
            "content_id": str(content.pk),
            "group": group,
            "text": "",
            # `with_texts` fills in the texts when the result is read.
            "matches": [
                cast("MatchRow", {**match_row(match), "text": ""})
                for match in comparison.matches
                if match.end <= SHOWN_LENGTH
            ],
            "verdict": after.value,
            "verdict_without": before.value,
            "decision": cast("DecisionName", decision) if decision else None,
        }
        self._examples[group].append(example)

    def add_labelled(self, comparison: Comparison, decision: str) -> None:
        """Count a text that a client labelled."""
        expected = self._candidate.expected_decision
        self.labelled += 1
        before, after = self._labelled_before, self._labelled_after
        before.add(comparison.before.kind, decision, expected, is_hit=comparison.was_hit)
        after.add(comparison.after.kind, decision, expected, is_hit=comparison.is_hit)

    def _rule_group(self, comparison: Comparison, decision: str) -> str:
        is_expected = decision == self._candidate.expected_decision
        if not comparison.is_hit:
            return "missed" if is_expected else ""
        if decision:
            return "agreed" if is_expected else "disagreed"
        return "undecided"

    def result(self) -> BacktestResult:
        before, after = map(Side.shown, (self._before, self._after), self._candidate.policies)
        return {
            "counts": {
                "total": self.total,
                "not_kept": self.not_kept,
                "changed": sum(self._changes.values()),
                "hits": after["hits"],
                "agreed": after["agreed"],
                "disagreed": after["disagreed"],
                "undecided": after["undecided"],
                "missed": after["missed"],
            },
            "precision": after["precision"],
            "recall": after["recall"],
            "before": before,
            "after": after,
            "suggested": {
                "total": self.labelled,
                "before": self._labelled_before.measured(),
                "after": self._labelled_after.measured(),
            },
            "changes": dict(self._changes.most_common()),
            "examples": [one for group in self._examples.values() for one in group],
        }


def with_texts(project: Project, result: Result) -> Result:
    """Return a result with its examples' texts; drop examples whose text is no longer stored.

    A stored result has no texts, so that erasing content removes its text everywhere.
    """
    ids = [example["content_id"] for example in result["examples"]]
    logs = ModerationLog.objects.filter(project=project, pk__in=ids)
    texts = {str(pk): text[:SHOWN_LENGTH] for pk, text in logs.values_list("pk", "content")}
    examples: list[BacktestExample] = []
    for example in result["examples"]:
        text = texts.get(example["content_id"])
        if text is None:
            continue
        complete = example.copy()
        complete["text"] = text
        # An edit may have made the content shorter since then.
        complete["matches"] = [
            {**match, "text": text[match["start"] : match["end"]]}
            for match in example["matches"]
            if match["end"] <= len(text)
        ]
        examples.append(complete)
    shown = result.copy()
    shown["examples"] = examples
    return shown
