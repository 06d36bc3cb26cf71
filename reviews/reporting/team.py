"""What a lead reads: decisions by person and reason, hits by word and rule, and busy hours."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from uuid import UUID

from moderation.models import ModerationLog, Project
from reviews.models import Appeal, AppealOutcome, Decision, DecisionKind, ReviewItem

#: The newest decisions and reviews that the figures cover; older ones would cost more than they
#: tell.
MOST_COUNTED = 20_000
#: Words and rules that the page lists, those with most hits first.
MOST_LISTED = 20
RULE = "rule:"


@dataclass(frozen=True)
class DecisionFigures:
    """The decisions of one person, or for one reason."""

    name: str
    decisions: int
    rejections: int
    #: From opening to decision.
    median_seconds: float
    #: Rejections that an appeal overturned.
    overturned: int
    #: Decisions of other people on the same or nearly the same text, and those that were the same.
    compared: int
    agreed: int

    @property
    def overturned_percent(self) -> float:
        return 100 * self.overturned / self.rejections if self.rejections else 0.0

    @property
    def agreed_percent(self) -> float:
        return 100 * self.agreed / self.compared if self.compared else 0.0


@dataclass(frozen=True)
class FinderFigures:
    """The messages that one word or rule found, and what moderators decided on them."""

    name: str
    hits: int
    #: Approved or rejected; a dismissal says nothing about the word.
    decided: int
    rejected: int
    overturned: int

    @property
    def precision_percent(self) -> float:
        return 100 * self.rejected / self.decided if self.decided else 0.0


@dataclass(frozen=True)
class _Made:
    by: str
    reason: str
    ruling: str
    seconds: float
    is_overturned: bool
    log: UUID
    #: What near-identical texts share; empty if unknown.
    copy_hash: str
    compared: int = 0
    agreed: int = 0

    @property
    def is_rejection(self) -> bool:
        return self.ruling == DecisionKind.REJECT


@dataclass(frozen=True)
class Team:
    people: list[DecisionFigures]
    reasons: list[DecisionFigures]
    words: list[FinderFigures]
    rules: list[FinderFigures]
    #: Reviews opened, by weekday (Monday first) and hour in UTC.
    opened: list[list[int]]

    @property
    def most_opened(self) -> int:
        return max(map(max, self.opened), default=0)


def team_of(project: Project, since: datetime) -> Team:
    """Return the figures of decisions made, and reviews opened, since a moment."""
    made = _compared(_decisions(project, since))
    words, rules = _finders(project, since, made)
    rejections = [one for one in made if one.is_rejection]
    return Team(
        people=_figures((one.by, one) for one in made),
        reasons=_figures((one.reason or "other", one) for one in rejections),
        words=words,
        rules=rules,
        opened=_opened(project, since),
    )


def _decisions(project: Project, since: datetime) -> list[_Made]:
    """Return the decisions in effect that answer no appeal."""
    overturned: set[UUID | None] = set(
        Appeal.objects.filter(
            project=project, outcome=AppealOutcome.OVERTURNED, decided_at__gte=since
        ).values_list("log", flat=True)
    )
    decisions = Decision.objects.in_effect().filter(
        project=project, decided_at__gte=since, appeal=None
    )
    rows = decisions.order_by("-decided_at").values_list(
        "decided_by", "reason_code", "ruling", "review__created_at", "decided_at", "review__log",
        "review__log__copy_hash",
    )  # fmt: skip
    return [
        _Made(
            by=by,
            reason=reason,
            ruling=ruling,
            seconds=(decided_at - opened_at).total_seconds(),
            is_overturned=ruling == DecisionKind.REJECT and log in overturned,
            log=log,
            copy_hash=copy_hash,
        )
        for by, reason, ruling, opened_at, decided_at, log, copy_hash in rows[:MOST_COUNTED]
    ]


def _compared(made: list[_Made]) -> list[_Made]:
    """Compare each decision with other people's on the same or nearly the same text.

    Approving and dismissing are the same: the message stays.
    """
    counts = Counter((one.copy_hash, one.is_rejection, one.by) for one in made if one.copy_hash)
    totals: Counter[tuple[str, bool]] = Counter()
    for (copy_hash, is_rejection, _), count in counts.items():
        totals[copy_hash, is_rejection] += count

    def others(one: _Made, *, is_rejection: bool) -> int:
        own = counts[one.copy_hash, is_rejection, one.by]
        return totals[one.copy_hash, is_rejection] - own

    compared = []
    for one in made:
        same = others(one, is_rejection=one.is_rejection)
        different = others(one, is_rejection=not one.is_rejection)
        compared.append(replace(one, compared=same + different, agreed=same))
    return compared


def _finders(
    project: Project, since: datetime, made: list[_Made]
) -> tuple[list[FinderFigures], list[FinderFigures]]:
    """Return the figures of the words and of the rules that found most."""
    logs = ModerationLog.objects.filter(project=project, created_at__gte=since)
    found = logs.exclude(verdict="allow").order_by("-created_at", "-id")
    by_log = {one.log: one for one in made}
    words: defaultdict[str, list[_Made | None]] = defaultdict(list)
    rules: defaultdict[str, list[_Made | None]] = defaultdict(list)
    for pk, detected, reasons in found.values_list("pk", "detected_words", "reasons")[
        :MOST_COUNTED
    ]:
        for word in set(detected):
            words[word].append(by_log.get(pk))
        for reason in reasons:
            if reason.startswith(RULE):
                rules[reason.removeprefix(RULE)].append(by_log.get(pk))
    return _finder_figures(words), _finder_figures(rules)


def _finder_figures(hits: Mapping[str, list[_Made | None]]) -> list[FinderFigures]:
    figures = []
    for name, decisions in hits.items():
        learned = [one for one in decisions if one and one.ruling != DecisionKind.DISMISS]
        rejected = [one for one in learned if one.is_rejection]
        overturned = sum(one.is_overturned for one in rejected)
        figures.append(FinderFigures(name, len(decisions), len(learned), len(rejected), overturned))
    return sorted(figures, key=lambda one: (-one.hits, one.name))[:MOST_LISTED]


def _figures(named: Iterable[tuple[str, _Made]]) -> list[DecisionFigures]:
    """Return the figures by name, those with most decisions first."""
    groups: defaultdict[str, list[_Made]] = defaultdict(list)
    for name, one in named:
        groups[name].append(one)
    figures = [
        DecisionFigures(
            name=name,
            decisions=len(group),
            rejections=sum(one.is_rejection for one in group),
            median_seconds=median(one.seconds for one in group),
            overturned=sum(one.is_overturned for one in group),
            compared=sum(one.compared for one in group),
            agreed=sum(one.agreed for one in group),
        )
        for name, group in groups.items()
    ]
    return sorted(figures, key=lambda one: (-one.decisions, one.name))


def _opened(project: Project, since: datetime) -> list[list[int]]:
    items = ReviewItem.objects.filter(project=project, created_at__gte=since)
    moments = items.order_by("-created_at").values_list("created_at", flat=True)[:MOST_COUNTED]
    counts = Counter((moment.weekday(), moment.hour) for moment in moments)
    return [[counts[weekday, hour] for hour in range(24)] for weekday in range(7)]
