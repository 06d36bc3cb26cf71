"""What is due, and what an attempt means for a delivery and its webhook."""

import random
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from moderation.audit import write_audit
from moderation.desk import desk
from moderation.models import DeliveryStatus, Webhook, WebhookDelivery
from moderation.notices import system_notification
from moderation.outgoing import Answer
from moderation.publish import publish
from moderation.webhooks.formats import TEST

#: After the first failure; each further pause is four times as long, up to the longest.
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=4)
GROWTH = 4
#: Of a pause, at random, so that what failed together does not return together.
JITTER_RATIO = 0.2
#: CONTRACT section 9: a delivery is tried so long; a webhook that fails so long is disabled.
TRIED_FOR = timedelta(hours=24)
#: An attempt that has not reported by then belonged to a process that died.
CLAIMED_FOR = timedelta(seconds=60)
#: How long deliveries can be looked at and sent again.
KEPT_FOR = timedelta(days=7)
EXCERPT = 200  # CONTRACT section 9
GONE = 410  # Standard Webhooks: the receiver wants no more
SYSTEM = "system"


# --- What is due


def due(now: datetime, *, but: Collection[UUID] = ()) -> QuerySet[WebhookDelivery]:
    """Return the deliveries to try now, the longest due first; not those of the webhooks named."""
    pending = WebhookDelivery.objects.filter(status=DeliveryStatus.PENDING, due_at__lte=now)
    may_leave = Q(webhook__is_active=True) | Q(event_type=TEST)
    found = pending.filter(may_leave).exclude(webhook_id__in=but)
    return found.select_related("webhook__project").order_by("due_at", "pk")


def claim(delivery: WebhookDelivery, now: datetime) -> bool:
    """Take a delivery for an attempt; return False if another process was faster."""
    mine = WebhookDelivery.objects.filter(
        pk=delivery.pk, status=DeliveryStatus.PENDING, due_at=delivery.due_at
    )
    return bool(mine.update(due_at=now + CLAIMED_FOR))


def drop_taken_back(found: Sequence[WebhookDelivery]) -> list[WebhookDelivery]:
    """Cancel what a decision caused that was undone before its hold was over; return the rest."""
    causes = {one.cause for one in found if one.cause and not one.attempts}
    undone = desk().undone(causes) if causes else {}
    # Before the first attempt a delivery is due when its hold is over.
    dropped = [one.pk for one in found if one.cause in undone and undone[one.cause] < one.due_at]
    waiting = WebhookDelivery.objects.filter(pk__in=dropped, status=DeliveryStatus.PENDING)
    waiting.update(status=DeliveryStatus.CANCELLED)
    return [one for one in found if one.pk not in dropped]


def prune(now: datetime) -> int:
    """Delete deliveries that are over and old; return how many."""
    old = WebhookDelivery.objects.filter(created_at__lt=now - KEPT_FOR)
    return old.exclude(status=DeliveryStatus.PENDING).delete()[0]


# --- What came of it


def settle(
    delivery: WebhookDelivery, outcome: Answer | str, *, seconds: float, now: datetime
) -> None:
    """Store what an attempt brought: an answer, or in words why none came."""
    answer = outcome if isinstance(outcome, Answer) else None
    delivery.attempts += 1
    delivery.first_attempt_at = delivery.first_attempt_at or now
    delivery.last_attempt_at = now
    delivery.duration_seconds = seconds
    delivery.response_status = answer.status if answer else None
    delivery.response_excerpt = answer.text(EXCERPT) if answer else ""
    delivery.error = "" if isinstance(outcome, Answer) else outcome[:EXCERPT]
    with transaction.atomic():
        if answer and 200 <= answer.status < 300:
            _succeed(delivery, now)
        else:
            _fail(delivery, now)


def _succeed(delivery: WebhookDelivery, now: datetime) -> None:
    delivery.status = DeliveryStatus.DELIVERED
    _store(delivery)
    _webhook(delivery).update(succeeded_at=now, failing_since=None)


def _fail(delivery: WebhookDelivery, now: datetime) -> None:
    """Try again later, unless that is over; disable the webhook where nothing else came through."""
    delivery.due_at = now + pause_after(delivery.attempts)
    first = delivery.first_attempt_at or now
    is_test = delivery.event_type == TEST
    if is_test or delivery.due_at > first + TRIED_FOR:
        delivery.status = DeliveryStatus.FAILED
    _store(delivery)
    if is_test:
        return
    _webhook(delivery).filter(failing_since=None).update(failing_since=now)
    if delivery.response_status == GONE:
        disable(delivery.webhook, "it answered 410 Gone", now)
    elif _webhook(delivery).filter(failing_since__lte=now - TRIED_FOR).exists():
        disable(delivery.webhook, "nothing came through for 24 hours", now)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts: 5 s, 20 s, 80 s … 4 h, ± 20 %."""
    steps = min(attempts - 1, 10)
    around = random.uniform(1 - JITTER_RATIO, 1 + JITTER_RATIO)  # noqa: S311 (no secret)
    pause: timedelta = min(FIRST_PAUSE * GROWTH**steps, LONGEST_PAUSE)
    return pause * around


def disable(webhook: Webhook, reason: str, now: datetime) -> None:
    """Switch a webhook off by itself, give up what waits for it, and tell the staff."""
    if not Webhook.objects.filter(pk=webhook.pk, is_active=True).update(
        is_active=False, disabled_reason=reason
    ):
        return
    give_up_waiting(webhook, reason)
    write_audit(webhook.project, SYSTEM, "webhook.disabled", webhook, {"reason": reason}, now=now)
    message = f"The webhook “{webhook.name}” was switched off: {reason}."
    publish(system_notification(webhook.project, "error", message, persistent=True, now=now))


def give_up_waiting(webhook: Webhook, reason: str) -> None:
    waiting = webhook.deliveries.filter(status=DeliveryStatus.PENDING)
    waiting.update(status=DeliveryStatus.FAILED, error=f"not sent: {reason}")


def _webhook(delivery: WebhookDelivery) -> QuerySet[Webhook]:
    return Webhook.objects.filter(pk=delivery.webhook_id)


def _store(delivery: WebhookDelivery) -> None:
    """Write the attempt's fields; does nothing where the webhook was deleted meanwhile."""
    names = (
        "attempts", "first_attempt_at", "last_attempt_at", "duration_seconds", "response_status",
        "response_excerpt", "error", "status", "due_at",
    )  # fmt: skip
    found = WebhookDelivery.objects.filter(pk=delivery.pk)
    found.update(**{name: getattr(delivery, name) for name in names})
