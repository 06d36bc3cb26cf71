"""Which deliveries are due, and what an attempt changes in a delivery and its webhook."""

import random
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from moderation.accounts.audit import write_audit
from moderation.delivery.webhooks.formats import TEST
from moderation.events.outbox import publish
from moderation.events.wakeup import Wakeup
from moderation.lib.http_client import Answer
from moderation.models import DeliveryStatus, Webhook, WebhookDelivery
from moderation.models.ids import first_id_of
from moderation.pipeline.payloads import system_notification
from moderation.pipeline.review_port import review_port

#: After the first failure; each further pause is four times as long, up to the longest.
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=4)
GROWTH = 4
#: Each pause varies at random by this share, so that failed deliveries do not all come at once.
JITTER_RATIO = 0.2
#: A delivery is tried for this long; a webhook that fails for this long is disabled
#: (docs/webhooks.md, "When a delivery fails").
TRIED_FOR = timedelta(hours=24)
#: An attempt without a result by then belonged to a process that died.
CLAIMED_FOR = timedelta(seconds=60)
#: How long people can look at deliveries and send them again.
KEPT_FOR = timedelta(days=7)
#: Stored characters of an answer.
EXCERPT = 200
GONE = 410  # Standard Webhooks: the receiver wants no more events
SYSTEM = "system"
#: Other processes' dispatchers poll.
dispatcher_wakeup = Wakeup()


# --- What is due


def due(now: datetime, *, exclude_webhooks: Collection[UUID] = ()) -> QuerySet[WebhookDelivery]:
    """Return the deliveries to try now, the longest due first."""
    pending = WebhookDelivery.objects.filter(status=DeliveryStatus.PENDING, due_at__lte=now)
    is_wanted = Q(webhook__is_active=True) | Q(event_type=TEST)
    wanted = pending.filter(is_wanted).exclude(webhook_id__in=exclude_webhooks)
    return wanted.select_related("webhook__project").order_by("due_at", "pk")


def claim(delivery: WebhookDelivery, now: datetime) -> bool:
    """Take a delivery for an attempt; return False if another process was faster."""
    mine = WebhookDelivery.objects.filter(
        pk=delivery.pk, status=DeliveryStatus.PENDING, due_at=delivery.due_at
    )
    if delivery.event_type != TEST:
        mine = mine.filter(webhook__is_active=True)
    return bool(mine.update(due_at=now + CLAIMED_FOR))


def cancel_undone(due_deliveries: Sequence[WebhookDelivery]) -> list[WebhookDelivery]:
    """Cancel deliveries whose decision was undone before its hold was over; return the others."""
    causes = {one.cause for one in due_deliveries if one.cause and not one.attempts}
    undone = review_port().undone_decisions(causes) if causes else {}
    # Before the first attempt a delivery is due when its hold is over.
    cancelled = [
        one.pk for one in due_deliveries if one.cause in undone and undone[one.cause] < one.due_at
    ]
    pending = WebhookDelivery.objects.filter(pk__in=cancelled, status=DeliveryStatus.PENDING)
    pending.update(status=DeliveryStatus.CANCELLED)
    return [one for one in due_deliveries if one.pk not in cancelled]


def prune(now: datetime) -> int:
    """Delete old deliveries that are no longer pending; return how many."""
    old = WebhookDelivery.objects.filter(id__lt=first_id_of(now - KEPT_FOR))
    return old.exclude(status=DeliveryStatus.PENDING).delete()[0]


# --- After an attempt


def record_attempt(
    delivery: WebhookDelivery, result: Answer | str, *, seconds: float, now: datetime
) -> None:
    """Store the result of an attempt: the answer, or in words why none came.

    A failed delivery is tried again later, unless its time is over. A webhook that has failed for
    that long, or wants no more events, is disabled.
    """
    answer = result if isinstance(result, Answer) else None
    delivery.attempts += 1
    delivery.first_attempt_at = delivery.first_attempt_at or now
    delivery.last_attempt_at = now
    delivery.duration_seconds = seconds
    delivery.response_status = answer.status if answer else None
    delivery.response_excerpt = answer.text(EXCERPT) if answer else ""
    delivery.error = "" if isinstance(result, Answer) else result[:EXCERPT]
    with transaction.atomic():
        if answer and 200 <= answer.status < 300:
            delivery.status = DeliveryStatus.DELIVERED
            _store(delivery)
            _webhook(delivery).update(succeeded_at=now, failing_since=None)
        else:
            asked = timedelta(seconds=answer.retry_after) if answer else timedelta(0)
            _fail(delivery, now, asked)


def _fail(delivery: WebhookDelivery, now: datetime, asked: timedelta) -> None:
    """asked: the least pause that the receiver wants."""
    delivery.due_at = now + max(pause_after(delivery.attempts), min(asked, TRIED_FOR))
    first = delivery.first_attempt_at or now
    is_test = delivery.event_type == TEST
    # Off since the attempt began: a call beside it was answered with 410.
    is_off = not _webhook(delivery).filter(is_active=True).exists()
    if is_test or is_off or delivery.due_at > first + TRIED_FOR:
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
    """Switch a webhook off, fail its pending deliveries and notify the staff."""
    if not Webhook.objects.filter(pk=webhook.pk, is_active=True).update(
        is_active=False, disabled_reason=reason
    ):
        return
    fail_pending(webhook, reason)
    write_audit(webhook.project, SYSTEM, "webhook.disabled", webhook, {"reason": reason}, now=now)
    message = f"The webhook “{webhook.name}” was switched off: {reason}."
    publish(system_notification(webhook.project, "error", message, persistent=True, now=now))


def fail_pending(webhook: Webhook, reason: str) -> None:
    pending = webhook.deliveries.filter(status=DeliveryStatus.PENDING)
    pending.update(status=DeliveryStatus.FAILED, error=f"not sent: {reason}")


def _webhook(delivery: WebhookDelivery) -> QuerySet[Webhook]:
    return Webhook.objects.filter(pk=delivery.webhook_id)


def _store(delivery: WebhookDelivery) -> None:
    """Write the attempt's fields; do nothing if the webhook was deleted meanwhile."""
    names = (
        "attempts", "first_attempt_at", "last_attempt_at", "duration_seconds", "response_status",
        "response_excerpt", "error", "status", "due_at",
    )  # fmt: skip
    stored = WebhookDelivery.objects.filter(pk=delivery.pk)
    stored.update(**{name: getattr(delivery, name) for name in names})
