"""What a row of the queue shows besides the item itself."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from moderation.identity import Caller
from moderation.marking import kind_name
from moderation.models import ModerationLog, Project, Strike
from moderation.queries import policy_of, scope_of
from reviews.claims import may_take
from reviews.lanes import oldest_open
from reviews.models import Claim, Decision, ReviewItem, ReviewStatus, Ruling
from reviews.reasons import reason_name

#: Enough for one line under the text.
REASONS_SHOWN = 2
MAX_NAME_LENGTH = 40
#: What a ruling is called once it is given.
RULED = {
    Ruling.APPROVE: "approved",
    Ruling.REJECT: "rejected",
    Ruling.DISMISS: "dismissed",
    Ruling.ESCALATE: "escalated",
}


@dataclass(frozen=True)
class Row:
    item: ReviewItem
    #: Who holds it now.
    claim: Claim | None
    is_mine: bool
    #: Whether another holds it.
    is_held: bool
    #: Whether it waits for an admin, and the caller is none.
    is_closed: bool
    strikes: int
    #: How many strikes lead to the first ban.
    strike_limit: int
    #: How many other open items have the very same text.
    similar: int
    #: In words, e.g. "Insult 0.78".
    why: list[str]
    #: The ruling that stands.
    ruling: Decision | None

    @property
    def log(self) -> ModerationLog:
        return self.item.log

    @property
    def ruled(self) -> str:
        """What was decided, for which reason and by whom."""
        if self.ruling is None:
            return "Edited since, needs no decision"
        ruled = RULED[Ruling(self.ruling.ruling)].capitalize()
        if code := self.ruling.reason_code:
            ruled = f"{ruled}, {reason_name(code).lower()},"
        return f"{ruled} by {self.ruling.decided_by[:MAX_NAME_LENGTH]}"

    @property
    def is_done(self) -> bool:
        return self.item.status == ReviewStatus.DECIDED

    @property
    def author(self) -> str:
        return self.log.username or self.log.user_id


def rows_of(items: list[ReviewItem], caller: Caller, now: datetime) -> list[Row]:
    """Return the rows of items that were fetched `with_details`, in two queries more."""
    policy = policy_of(caller.project)
    strikes = strikes_by_author(caller.project, items, now)
    similar = _items_by_text(caller.project, items)
    rows = []
    for item in items:
        log, claim = item.log, item.live_claim(now)
        is_mine = claim is not None and claim.holder == caller.identity
        row = Row(
            item=item,
            claim=claim,
            is_mine=is_mine,
            is_held=claim is not None and not is_mine,
            is_closed=not may_take(item, caller),
            strikes=strikes[log.user_id, scope_of(log.channel_id, policy)],
            strike_limit=policy.strikes_for_temp_ban,
            similar=max(0, similar.get(log.content_hash, 0) - 1),
            why=why_of(item),
            ruling=next(iter(item.rulings), None),
        )
        rows.append(row)
    return rows


def why_of(item: ReviewItem) -> list[str]:
    """Return in words what brought the item here, the weightiest first."""
    log = item.log
    scores: dict[str, float] = {}
    for match in log.matches:
        kind = match["category"]
        scores[kind] = max(scores.get(kind, 0.0), match["score"])
    strongest = sorted(scores, key=lambda kind: -scores[kind])[:REASONS_SHOWN]
    words = [f"{in_words(kind)} {scores[kind]:.2f}" for kind in strongest]
    words += [in_words(kind) for kind in dict.fromkeys(hit["type"] for hit in log.pii)]
    words = words or [in_words(reason) for reason in log.reasons[:REASONS_SHOWN]]
    count = item.report_count
    return [*words, f"{count} report{'s' if count > 1 else ''}"] if count else words


def in_words(kind: str) -> str:
    return kind_name(kind).capitalize()


def strikes_by_author(
    project: Project, items: Iterable[ReviewItem], now: datetime
) -> Counter[tuple[str, str]]:
    """Return how many strikes count against the authors, by author and scope."""
    authors = {item.log.user_id for item in items}
    found = Strike.objects.filter(project=project, user_id__in=authors).active(now)
    counted = found.values_list("user_id", "channel_id").annotate(count=Count("pk"))
    return Counter({(author, scope): count for author, scope, count in counted})


def _items_by_text(project: Project, items: Iterable[ReviewItem]) -> dict[str, int]:
    """Return how many open items have the same text, by its hash."""
    hashes = {item.log.content_hash for item in items}
    found = oldest_open(project).filter(log__content_hash__in=hashes)
    return dict(found.values_list("log__content_hash").annotate(count=Count("pk")))
