"""The filters of the queue: what each may be asked for, and what it leaves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from moderation.engine.matches import Category
from moderation.engine.verdict import Severity, VerdictKind
from moderation.identity import Caller
from moderation.marking import kind_name
from reviews.lanes import DONE, Lane
from reviews.models import Decision, ReviewItemQuerySet, ReviewSource

MAX_VALUE_LENGTH = 200


@dataclass(frozen=True)
class Look:
    """Who looks, and when: what `me` and `now` mean in a filter."""

    caller: Caller
    now: datetime


@dataclass(frozen=True)
class Filter:
    label: str
    apply: Callable[[ReviewItemQuerySet, str, Look], ReviewItemQuerySet]
    #: Value → its name for people; empty where any text may be asked for.
    choices: Mapping[str, str] = field(default_factory=dict)
    #: Whether the panel offers it; the others come from links.
    is_offered: bool = True


def _equals(name: str) -> Callable[[ReviewItemQuerySet, str, Look], ReviewItemQuerySet]:
    return lambda items, value, look: items.filter(**{name: value})


def _by_author(items: ReviewItemQuerySet, value: str, look: Look) -> ReviewItemQuerySet:
    return items.filter(Q(log__user_id=value) | Q(log__username=value))


def _by_channel(items: ReviewItemQuerySet, value: str, look: Look) -> ReviewItemQuerySet:
    # The project is said of the log too: its indexes begin with it.
    return items.filter(log__project=look.caller.project, log__channel_id=value)


def _by_holder(items: ReviewItemQuerySet, value: str, look: Look) -> ReviewItemQuerySet:
    if value == "nobody":
        return items.unclaimed(look.now)
    claimed, mine = items.claimed(look.now), Q(claim__holder=look.caller.identity)
    return claimed.filter(mine) if value == "me" else claimed.exclude(mine)


def _by_decider(items: ReviewItemQuerySet, value: str, look: Look) -> ReviewItemQuerySet:
    person = look.caller.user
    rulings = Decision.objects.standing().filter(moderator_id=person.pk if person else None)
    return items.filter(pk__in=rulings.values("review"))


def _named(values: Any) -> dict[str, str]:
    return {str(value): kind_name(str(value)).capitalize() for value in values}


FILTERS: Mapping[str, Filter] = {
    "text": Filter("Text", _equals("log__content__icontains")),
    "author": Filter("Author", _by_author),
    "channel": Filter("Channel", _by_channel),
    "severity": Filter("Severity", _equals("log__severity"), _named(Severity)),
    "category": Filter(
        "Reason", lambda items, value, look: items.with_reason(value), _named(Category)
    ),
    "verdict": Filter("Verdict", _equals("log__verdict"), _named(VerdictKind)),
    "language": Filter("Language", _equals("log__language")),
    "source": Filter(
        "Opened by",
        _equals("source"),
        {
            ReviewSource.ENGINE.value: "Engine",
            ReviewSource.REPORT.value: "Report",
            ReviewSource.ESCALATION.value: "Escalation",
        },
    ),
    "claimed": Filter("Held by", _by_holder, {"nobody": "Nobody", "me": "Me", "others": "Others"}),
    "same": Filter("Same text", _equals("log__content_hash"), is_offered=False),
    "by": Filter("Decided by", _by_decider, {"me": "Me"}),
}
#: What makes no sense among decided items, and among open ones. A text is looked for in the queue
#: only: what is decided is found among the contents.
NOT_IN_DONE = {"claimed", "text"}
ONLY_IN_DONE = {"by"}


def makes_sense(name: str, lane: Lane) -> bool:
    return name not in (NOT_IN_DONE if lane.name == DONE else ONLY_IN_DONE)


def is_fit(name: str, value: str, lane: Lane) -> bool:
    """Say whether a filter of that value makes sense in the lane."""
    if not makes_sense(name, lane):
        return False
    if FILTERS[name].choices:
        return value in FILTERS[name].choices
    # PostgreSQL refuses NUL in a query's text.
    return len(value) <= MAX_VALUE_LENGTH and "\0" not in value
