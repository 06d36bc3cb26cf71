"""What people ruled in the end, as texts that teach; and what nobody ruled on, which must not."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import QuerySet

from moderation.engine.features import TOKEN
from moderation.engine.normalization import without_surrogates
from moderation.engine.reading import read
from moderation.engine.verdict import VerdictKind
from moderation.events import iso
from moderation.ingest import hash_of
from moderation.models import LogRevision, ModerationLog, Project, Status
from reviews.models import Decision, Ruling
from reviews.reasons import AKIN, NAMES, OTHERS

#: The newest rulings, and the newest messages without one, that are looked at.
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
    """A text as it was judged, with what tells it from others however it is written."""

    content: str
    user_id: str
    language: str
    key: str


@dataclass(frozen=True)
class Ruled(Text):
    is_rejected: bool
    is_spam: bool = False


@dataclass
class Rulings:
    """What there is to learn from, and how much of what there is teaches nothing."""

    texts: list[Ruled] = field(default_factory=list)
    #: dismissed, by_keys, personal_data, not_kept, repeated.
    skipped: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None
    #: SHA-256 of the ids of the decisions, the beginning of it: which they were.
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

    def facts(self) -> dict[str, Any]:
        return {
            "rejected": self.rejected,
            "approved": self.approved,
            "spam": self.spam,
            "skipped": dict(self.skipped),
            "first": iso(self.first),
            "last": iso(self.last),
            "digest": self.digest,
        }


def rulings_of(project: Project, since: datetime | None, *, with_keys: bool) -> Rulings:
    """Return what stands of the rulings since then, each different text once.

    with_keys: also those that came with an API key, by which people of other apps may decide.
    """
    found, taught = Rulings(), list[Ruled]()
    rows = list(_last_of_each(_decisions(project, since)))
    earlier = _earlier_revisions(rows)
    for row in rows:
        ruled = _ruled(row, earlier, with_keys=with_keys)
        if isinstance(ruled, str):
            found.skipped[ruled] += 1
        else:
            taught.append(ruled)
    found.texts = _each_once(taught)
    if repeated := len(taught) - len(found.texts):
        found.skipped["repeated"] = repeated
    if rows:
        found.first, found.last = rows[-1].decided_at, rows[0].decided_at
        found.digest = sha256(",".join(sorted(str(row.pk) for row in rows)).encode()).hexdigest()
        found.digest = found.digest[:16]
    return found


def _decisions(project: Project, since: datetime | None) -> QuerySet[Decision]:
    standing = Decision.objects.standing().filter(project=project)
    return standing.filter(decided_at__gte=since) if since else standing


def _last_of_each(decisions: QuerySet[Decision]) -> Iterator[Any]:
    """Yield the newest decision of each content as a plain row, the newest first.

    An appeal's answer is a decision like any other, and later than what it is about.
    """
    seen = set()
    for row in decisions.order_by("-decided_at", "-id").values_list(*FIELDS, named=True)[:MOST]:
        if row.review__log_id not in seen:
            seen.add(row.review__log_id)
            yield row


def _earlier_revisions(rows: Iterable[Any]) -> dict[tuple[Any, int], Any]:
    """Return what was ruled on where the message was edited since, by log and revision."""
    edited = {row.review__log_id for row in rows if _revision(row) != row.review__log__revision}
    revisions = LogRevision.objects.filter(log__in=edited)
    return {(revision.log_id, revision.revision): revision for revision in revisions}


def _revision(row: Any) -> int:
    return int(row.effects.get("revision", row.review__log__revision))


def _ruled(row: Any, earlier: dict[tuple[Any, int], Any], *, with_keys: bool) -> Ruled | str:
    """Return what the ruling teaches, or why it teaches nothing."""
    if row.ruling == Ruling.DISMISS:
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
    is_rejected = row.ruling == Ruling.REJECT
    code = _code(row.reason_code, reasons) if is_rejected else ""
    if code == PERSONAL_DATA:
        return "personal_data"
    author, language = row.review__log__user_id, row.review__log__language
    return Ruled(content, author, language, key_of(content), is_rejected, code == SPAM)


def _code(reason_code: str, reasons: Sequence[str]) -> str:
    """Return why it was rejected: the moderator's reason, else the engine's first one."""
    codes = (str(AKIN.get(reason, reason)) for reason in (reason_code, *reasons))
    return next((code for code in codes if code in NAMES or code in OTHERS), "other")


def key_of(content: str) -> str:
    """Return what a text shares with those that differ only in writing, signs or numbers."""
    view = read(without_surrogates(content)).views[-1].text
    return DIGIT.sub("0", " ".join(TOKEN.findall(view))) or content


def _each_once(taught: Iterable[Ruled]) -> list[Ruled]:
    """Return each text once, as it was ruled most often; of equals the newest, which come first."""
    by_key = defaultdict[str, list[Ruled]](list)
    for ruled in taught:
        by_key[ruled.key].append(ruled)
    return [_most_often(same) for same in by_key.values()]


def _most_often(same: Sequence[Ruled]) -> Ruled:
    counts = Counter((ruled.is_rejected, ruled.is_spam) for ruled in same)
    often = max(counts, key=lambda kind: counts[kind])
    return next(ruled for ruled in same if (ruled.is_rejected, ruled.is_spam) == often)


def ordinary_texts(project: Project, ruled: Iterable[Ruled]) -> list[Text]:
    """Return different texts of the newest messages that were allowed and that nobody reviewed."""
    logs = ModerationLog.objects.filter(
        project=project, verdict=VerdictKind.ALLOW, status=Status.APPROVED
    ).exclude(reviews__isnull=False)
    fields = ("content", "content_hash", "user_id", "language")
    rows = logs.order_by("-created_at", "-id").values_list(*fields, named=True)[:MOST_ORDINARY]
    known, found = {text.key for text in ruled}, dict[str, Text]()
    for row in rows:
        key = key_of(row.content)
        if key not in known and hash_of(row.content) == row.content_hash:
            found.setdefault(key, Text(row.content, row.user_id, row.language, key))
    return list(found.values())
