"""The texts that a project's own model learns from, by the moderators' decisions."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from moderation.engine.model.features import TOKEN
from moderation.engine.text.fold import without_surrogates
from moderation.engine.text.views import views_of
from moderation.engine.verdict.verdict import VerdictKind
from moderation.events.event import iso
from moderation.models import LogRevision, ModerationLog, Project, Status
from moderation.pipeline.submission import hash_of
from reviews.evaluation.learning.shapes import TrainingFacts
from reviews.models import Decision, DecisionKind
from reviews.queue.reasons import NAMES, NEAREST, OTHERS

#: How many of the newest decisions, and of the newest messages without one, are used.
MOST = 10_000
MOST_ORDINARY = 2_000
DIGIT = re.compile(r"\d")
SPAM, PERSONAL_DATA = "spam", "personal_info"
KEY = "key:"
FIELDS = (
    "pk", "ruling", "reason_code", "decider", "decided_at", "effects", "review__log_id",
    "review__log__content", "review__log__content_hash", "review__log__revision",
    "review__log__reasons", "review__log__user_id", "review__log__language",
)  # fmt: skip


@dataclass(frozen=True)
class Text:
    """A text as it was checked, with a key that it shares with spelling variants."""

    content: str
    user_id: str
    language: str
    key: str


@dataclass(frozen=True)
class DecidedText(Text):
    is_rejected: bool
    is_spam: bool = False


@dataclass
class TrainingSet:
    """The texts to learn from, and how many decisions teach nothing."""

    texts: list[DecidedText] = field(default_factory=list)
    #: dismissed, by_keys, personal_data, not_kept, repeated.
    skipped: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None
    #: The first 16 hex digits of the SHA-256 of the decisions' ids: identifies them.
    digest: str = ""

    @property
    def approved(self) -> int:
        return sum(not text.is_rejected for text in self.texts)

    @property
    def rejected(self) -> int:
        return len(self.texts) - self.approved

    @property
    def spam(self) -> int:
        return sum(text.is_spam for text in self.texts)

    def facts(self) -> TrainingFacts:
        return {
            "rejected": self.rejected,
            "approved": self.approved,
            "spam": self.spam,
            "skipped": dict(self.skipped),
            "first": iso(self.first),
            "last": iso(self.last),
            "digest": self.digest,
        }


def training_set_of(project: Project, since: datetime | None, *, with_keys: bool) -> TrainingSet:
    """Return the texts of the decisions in effect since then, each different text once.

    with_keys: include decisions that API keys made, on behalf of people in other apps.
    """
    decisions = Decision.objects.in_effect().filter(project=project)
    if since:
        decisions = decisions.filter(decided_at__gte=since)
    ordered = decisions.order_by("-decided_at", "-id").values_list(*FIELDS, named=True)[:MOST]
    # The newest decision on each message; the answer to an appeal is one, too.
    by_log: dict[UUID, Any] = {}
    for row in ordered:
        by_log.setdefault(row.review__log_id, row)
    rows = list(by_log.values())
    # Messages that were edited since: what was decided is an earlier revision.
    edited = [log for log, row in by_log.items() if _revision(row) != row.review__log__revision]
    revisions = LogRevision.objects.filter(log__in=edited)
    earlier = {(revision.log_id, revision.revision): revision for revision in revisions}

    training_set, texts = TrainingSet(), list[DecidedText]()
    for row in rows:
        text = _decided_text(row, earlier, with_keys=with_keys)
        if isinstance(text, str):
            training_set.skipped[text] += 1
        else:
            texts.append(text)
    training_set.texts = _different(texts)
    if repeated := len(texts) - len(training_set.texts):
        training_set.skipped["repeated"] = repeated
    if rows:
        training_set.first, training_set.last = rows[-1].decided_at, rows[0].decided_at
        ids = ",".join(sorted(str(row.pk) for row in rows))
        training_set.digest = sha256(ids.encode()).hexdigest()[:16]
    return training_set


def _revision(row: Any) -> int:
    return int(row.effects.get("revision", row.review__log__revision))


def _decided_text(
    row: Any, earlier: dict[tuple[Any, int], LogRevision], *, with_keys: bool
) -> DecidedText | str:
    """Return the text and its label, or the reason why the decision teaches nothing."""
    if row.ruling == DecisionKind.DISMISS:
        return "dismissed"
    if row.decider.startswith(KEY) and not with_keys:
        return "by_keys"
    content, content_hash = row.review__log__content, row.review__log__content_hash
    reasons = row.review__log__reasons
    if _revision(row) != row.review__log__revision:
        revision = earlier.get((row.review__log_id, _revision(row)))
        if revision is None:
            return "not_kept"
        content, content_hash = revision.content, revision.content_hash
        reasons = revision.reasons
    if hash_of(content) != content_hash:
        return "not_kept"
    is_rejected, code = row.ruling == DecisionKind.REJECT, ""
    if is_rejected:
        # The moderator's reason, else the engine's first.
        codes = (str(NEAREST.get(reason, reason)) for reason in (row.reason_code, *reasons))
        code = next((code for code in codes if code in NAMES or code in OTHERS), "other")
    if code == PERSONAL_DATA:
        return "personal_data"
    author, language = row.review__log__user_id, row.review__log__language
    return DecidedText(content, author, language, key_of(content), is_rejected, code == SPAM)


def key_of(content: str) -> str:
    """Return what a text shares with texts that differ only in spelling, signs or numbers."""
    view = views_of(without_surrogates(content)).main[-1].text
    return DIGIT.sub("0", " ".join(TOKEN.findall(view))) or content


def _different(texts: Iterable[DecidedText]) -> list[DecidedText]:
    """Return each different text once, with its most frequent label; the newest breaks a tie.

    texts: the newest first.
    """
    by_key = defaultdict[str, list[DecidedText]](list)
    for text in texts:
        by_key[text.key].append(text)
    different = []
    for same in by_key.values():
        labels = Counter((text.is_rejected, text.is_spam) for text in same)
        label = max(labels, key=lambda one: labels[one])
        different.append(next(one for one in same if (one.is_rejected, one.is_spam) == label))
    return different


def ordinary_texts(project: Project, decided: Iterable[DecidedText]) -> list[Text]:
    """Return different texts of the newest messages that were allowed and never reviewed."""
    logs = ModerationLog.objects.filter(
        project=project, verdict=VerdictKind.ALLOW, status=Status.APPROVED
    ).exclude(reviews__isnull=False)
    fields = ("content", "content_hash", "user_id", "language")
    rows = logs.order_by("-created_at", "-id").values_list(*fields, named=True)[:MOST_ORDINARY]
    known, texts = {text.key for text in decided}, dict[str, Text]()
    for row in rows:
        key = key_of(row.content)
        if key not in known and hash_of(row.content) == row.content_hash:
            texts.setdefault(key, Text(row.content, row.user_id, row.language, key))
    return list(texts.values())
