"""Claims: who works on an item, for five minutes at a time."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moderation.accounts.audit import write_audit
from moderation.accounts.callers import Caller
from moderation.accounts.permissions import may
from moderation.events.event import iso
from moderation.events.outbox import publish
from moderation.lib.errors import Conflict, Forbidden
from reviews.models import Claim, ReviewItem, ReviewItemQuerySet, ReviewSource, ReviewStatus
from reviews.queue.events import review_event
from reviews.queue.items import free, lock_item, locked

CLAIM_LIFETIME = timedelta(minutes=5)  # docs/reviews.md, "Claims"
#: The clocks of two servers may differ by so much.
MOST_AHEAD = timedelta(minutes=1)


@transaction.atomic
def claim(item_id: UUID, caller: Caller, *, now: datetime) -> Claim:
    """Claim an item for five minutes, or extend the caller's own claim by five.

    Conflict while somebody else holds it; Forbidden if it is escalated and the caller is no admin.
    """
    item = lock_item(caller.project, item_id)
    refuse_decided(item)
    refuse_escalated(item, caller)
    refuse_claimed(item, caller, now)
    return _take(item, caller, now)


@transaction.atomic
def take_over(item_id: UUID, caller: Caller, *, now: datetime) -> Claim:
    """Move somebody else's claim to the caller; the event tells the earlier holder at once.

    Conflict if the item is decided; Forbidden if it is escalated and the caller is no admin.
    """
    item = lock_item(caller.project, item_id)
    refuse_decided(item)
    refuse_escalated(item, caller)
    return _take(item, caller, now)


@transaction.atomic
def switch_claim(item_id: UUID, caller: Caller, *, now: datetime) -> Claim:
    """Claim an item and release the caller's others: on the page, one works on one at a time."""
    new_claim = claim(item_id, caller, now=now)
    release_others(item_id, caller, now=now)
    return new_claim


def release_others(item_id: UUID, caller: Caller, *, now: datetime) -> None:
    """Release every other item that the caller holds."""
    others = ReviewItem.objects.filter(project=caller.project, claim__holder=caller.identity)
    for other in others.claimed(now).exclude(pk=item_id).values_list("pk", flat=True):
        release(other, caller, now=now)


@transaction.atomic
def release(item_id: UUID, caller: Caller, *, now: datetime) -> ReviewItem:
    """Release an item; does nothing if nobody holds it, Conflict if somebody else does."""
    item = lock_item(caller.project, item_id)
    refuse_claimed(item, caller, now)
    if item.live_claim(now):
        free(item)
        publish(review_event(item, now=now), now=now)
        write_audit(caller.project, caller.name, "review.released", item, now=now)
    return item


@transaction.atomic
def next_item(caller: Caller, *, now: datetime) -> ReviewItem | None:
    """Claim the most urgent unclaimed item that the caller may claim; None if none is left.

    Skips rows that another transaction has locked. A claim committed between our snapshot and our
    lock becomes visible only once we hold the row, so read the row again before claiming it.
    """
    seen: list[UUID] = []
    # Leave appeals out: whoever made the first decision may not answer one.
    waiting = waiting_for(caller, now).exclude(source=ReviewSource.APPEAL)
    while item := locked(waiting.exclude(pk__in=seen), skip_locked=True).first():
        fresh = ReviewItem.objects.select_related("log", "claim").get(pk=item.pk)
        if fresh.status == ReviewStatus.OPEN and not fresh.live_claim(now):
            _take(fresh, caller, now)
            return fresh
        seen.append(item.pk)
    return None


def waiting_for(caller: Caller, now: datetime) -> ReviewItemQuerySet:
    """Return the unclaimed items that the caller may claim, most urgent first."""
    items = ReviewItem.objects.filter(project=caller.project).unclaimed(now)
    if not may(caller, "claim_escalated"):
        items = items.filter(escalated=False)
    return items.order_by("-priority", "-id")


def end_from_ahead(now: datetime) -> int:
    """End claims that began while the clock was ahead, and would last until then."""
    return Claim.objects.filter(expires_at__gt=now + CLAIM_LIFETIME + MOST_AHEAD).delete()[0]


def renew(item: ReviewItem, caller: Caller, *, now: datetime) -> None:
    """Give the holder five more minutes, because they are working on the item."""
    mine = Claim.objects.filter(review=item, holder=caller.identity, expires_at__gt=now)
    mine.update(expires_at=now + CLAIM_LIFETIME)


def _take(item: ReviewItem, caller: Caller, now: datetime) -> Claim:
    """Store the claim on a locked item; publish an event only if the holder changes."""
    live = item.live_claim(now)
    is_same = live is not None and live.holder == caller.identity
    fields = {
        "holder": caller.identity,
        "holder_name": caller.name,
        "moderator": caller.user,
        "claimed_at": live.claimed_at if live and is_same else now,
        "expires_at": now + CLAIM_LIFETIME,
    }
    # One statement, which also takes over the row of an expired claim.
    claims = Claim.objects.bulk_create(
        [Claim(review=item, **fields)],
        update_conflicts=True,
        unique_fields=["review"],
        update_fields=list(fields),
    )
    item.claim = claims[0]
    if not is_same:
        publish(review_event(item, now=now), now=now)
        facts = {"from": live.holder_name} if live else {}
        action = "review.taken_over" if live else "review.claimed"
        write_audit(caller.project, caller.name, action, item, facts, now=now)
    return item.claim


# --- Refusals


def refuse_decided(item: ReviewItem) -> None:
    """Raise Conflict if the item is decided; it says who decided what, and when."""
    if item.status == ReviewStatus.OPEN:
        return
    decision = item.decisions.filter(is_final=True, undone_at=None).first()
    if decision is None:
        raise Conflict("the content was edited and no longer needs a review")
    raise Conflict(
        f"{decision.decided_by} has already decided: {decision.ruling}",
        decided_by=decision.decided_by,
        decided_at=iso(decision.decided_at),
        decision=decision.ruling,
    )


def refuse_claimed(item: ReviewItem, caller: Caller, now: datetime) -> None:
    """Raise Conflict with the holder's name while somebody else holds the item."""
    claim = item.live_claim(now)
    if claim and claim.holder != caller.identity:
        raise Conflict(
            f"{claim.holder_name} holds this review until {claim.expires_at:%H:%M:%S} UTC",
            claimed_by=claim.holder_name,
            claim_expires_at=iso(claim.expires_at),
        )


def refuse_escalated(item: ReviewItem, caller: Caller) -> None:
    if not may_take(item, caller):
        raise Forbidden("this review was escalated: only an admin or owner may decide it")


def may_take(item: ReviewItem, caller: Caller) -> bool:
    """Say whether the caller's role allows the item: escalated items are for admins."""
    return not item.escalated or may(caller, "claim_escalated")
