"""Claims: who works on an item, for five minutes at a time."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moderation.audit import write_audit
from moderation.errors import Conflict, Forbidden
from moderation.events import iso
from moderation.identity import Caller, may
from moderation.publish import publish
from reviews.models import Claim, ReviewItem, ReviewItemQuerySet, ReviewSource, ReviewStatus
from reviews.notices import review_event
from reviews.queue import free, lock_item, locked

CLAIM_LIFETIME = timedelta(minutes=5)  # CONTRACT section 3, "POST reviews/{id}/claim"


@transaction.atomic
def claim(item_id: UUID, caller: Caller, *, now: datetime) -> Claim:
    """Hold an item for five minutes, or five more; Conflict while another holds it.

    Forbidden if it was escalated and the caller is no admin.
    """
    item = lock_item(caller.project, item_id)
    refuse_decided(item)
    refuse_escalated(item, caller)
    refuse_claimed(item, caller, now)
    return _take(item, caller, now)


@transaction.atomic
def take_up(item_id: UUID, caller: Caller, *, now: datetime) -> Claim:
    """Claim an item and let go of the caller's others: at the desk one works on one at a time."""
    taken = claim(item_id, caller, now=now)
    others = ReviewItem.objects.filter(project=caller.project, claim__holder=caller.identity)
    for other in others.claimed(now).exclude(pk=item_id).values_list("pk", flat=True):
        release(other, caller, now=now)
    return taken


@transaction.atomic
def release(item_id: UUID, caller: Caller, *, now: datetime) -> ReviewItem:
    """Let go of an item; nothing happens if nobody holds it, Conflict if another does."""
    item = lock_item(caller.project, item_id)
    refuse_claimed(item, caller, now)
    if item.live_claim(now):
        free(item)
        publish(review_event(item, now=now), now=now)
        write_audit(caller.project, caller.name, "review.released", item, now=now)
    return item


@transaction.atomic
def next_item(caller: Caller, *, now: datetime) -> ReviewItem | None:
    """Claim the most urgent item that nobody holds and the caller may hold; None if none is left.

    Rows that another transaction has locked are skipped. A claim that was committed between our
    snapshot and our lock shows only now that we hold the row, so look again before taking it.
    """
    seen: list[UUID] = []
    # An appeal is no item like the others: who ruled first may not take it.
    waiting = waiting_for(caller, now).exclude(source=ReviewSource.APPEAL)
    while item := locked(waiting.exclude(pk__in=seen), skip_locked=True).first():
        fresh = ReviewItem.objects.select_related("log", "claim").get(pk=item.pk)
        if fresh.status == ReviewStatus.OPEN and not fresh.live_claim(now):
            _take(fresh, caller, now)
            return fresh
        seen.append(item.pk)
    return None


def waiting_for(caller: Caller, now: datetime) -> ReviewItemQuerySet:
    """The unclaimed items that the caller may claim, the most urgent first."""
    items = ReviewItem.objects.filter(project=caller.project).unclaimed(now)
    if not may(caller, "claim_escalated"):
        items = items.filter(escalated=False)
    return items.order_by("-priority", "-id")


def renew(item: ReviewItem, caller: Caller, *, now: datetime) -> None:
    """Give the holder five more minutes, because they are at work on the item."""
    mine = Claim.objects.filter(review=item, holder=caller.identity, expires_at__gt=now)
    mine.update(expires_at=now + CLAIM_LIFETIME)


def _take(item: ReviewItem, caller: Caller, now: datetime) -> Claim:
    """Store the claim on a locked item; only a change of hands is told."""
    live = item.live_claim(now)
    held = {
        "holder": caller.identity,
        "holder_name": caller.name,
        "moderator": caller.user,
        "claimed_at": live.claimed_at if live else now,
        "expires_at": now + CLAIM_LIFETIME,
    }
    # One statement takes over the row of a claim that has run out.
    taken = Claim.objects.bulk_create(
        [Claim(review=item, **held)],
        update_conflicts=True,
        unique_fields=["review"],
        update_fields=list(held),
    )
    item.claim = taken[0]
    if live is None:
        publish(review_event(item, now=now), now=now)
        write_audit(caller.project, caller.name, "review.claimed", item, now=now)
    return item.claim


# --- Refusals


def refuse_decided(item: ReviewItem) -> None:
    """Conflict with who decided, when and what, if the item is decided."""
    if item.status == ReviewStatus.OPEN:
        return
    ruling = item.decisions.filter(is_final=True, undone_at=None).first()
    if ruling is None:
        raise Conflict("the content was edited and needs no review any more")
    raise Conflict(
        f"{ruling.decided_by} has decided already: {ruling.ruling}",
        decided_by=ruling.decided_by,
        decided_at=iso(ruling.decided_at),
        decision=ruling.ruling,
    )


def refuse_claimed(item: ReviewItem, caller: Caller, now: datetime) -> None:
    """Conflict with the holder's name while another holds the item."""
    claim = item.live_claim(now)
    if claim and claim.holder != caller.identity:
        raise Conflict(
            f"{claim.holder_name} holds this review until {claim.expires_at:%H:%M:%S} UTC",
            claimed_by=claim.holder_name,
            claim_expires_at=iso(claim.expires_at),
        )


def refuse_escalated(item: ReviewItem, caller: Caller) -> None:
    if not may_take(item, caller):
        raise Forbidden("the review was escalated: only an admin or owner may take it")


def may_take(item: ReviewItem, caller: Caller) -> bool:
    """Say whether the caller's role allows the item: an escalated one is for admins."""
    return not item.escalated or may(caller, "claim_escalated")
