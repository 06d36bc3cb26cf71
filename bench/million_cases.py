"""What is asked of the project with a million messages: every list, first and deep, and figures."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.db.models import QuerySet
from django.utils import timezone

from bench.copies import DAYS
from bench.million_fill import SLUG
from moderation.models import (
    ApiKey,
    AuditEntry,
    Ban,
    BlacklistWord,
    Membership,
    ModerationLog,
    PolicyVersion,
    Project,
    Rule,
    Webhook,
    WebhookDelivery,
    WhitelistedPhrase,
    WhitelistedUser,
)
from reviews.models import Appeal, ExportOrder, ReviewItem, SavedFilter

Rows = QuerySet[Any]
#: Page 10,000 of 50 rows: as far as the goal asks, where a list has as many rows.
DEEP_ROWS = 500_000


@dataclass(frozen=True)
class Case:
    name: str
    first: str
    #: Where the list goes on after half of its rows, at most DEEP_ROWS; "" for what is no list.
    deep: str
    rows: int


def deep_row(rows: Rows, order: str) -> tuple[Any, int]:
    """Return the row in the middle of a list, and how many rows there are."""
    found = rows.count()
    key = ("pk", "-pk")[order.startswith("-")]
    ordered = rows.order_by(order, key) if order.lstrip("-") != "pk" else rows.order_by(order)
    return ordered[min(found // 2, DEEP_ROWS)], found


def api(name: str, path: str, rows: Rows, order: str = "-created_at", query: str = "") -> Case:
    """Make a case of a list of the API by cursor."""
    row, found = deep_row(rows, order)
    position = str(getattr(row, order.lstrip("-")))
    cursor = b64encode(urlencode([("p", position)]).encode()).decode()
    first = f"/api/v1/{path}" + (f"?{query}" if query else "")
    joint = "&" if query else "?"
    return Case(f"{path} {name}".strip(), first, f"{first}{joint}cursor={quote(cursor)}", found)


def page(name: str, path: str, rows: Rows, order: str = "-created_at", query: str = "") -> Case:
    """Make a case of a page of the console, by its cursor."""
    row, found = deep_row(rows, order)
    moment = getattr(row, order.lstrip("-")).isoformat()
    first = f"/p/{SLUG}/{path}?{query}"
    deep = f"{first}&before={quote(f'{moment}~{row.pk}')}"
    return Case(f"page {path} {name}".strip(), first, deep, found)


def skipped(name: str, path: str, found: int, query: str = "") -> Case:
    """Make a case of a list of the older shape, which goes no further than 10,000 rows."""
    first = f"{path}?{query}"
    return Case(name, first, f"{first}&skip={min(found // 2, 10_000)}", found)


def alone(name: str, path: str) -> Case:
    return Case(name, path, "", 0)


def cases() -> list[Case]:
    project = Project.objects.get(slug=SLUG)
    return [
        *logs_of(ModerationLog.objects.filter(project=project)),
        *reviews_of(ReviewItem.objects.filter(project=project)),
        *other_lists(project),
        *pages_of(project),
        *figures(),
    ]


def logs_of(logs: QuerySet[ModerationLog]) -> list[Case]:
    then = timezone.now() - timedelta(days=DAYS / 2)
    reviewed = ModerationLog.objects.filter(pk__in=ReviewItem.objects.decided().values("log"))
    filters: dict[str, tuple[str, Rows]] = {
        "": ("", logs),
        "oldest first": ("ordering=created_at", logs),
        "approved": ("status=approved", logs.filter(status="approved")),
        "rejected": ("status=rejected", logs.filter(status="rejected")),
        "flagged": ("status=flagged", logs.filter(status="flagged")),
        "verdict block": ("verdict=block", logs.filter(verdict="block")),
        "severity high": ("severity=high", logs.filter(severity="high")),
        "action flagged": ("action=flagged", logs.filter(action="flagged")),
        "category": ("category=profanity", logs.filter(reasons__contains=["profanity"])),
        "category, rare": ("category=sexual", logs.none()),
        "language": ("language=es", logs.filter(language="es")),
        "language, rare": ("language=de", logs.none()),
        "author": ("user_id=author-131", logs.filter(user_id="author-131")),
        "author, unknown": ("user_id=nobody", logs.none()),
        "channel": ("channel_id=channel-17", logs.filter(channel_id="channel-17")),
        "channel, verdict": (
            "channel_id=channel-17&verdict=block",
            logs.filter(channel_id="channel-17", verdict="block"),
        ),
        "message": ("message_id=m5", logs.filter(message_id="m5")),
        "before": (f"created_before={quote(then.isoformat())}", logs.filter(created_at__lt=then)),
        "after": (f"created_after={quote(then.isoformat())}", logs.filter(created_at__gte=then)),
        "personal data": ("has_pii=true", logs.exclude(pii=[])),
        "reviewed": ("reviewed=true", reviewed),
        "not reviewed": ("reviewed=false", logs),
        "search, common": ("search=idiot", logs.filter(content__icontains="idiot")),
        "search, rare": ("search=walrus zebra 4242", logs.none()),
        "search, one": ("search=424242", logs.filter(content__icontains="424242")),
        "search, none": ("search=xylophone", logs.none()),
        "search, two letters": ("search=zz", logs.none()),
    }
    found = []
    for name, (query, rows) in filters.items():
        order = "created_at" if "oldest" in name else "-created_at"
        if rows.query.is_empty() or not rows.exists():
            found.append(alone(f"logs {name}", f"/api/v1/logs?{query.replace(' ', '+')}"))
        else:
            found.append(api(name, "logs", rows, order, query))
    return found


def reviews_of(items: QuerySet[ReviewItem]) -> list[Case]:
    opened, decided = items.filter(status="open"), items.filter(status="decided")
    by_age = "ordering=created_at"
    return [
        api("", "reviews", items, "-priority"),
        api("open", "reviews", opened, "-priority", "status=open"),
        api("decided", "reviews", decided, "-priority", "status=decided"),
        api("by age", "reviews", items, "created_at", by_age),
        api("open, by age", "reviews", opened, "created_at", f"status=open&{by_age}"),
        api("severity", "reviews", items, "-priority", "severity=medium"),
        alone("reviews severity, rare", "/api/v1/reviews?severity=high"),
        api("category", "reviews", items, "-priority", "category=harassment"),
        api("language", "reviews", items, "-priority", "language=en"),
        alone("reviews channel", "/api/v1/reviews?channel_id=channel-17"),
        alone("reviews author", "/api/v1/reviews?user_id=author-131"),
        api("source", "reviews", items, "-priority", "source=engine"),
        alone("reviews source, rare", "/api/v1/reviews?source=report"),
        alone("reviews claimed_by", "/api/v1/reviews?claimed_by=noor"),
        api("lane held", "reviews", opened, "-priority", "lane=held"),
        api("lane done", "reviews", decided, "-priority", "lane=done"),
    ]


def other_lists(project: Project) -> list[Case]:
    own = {"project": project}
    appeals, audit = Appeal.objects.filter(**own), AuditEntry.objects.filter(**own)
    # Every delivery is one webhook's.
    sent = WebhookDelivery.objects.all()
    deliveries = f"webhooks/{sent[0].webhook_id}/deliveries"
    seq = project.last_seq
    older = "/api/admin/moderation/flagged"
    return [
        api("", "appeals", appeals),
        api("open", "appeals", appeals.filter(status="open"), query="status=open"),
        api("upheld", "appeals", appeals.filter(outcome="upheld"), query="outcome=upheld"),
        alone("appeals overturned, none", "/api/v1/appeals?outcome=overturned"),
        alone("appeals author", "/api/v1/appeals?user_id=author-131"),
        api("", "audit", audit, "-pk"),
        api("actor", "audit", audit.filter(actor="person7"), "-pk", "actor=person7"),
        alone("audit actor, unknown", "/api/v1/audit?actor=nobody"),
        api("action", "audit", audit.filter(action="word.added"), "-pk", "action=word.added"),
        alone("audit action, unknown", "/api/v1/audit?action=nothing"),
        alone("audit object", "/api/v1/audit?object_type=project&object_id=77"),
        api("", "exports", ExportOrder.objects.filter(**own), "-pk"),
        api("", "webhooks", Webhook.objects.filter(**own), "-pk"),
        api("", deliveries, sent),
        api("failed", deliveries, sent.filter(status="failed"), query="status=failed"),
        api("", "members", Membership.objects.filter(**own), "-pk"),
        api("", "keys", ApiKey.objects.filter(**own), "-pk"),
        api("", "policy/versions", PolicyVersion.objects.filter(**own), "-number"),
        api("", "rules", Rule.objects.filter(**own), "priority"),
        api("", "whitelist/users", WhitelistedUser.objects.filter(**own), "-pk"),
        api("", "whitelist/phrases", WhitelistedPhrase.objects.filter(**own), "-pk"),
        api("", "saved-filters", SavedFilter.objects.filter(**own), "-pk"),
        Case("events", f"/api/v1/events?since={seq - 10_000}",
             f"/api/v1/events?since={seq - 5_000}", 10_000),
        skipped("blacklist/words", "/api/v1/blacklist/words", BlacklistWord.objects.count()),
        skipped("blacklist/words search", "/api/v1/blacklist/words", 1_000, "search=rd19"),
        skipped("admin/banned-users", "/api/v1/admin/banned-users", Ban.objects.count()),
        skipped("admin/banned-users channel", "/api/v1/admin/banned-users", 60,
                "channel_id=channel-17"),
        skipped("older flagged", older, ReviewItem.objects.open().count()),
        alone("admin/users violations", "/api/v1/admin/users/author-131/violations"),
        alone("admin/users status", "/api/v1/admin/users/author-131/status"),
        Case("older content", "/api/content?limit=50", "/api/content?limit=50&offset=10000",
             1_000_000),
    ]  # fmt: skip


def pages_of(project: Project) -> list[Case]:
    own = {"project": project}
    logs, bans = ModerationLog.objects.filter(**own), Ban.objects.filter(**own, lifted_at=None)
    appeals, audit = Appeal.objects.filter(**own), AuditEntry.objects.filter(**own)
    ended = Ban.objects.filter(**own, lifted_at__isnull=False)
    decided = appeals.filter(status="decided")
    words = BlacklistWord.objects.filter(**own, is_active=True)
    return [
        page("", "content", logs),
        page("blocked", "content", logs.filter(verdict="block"), query="verdict=block"),
        page("search", "content", logs.filter(content__icontains="idiot"), query="search=idiot"),
        page("", "bans", bans, "-issued_at"),
        page("ended", "bans", ended, "-issued_at", "state=ended"),
        page("", "audit", audit),
        page("open", "appeals", appeals.filter(status="open")),
        page("decided", "appeals", decided, "-decided_at", "state=decided"),
        page("", "blacklist", words, "-added_at"),
        page("", "settings/keys", ApiKey.objects.filter(**own, revoked_at=None)),
        *(
            alone(f"page {path}", f"/p/{SLUG}/{path}")
            for path in (
                "queue", "queue?lane=held", "queue?lane=done", "queue?text=zebra", "authors",
                "authors?user_id=author-131", "live", "find?q=author-1", "settings/members",
                "settings/webhooks", "rules", "settings/exports", "insights", "insights?window=30d",
            )
        ),
    ]  # fmt: skip


def figures() -> list[Case]:
    metrics = (
        "total", "by_category", "violations_by_user", "channel_toxicity", "decision_time",
        "queue_age",
    )  # fmt: skip
    paths = ["stats", "stats?window=24h", "stats?window=7d", "stats?window=30d"]
    paths += [f"stats/timeseries?metric={metric}&bucket=day" for metric in metrics]
    paths += ["blacklist/stats", "admin/channels/channel-17/stats", "transparency"]
    return [alone(path, f"/api/v1/{path}") for path in paths]
