"""Ban the authors of several items at once and take down what they wrote, with one undo."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from moderation.accounts.callers import Caller
from moderation.accounts.permissions import may
from moderation.lib.errors import Forbidden, GavelError, Invalid
from moderation.models import WHOLE_PROJECT, Author, Ban, BanType
from moderation.queries.bans import bans_at
from moderation.sanctions.by_staff import issue_ban, revoke_ban
from reviews.decisions.bulk import MOST_AT_ONCE, BulkResult, undo_many
from reviews.decisions.sweep import messages_to_sweep, sweep
from reviews.models import ReviewItem

UNDONE = "undone"


@dataclass(frozen=True)
class BanTerms:
    """How the authors are banned, and what goes with it."""

    reason: str
    #: None: permanently.
    minutes: int | None
    #: False: each in the channel of their message.
    in_whole_project: bool = False
    #: Whether their open reviews are rejected, and what they sent in these last hours.
    sweeps: bool = False
    sweep_hours: int | None = None

    @property
    def type(self) -> BanType:
        return BanType.PERMANENT if self.minutes is None else BanType.TEMPORARY

    @property
    def seconds(self) -> int:
        return 60 * (self.minutes or 0)

    def since(self, now: datetime) -> datetime | None:
        return None if self.sweep_hours is None else now - timedelta(hours=self.sweep_hours)


@dataclass(frozen=True)
class BanPlan:
    """What the terms would do to one author."""

    author: Author
    username: str
    #: The ban or mute that stands there already; such an author is left out.
    standing: Ban | None
    #: How many messages would be rejected.
    swept: int

    @property
    def key(self) -> str:
        """The author as a form sends them, whatever characters their id has."""
        return urlencode({"user": self.author.user_id, "channel": self.author.channel_id})


@dataclass(frozen=True)
class BanOutcome:
    author: Author
    ban: Ban | None = None
    swept: list[BulkResult] = field(default_factory=list)
    #: Why the author was not banned.
    error: GavelError | None = None


def plan_bans(
    ids: Iterable[UUID], terms: BanTerms, caller: Caller, *, now: datetime
) -> list[BanPlan]:
    """Return the authors of the project's items, each once, with what would happen to them."""
    items = ReviewItem.objects.filter(project=caller.project, pk__in=list(ids))
    plans = {}
    for item in items.select_related("log").order_by("-priority", "-id"):
        log = item.log
        channel = WHOLE_PROJECT if terms.in_whole_project else log.channel_id
        author = Author(caller.project, log.user_id, channel)
        if (log.user_id, channel) in plans:
            continue
        plans[log.user_id, channel] = BanPlan(
            author=author,
            username=log.username or log.user_id,
            standing=bans_at(author).active(now).first(),
            swept=messages_to_sweep(author, terms.since(now)).count() if terms.sweeps else 0,
        )
    return list(plans.values())


def ban_many(
    authors: Iterable[Author], terms: BanTerms, caller: Caller, *, now: datetime
) -> list[BanOutcome]:
    """Ban each author by themselves, so that one refusal does not stop the others.

    Raises Forbidden for a caller who may not ban, Invalid for more than 100 authors.
    """
    _refuse(caller)
    wanted = list(authors)
    if len(wanted) > MOST_AT_ONCE:
        raise Invalid("authors", f"must be at most {MOST_AT_ONCE}")
    outcomes = []
    for author in wanted:
        try:
            ban = issue_ban(
                author,
                type=terms.type,
                minutes=terms.minutes,
                reason=terms.reason,
                actor=caller.name,
                now=now,
            )
        except GavelError as error:
            outcomes.append(BanOutcome(author, error=error))
            continue
        swept = sweep(author, terms.since(now), caller, now=now) if terms.sweeps else []
        outcomes.append(BanOutcome(author, ban, swept))
    return outcomes


def undo_bans(
    bans: Iterable[UUID], items: Iterable[UUID], caller: Caller, *, now: datetime
) -> tuple[int, list[BulkResult]]:
    """Lift the bans and undo the decisions on the items; return how many bans were lifted.

    A ban that has ended meanwhile stays as it is.
    """
    _refuse(caller)
    lifted = 0
    rows = Ban.objects.filter(project=caller.project, pk__in=list(bans)).active(now)
    for ban in rows.select_related("project"):
        revoke_ban(ban, reason=UNDONE, actor=caller.name, now=now)
        lifted += 1
    return lifted, undo_many(items, caller, now=now)


def _refuse(caller: Caller) -> None:
    if not may(caller, "admin"):
        raise Forbidden("Only admins ban authors.")
