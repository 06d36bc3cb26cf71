"""The queue's filters: which values each one takes and which items it keeps, for pages and API."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from moderation.accounts.callers import Caller
from moderation.engine.matches import Category
from moderation.engine.verdict.verdict import Severity, VerdictKind
from moderation.lib.content_keys import encrypts_texts
from moderation.lib.highlight import lazy_title
from moderation.lib.languages import gettext_lazy
from reviews.models import Decision, ReviewItemQuerySet, ReviewSource, ReviewStatus
from reviews.queue.lanes import DONE, LANE_BY_NAME, Lane, in_lane

MAX_VALUE_LENGTH = 200


@dataclass(frozen=True)
class Viewer:
    """The person who looks at the queue, and when: what `me` and `now` mean in a filter."""

    caller: Caller
    now: datetime


Keep = Callable[[ReviewItemQuerySet, str, Viewer], ReviewItemQuerySet]


@dataclass(frozen=True)
class Filter:
    #: Its name in the queue's panel; "" for a filter that only the API has.
    label: str
    keep: Keep
    #: Value → its name for people; empty if the filter takes any text.
    choices: Mapping[str, str] = field(default_factory=dict)
    #: False for a filter that the panel leaves out and only links set.
    is_offered: bool = True


def _equal(name: str) -> Keep:
    return lambda items, value, _: items.filter(**{name: value})


def _named(kinds: Iterable[str]) -> dict[str, str]:
    return {str(kind): lazy_title(str(kind)) for kind in kinds}


def _held_by(items: ReviewItemQuerySet, value: str, viewer: Viewer) -> ReviewItemQuerySet:
    if value == "nobody":
        return items.unclaimed(viewer.now)
    claimed, mine = items.claimed(viewer.now), Q(claim__holder=viewer.caller.identity)
    return claimed.filter(mine) if value == "me" else claimed.exclude(mine)


def _decided_by_me(items: ReviewItemQuerySet, _value: str, viewer: Viewer) -> ReviewItemQuerySet:
    person = viewer.caller.user
    decisions = Decision.objects.in_effect().filter(moderator_id=person.pk if person else None)
    return items.filter(pk__in=decisions.values("review"))


def _with_status(items: ReviewItemQuerySet, value: str, viewer: Viewer) -> ReviewItemQuerySet:
    is_open, is_claimed = Q(status=ReviewStatus.OPEN), Q(claim__expires_at__gt=viewer.now)
    conditions = {
        "open": is_open & (Q(claim=None) | Q(claim__expires_at__lte=viewer.now)),
        "claimed": is_open & is_claimed,
        "decided": Q(status=ReviewStatus.DECIDED),
    }
    kept = Q()
    for status in value.split(","):
        kept |= conditions[status]
    return items.filter(kept)


# These repeat the project for the log: the log's indexes begin with it.
_CHANNEL = Filter(
    gettext_lazy("Channel"),
    lambda items, value, viewer: items.filter(
        log__project=viewer.caller.project, log__channel_id=value
    ),
)
_USER_ID = Filter(
    "",
    lambda items, value, viewer: items.filter(
        log__project=viewer.caller.project, log__user_id=value
    ),
)

#: By the names that the page's address uses.
FILTERS: Mapping[str, Filter] = {
    "text": Filter(gettext_lazy("Text"), _equal("log__content__icontains")),
    "author": Filter(
        gettext_lazy("Author"),
        lambda items, value, _: items.filter(Q(log__user_id=value) | Q(log__username=value)),
    ),
    "channel": _CHANNEL,
    "severity": Filter(gettext_lazy("Severity"), _equal("log__severity"), _named(Severity)),
    "category": Filter(
        gettext_lazy("Reason"), lambda items, value, _: items.with_reason(value), _named(Category)
    ),
    "verdict": Filter(gettext_lazy("Verdict"), _equal("log__verdict"), _named(VerdictKind)),
    "language": Filter(gettext_lazy("Language"), _equal("log__language")),
    "source": Filter(gettext_lazy("Opened by"), _equal("source"), _named(ReviewSource)),
    "claimed": Filter(
        gettext_lazy("Held by"),
        _held_by,
        {
            "nobody": gettext_lazy("Nobody"),
            "me": gettext_lazy("Me"),
            "others": gettext_lazy("Others"),
        },
    ),
    "same": Filter(gettext_lazy("Same text"), _equal("log__content_hash"), is_offered=False),
    "near": Filter(gettext_lazy("Same or near text"), _equal("log__copy_hash"), is_offered=False),
    "by": Filter(gettext_lazy("Decided by"), _decided_by_me, {"me": gettext_lazy("Me")}),
}
#: By the names of the API's parameters.
API_FILTERS: Mapping[str, Filter] = {
    **{name: FILTERS[name] for name in ("source", "severity", "category", "language")},
    "channel_id": _CHANNEL,
    "user_id": _USER_ID,
    "lane": Filter(
        "",
        lambda items, value, viewer: in_lane(items, value, viewer.caller, viewer.now),
        {name: lane.label for name, lane in LANE_BY_NAME.items() if name},
    ),
    # Takes several of its choices, separated by commas.
    "status": Filter("", _with_status, _named(("open", "claimed", "decided"))),
    "claimed_by": Filter(
        "",
        lambda items, value, viewer: items.claimed(viewer.now).filter(claim__holder_name=value),
    ),
}
#: Filters that make no sense for decided items, and for open ones. Only the queue searches texts:
#: to find the text of a decided item, search the content page.
NOT_IN_DONE = {"claimed", "text"}
ONLY_IN_DONE = {"by"}


def is_available(name: str, lane: Lane) -> bool:
    if name == "text" and encrypts_texts():
        return False
    return name not in (NOT_IN_DONE if lane.name == DONE else ONLY_IN_DONE)


def is_valid(name: str, value: str, lane: Lane) -> bool:
    """Say whether the lane has the filter and the filter takes the value."""
    if not is_available(name, lane):
        return False
    if FILTERS[name].choices:
        return value in FILTERS[name].choices
    # PostgreSQL refuses NUL in a query's text.
    return len(value) <= MAX_VALUE_LENGTH and "\0" not in value
