"""What a backtest counts, and its result as JSON."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moderation.engine.policy import Policy
from moderation.engine.verdict import KIND_ORDER, VerdictKind
from moderation.models import ModerationLog, Project
from moderation.quotes import match_row
from reviews.backtests.trials import Content, Judged, Tried

#: Of each kind of example.
MOST_EXAMPLES = 10
SHOWN_LENGTH = 300


@dataclass
class Side:
    """How one of the two judged, against what moderators ruled."""

    verdicts: Counter[str] = field(default_factory=Counter)
    hits: int = 0
    #: Hits that moderators ruled as it foretells, or not; what they ruled so without a hit.
    agreed: int = 0
    disagreed: int = 0
    missed: int = 0

    def add(self, kind: VerdictKind, ruling: str, foretells: str, *, is_hit: bool) -> None:
        self.verdicts[kind.value] += 1
        self.hits += is_hit
        self.agreed += is_hit and ruling == foretells
        self.disagreed += is_hit and bool(ruling) and ruling != foretells
        self.missed += not is_hit and ruling == foretells

    def measured(self) -> dict[str, Any]:
        """Return how far it agrees with people."""
        return {
            "hits": self.hits,
            "agreed": self.agreed,
            "disagreed": self.disagreed,
            "undecided": self.hits - self.agreed - self.disagreed,
            "missed": self.missed,
            "precision": _share(self.agreed, self.disagreed),
            "recall": _share(self.agreed, self.missed),
        }

    def shown(self, policy: Policy) -> dict[str, Any]:
        reviewed = {*policy.review_verdicts, *(["block"] if policy.queue_blocks else [])}
        return {
            **self.measured(),
            "verdicts": {kind.value: self.verdicts[kind.value] for kind in KIND_ORDER},
            "hidden": self._of({*KIND_ORDER} - {*policy.approved_verdicts}),
            "reviews": self._of(reviewed),
            "strikes": self._of(policy.strike_verdicts),
        }

    def _of(self, kinds: Any) -> int:
        return sum(self.verdicts[str(kind)] for kind in kinds)


def _share(part: int, rest: int) -> float | None:
    return round(part / (part + rest), 4) if part + rest else None


class Findings:
    def __init__(self, tried: Tried, kind: str) -> None:
        self._tried = tried
        self._is_rule = kind == "rule"
        self.total = 0
        #: Masked, hashed or erased content, which cannot be judged again.
        self.not_kept = 0
        self._before, self._after = Side(), Side()
        #: The same of the texts that clients labelled, which were never content here.
        self.labelled = 0
        self._labelled_before, self._labelled_after = Side(), Side()
        self._changes: Counter[str] = Counter()
        self._examples: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)

    def add(self, content: Content, judged: Judged, ruling: str) -> None:
        """Count a content; ruling: what a moderator said of it, "" where none did."""
        foretells = self._tried.foretells
        self.total += 1
        self._before.add(judged.before.kind, ruling, foretells, is_hit=judged.was_hit)
        self._after.add(judged.after.kind, ruling, foretells, is_hit=judged.is_hit)
        change = ""
        if judged.before.kind is not judged.after.kind:
            change = f"{judged.before.kind}>{judged.after.kind}"
            self._changes[change] += 1
        group = self._rule_group(judged, ruling) if self._is_rule else change
        if group and len(self._examples[group]) < MOST_EXAMPLES:
            self._examples[group].append(_example(content, judged, ruling, group))

    def add_labelled(self, judged: Judged, ruling: str) -> None:
        """Count a text that a client labelled."""
        foretells = self._tried.foretells
        self.labelled += 1
        before, after = self._labelled_before, self._labelled_after
        before.add(judged.before.kind, ruling, foretells, is_hit=judged.was_hit)
        after.add(judged.after.kind, ruling, foretells, is_hit=judged.is_hit)

    def _rule_group(self, judged: Judged, ruling: str) -> str:
        is_foretold = ruling == self._tried.foretells
        if not judged.is_hit:
            return "missed" if is_foretold else ""
        if ruling:
            return "agreed" if is_foretold else "disagreed"
        return "undecided"

    def result(self) -> dict[str, Any]:
        before, after = map(Side.shown, (self._before, self._after), self._tried.policies)
        names = ("hits", "agreed", "disagreed", "undecided", "missed")
        counts = {
            "total": self.total,
            "not_kept": self.not_kept,
            "changed": sum(self._changes.values()),
            **{name: after[name] for name in names},
        }
        return {
            "counts": counts,
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


def _example(content: Content, judged: Judged, ruling: str, group: str) -> dict[str, Any]:
    return {
        "content_id": str(content.pk),
        "group": group,
        "matches": [
            {**match_row(one), "text": ""} for one in judged.matches if one.end <= SHOWN_LENGTH
        ],
        "verdict": str(judged.after.kind),
        "verdict_without": str(judged.before.kind),
        "decision": ruling or None,
    }


def with_texts(project: Project, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result with the texts of its examples, so far as they are still kept.

    A stored result has none of them: what is erased or too old must be gone from everywhere.
    """
    ids = [example["content_id"] for example in result["examples"]]
    logs = ModerationLog.objects.filter(project=project, pk__in=ids)
    texts = {str(pk): text[:SHOWN_LENGTH] for pk, text in logs.values_list("pk", "content")}
    kept = [
        _with_text(example, texts[example["content_id"]])
        for example in result["examples"]
        if example["content_id"] in texts
    ]
    return {**result, "examples": kept}


def _with_text(example: Mapping[str, Any], text: str) -> dict[str, Any]:
    # The content may have been edited since, to a shorter one.
    matches = [
        {**match, "text": text[match["start"] : match["end"]]}
        for match in example["matches"]
        if match["end"] <= len(text)
    ]
    return {**example, "text": text, "matches": matches}
