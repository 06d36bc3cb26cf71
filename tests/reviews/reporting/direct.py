"""The figures of a period and of the newest hours, counted one row at a time from all of them."""

from collections import Counter
from datetime import timedelta
from statistics import median

from moderation.models import Ban, ModerationLog, Strike
from reviews.models import Appeal, Decision, Report, ReviewItem


def by_automation(are_automatic):
    flags = list(are_automatic)
    automated = sum(flags)
    return {"total": len(flags), "automated": automated, "by_person": len(flags) - automated}


def middle(pairs):
    waits = [(end - start).total_seconds() for start, end in pairs]
    return round(median(waits), 1) if waits else None


def report(project, span):
    """Return what the transparency report says besides `content`."""

    def of(model, moment, **fields):
        rows = model.objects.filter(project=project, **fields)
        return [
            row for row in rows if (at := getattr(row, moment)) and span.since <= at < span.until
        ]

    hidden = of(ModerationLog, "created_at", is_approved=False)
    strikes, bans = of(Strike, "given_at"), of(Ban, "issued_at")
    types = Counter(ban.type for ban in bans)
    decisions = of(Decision, "decided_at", is_final=True, undone_at=None)
    decisions = [one for one in decisions if not hasattr(one, "appeal")]
    rulings = Counter(one.ruling for one in decisions)
    learned = [
        one for one in decisions if one.ruling != "dismiss" and one.review.log.verdict != "allow"
    ]
    wrong = sum(one.ruling == "approve" for one in learned)
    reports = of(Report, "created_at")
    made, answered = of(Appeal, "created_at"), of(Appeal, "decided_at", status="decided")
    outcomes = Counter(one.outcome for one in answered)
    return {
        "measures": {
            "content_not_shown": by_automation(log.moderator_type != "manual" for log in hidden),
            "strikes": by_automation(strike.given_by == "system" for strike in strikes),
            "bans": {
                **by_automation(ban.issued_by == "system" for ban in bans),
                "temporary": types["temporary"],
                "permanent": types["permanent"],
            },
        },
        "decisions": {
            "total": len(decisions),
            "by_ruling": {name: rulings[name] for name in ("approve", "reject", "dismiss")},
            "median_seconds": middle((one.review.created_at, one.decided_at) for one in decisions),
            "engine_reviewed": len(learned),
            "engine_wrong_ratio": round(wrong / len(learned), 3) if learned else None,
        },
        "reports": {
            "total": len(reports),
            "content_not_shown": sum(not one.log.is_approved for one in reports),
            "by_reason": dict(Counter(one.reason for one in reports)),
        },
        "appeals": {
            "total": len(made),
            "open": sum(one.status == "open" for one in made),
            "decided": len(answered),
            "by_outcome": {name: outcomes[name] for name in ("upheld", "overturned")},
            "of_bans": sum(one.log_id is None for one in made),
            "self_reviewed": sum(one.self_reviewed for one in answered),
            "median_seconds": middle((one.created_at, one.decided_at) for one in answered),
        },
    }


def decision_times(project, starts, now):
    """Return the median wait of each hour."""
    decisions = Decision.objects.in_effect().filter(project=project)
    return [
        middle(
            (one.review.created_at, one.decided_at)
            for one in decisions
            if start <= one.decided_at < start + timedelta(hours=1) and one.decided_at <= now
        )
        for start in starts
    ]


def queue_ages(project, starts, now):
    """Return how long the oldest item had waited at the end of each hour, and waits now.

    What was closed at the very end of an hour still waited in that hour.
    """
    items = list(ReviewItem.objects.filter(project=project))
    ages = []
    for moment in (min(start + timedelta(hours=1), now) for start in starts):
        waiting = [
            (moment - item.created_at).total_seconds()
            for item in items
            if item.created_at <= moment
            and (item.decided_at is None or (moment < now and item.decided_at >= moment))
        ]
        ages.append(round(max(waiting, default=0.0), 1))
    return ages
