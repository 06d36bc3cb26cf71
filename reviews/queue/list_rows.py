"""What a row of the queue shows beyond the item itself."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moderation.engine.verdict.author_record import next_step
from moderation.lib.highlight import kind_title
from moderation.lib.languages import figure, gettext_lazy
from moderation.models import ModerationLog, Project, Strike
from moderation.queries.authors import scope_of
from moderation.rules.active import policy_of
from reviews.models import Claim, Decision, DecisionKind, ReviewItem, ReviewSource, ReviewStatus
from reviews.queue.claims import may_take
from reviews.queue.filters import Viewer
from reviews.queue.lanes import oldest_open
from reviews.queue.reasons import reason_name
from reviews.queue.selection import Selection

#: Enough for one line under the text.
REASONS_SHOWN = 2
MAX_NAME_LENGTH = 40
#: A decision, once made, in words.
DECIDED = {
    DecisionKind.APPROVE: gettext_lazy("approved"),
    DecisionKind.REJECT: gettext_lazy("rejected"),
    DecisionKind.DISMISS: gettext_lazy("dismissed"),
    DecisionKind.ESCALATE: gettext_lazy("escalated"),
}


@dataclass(frozen=True)
class Row:
    item: ReviewItem
    #: The claim that holds it now.
    claim: Claim | None
    is_mine: bool
    #: Whether somebody else holds it.
    is_held: bool
    #: Whether it waits for an admin and the caller is not one.
    is_closed: bool
    strikes: int
    #: How many strikes bring the next ban; the author's own above the ladder.
    strike_limit: int
    #: How many other open items have the same text, or nearly the same.
    similar: int
    #: In words, e.g. "Insult 0.78".
    why: list[str]
    #: The decision in effect.
    decision: Decision | None
    #: Its place in the list's order, as a cursor.
    key: str

    @property
    def log(self) -> ModerationLog:
        return self.item.log

    @property
    def decision_text(self) -> str:
        """What was decided, why, and by which moderator."""
        if self.decision is None:
            return _("Edited since, needs no decision")
        text = DECIDED[DecisionKind(self.decision.ruling)].capitalize()
        if code := self.decision.reason_code:
            text = f"{text}, {reason_name(code).lower()},"
        return _("{decision} by {name}").format(
            decision=text, name=self.decision.decided_by[:MAX_NAME_LENGTH]
        )

    # Here and not in the template: there are many rows, and `blocktranslate` is slow.
    @property
    def select_text(self) -> str:
        return _("Select the message by {author}").format(author=self.author[:MAX_NAME_LENGTH])

    @property
    def similar_text(self) -> str:
        return _("{count} more like it").format(count=self.similar)

    @property
    def is_appeal(self) -> bool:
        return self.item.source == ReviewSource.APPEAL and not self.is_done

    @property
    def is_done(self) -> bool:
        return self.item.status == ReviewStatus.DECIDED

    @property
    def author(self) -> str:
        return self.log.username or self.log.user_id


def rows_of(items: list[ReviewItem], selection: Selection, viewer: Viewer) -> list[Row]:
    """Return the rows of items that were fetched `with_details`, with two more queries."""
    caller, now = viewer.caller, viewer.now
    policy = policy_of(caller.project)
    strikes = strikes_by_author(caller.project, items, now)
    hashes = {item.log.copy_hash for item in items} - {""}
    copies = oldest_open(caller.project).filter(log__copy_hash__in=hashes)
    similar = dict(copies.values_list("log__copy_hash").annotate(count=Count("pk")))
    rows = []
    for item in items:
        log, claim = item.log, item.live_claim(now)
        is_mine = claim is not None and claim.holder == caller.identity
        count = strikes[log.user_id, scope_of(log.channel_id, policy)]
        row = Row(
            item=item,
            claim=claim,
            is_mine=is_mine,
            is_held=claim is not None and not is_mine,
            is_closed=not may_take(item, caller),
            strikes=count,
            strike_limit=next_step(count, policy) or count,
            similar=max(0, similar.get(log.copy_hash, 0) - 1),
            why=why_of(item),
            decision=next(iter(item.final_decisions), None),
            key=selection.cursor_of(item),
        )
        rows.append(row)
    return rows


def why_of(item: ReviewItem) -> list[str]:
    """Return in words what brought the item here, strongest first."""
    log = item.log
    scores: dict[str, float] = {}
    for match in log.matches:
        kind = match["category"]
        scores[kind] = max(scores.get(kind, 0.0), match["score"])
    strongest = sorted(scores, key=lambda kind: -scores[kind])[:REASONS_SHOWN]
    words = [f"{kind_title(kind)} {figure(scores[kind], 2)}" for kind in strongest]
    words += [kind_title(kind) for kind in dict.fromkeys(hit["type"] for hit in log.pii)]
    words = words or [kind_title(reason) for reason in log.reasons[:REASONS_SHOWN]]
    count = item.report_count
    reports = ngettext("{n} report", "{n} reports", count).format(n=count)
    return [*words, reports] if count else words


def strikes_by_author(
    project: Project, items: Iterable[ReviewItem], now: datetime
) -> Counter[tuple[str, str]]:
    """Count the authors' active strikes, by author and scope."""
    authors = {item.log.user_id for item in items}
    strikes = Strike.objects.filter(project=project, user_id__in=authors).active(now)
    counts = strikes.values_list("user_id", "channel_id").annotate(count=Count("pk"))
    return Counter({(author, scope): count for author, scope, count in counts})
