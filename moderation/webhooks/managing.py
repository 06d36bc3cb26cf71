"""Make, change and try webhooks; whatever the staff does here is in the audit log."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from standardwebhooks import Webhook as Signer

from moderation.audit import write_audit
from moderation.errors import AlreadyExists, Conflict, Invalid
from moderation.models import (
    DeliveryStatus,
    OutboxEvent,
    Project,
    Webhook,
    WebhookDelivery,
    WebhookFormat,
)
from moderation.outgoing import refuse_url
from moderation.sealing import seal, unseal
from moderation.webhooks import bell
from moderation.webhooks.deliveries import give_up_waiting
from moderation.webhooks.formats import EVENTS, TEST, body_of

#: Standard Webhooks: 24 to 64 bytes.
SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105
PURPOSE = "webhook secret"
#: How long the secret before signs too.
OVERLAP = timedelta(hours=24)
MOST_WEBHOOKS = 50
LONGEST_NAME = Webhook._meta.get_field("name").max_length or 0
CHANGEABLE = ("name", "url", "format", "events", "is_active")


@transaction.atomic
def create_webhook(
    project: Project, fields: Mapping[str, Any], *, actor: str
) -> tuple[Webhook, str]:
    """Make a webhook of `name`, `url`, `events`, `format`; return it with its secret.

    The secret is shown this once: it is stored encrypted, to sign with. Invalid for a field that
    makes no sense; AlreadyExists for a name that is taken.
    """
    if Project.objects.select_for_update().get(pk=project.pk).webhooks.count() >= MOST_WEBHOOKS:
        raise Conflict(f"A project has at most {MOST_WEBHOOKS} webhooks: delete one first.")
    secret = new_secret()
    webhook = Webhook(project=project, created_by=actor, secret=seal(secret, PURPOSE))
    _set(webhook, {"name": "", "url": "", "events": [], **fields})
    webhook.save()
    write_audit(project, actor, "webhook.created", webhook, _told(webhook))
    return webhook, secret


@transaction.atomic
def change_webhook(webhook: Webhook, fields: Mapping[str, Any], *, actor: str) -> Webhook:
    """Change some of CHANGEABLE; to switch it on again also forgets its failures."""
    locked = Webhook.objects.select_for_update().select_related("project").get(pk=webhook.pk)
    before = _told(locked)
    was_active = locked.is_active
    _set(locked, fields)
    if locked.is_active and not was_active:
        locked.failing_since, locked.disabled_reason = None, ""
    if was_active and not locked.is_active:
        locked.disabled_reason = ""
        give_up_waiting(locked, f"switched off by {actor}")
    locked.save()
    facts = {"before": before, "after": _told(locked)}
    write_audit(locked.project, actor, "webhook.changed", locked, facts)
    return locked


@transaction.atomic
def delete_webhook(webhook: Webhook, *, actor: str) -> None:
    """Delete a webhook with all its deliveries."""
    write_audit(webhook.project, actor, "webhook.deleted", webhook, _told(webhook))
    webhook.delete()


@transaction.atomic
def rotate_secret(webhook: Webhook, *, actor: str, now: datetime) -> str:
    """Give it a new secret and return that; for 24 hours the one before signs beside it."""
    locked = Webhook.objects.select_for_update().select_related("project").get(pk=webhook.pk)
    secret = new_secret()
    locked.previous_secret, locked.previous_until = locked.secret, now + OVERLAP
    locked.secret = seal(secret, PURPOSE)
    locked.save(update_fields=["secret", "previous_secret", "previous_until"])
    write_audit(locked.project, actor, "webhook.rotated", locked, {"name": locked.name})
    return secret


@transaction.atomic
def send_test(webhook: Webhook, *, actor: str, now: datetime) -> WebhookDelivery:
    """Send a `webhook.test` at once, also to one that is switched off; it is tried once."""
    data = {"message": f"{actor} tests the webhook “{webhook.name}”."}
    event = OutboxEvent(project=webhook.project, type=TEST, data=data, created_at=now)
    delivery = WebhookDelivery.objects.create(
        webhook=webhook,
        event_id=event.pk,
        event_type=TEST,
        body=body_of(event, webhook.format),
        due_at=now,
        created_at=now,
    )
    write_audit(webhook.project, actor, "webhook.tested", webhook, {"name": webhook.name})
    transaction.on_commit(bell.ring)
    return delivery


@transaction.atomic
def redeliver(delivery: WebhookDelivery, *, actor: str, now: datetime) -> WebhookDelivery:
    """Send a delivery again, under the same `webhook-id`; for 24 hours if need be.

    Conflict while it is still being tried, was cancelled, or its webhook is switched off.
    """
    webhook = delivery.webhook
    if not webhook.is_active and delivery.event_type != TEST:
        raise Conflict("The webhook is switched off: switch it on first.")
    over = WebhookDelivery.objects.filter(
        pk=delivery.pk, status__in=[DeliveryStatus.DELIVERED, DeliveryStatus.FAILED]
    )
    again = {"status": DeliveryStatus.PENDING, "attempts": 0, "first_attempt_at": None}
    if not over.update(**again, cause=None, due_at=now):
        raise Conflict("Only what was delivered or has failed can be sent again.")
    facts = {"delivery_id": str(delivery.pk), "event_type": delivery.event_type}
    write_audit(webhook.project, actor, "webhook.redelivered", webhook, facts)
    transaction.on_commit(bell.ring)
    delivery.refresh_from_db()
    return delivery


# --- Secrets


def new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature_of(delivery: WebhookDelivery, now: datetime) -> str:
    """Return the header `webhook-signature`: one signature for each secret that holds.

    Raises sealing.Unreadable where SECRET_KEY has changed since the secret was made.
    """
    webhook = delivery.webhook
    sealed = [webhook.secret]
    if webhook.previous_until and now < webhook.previous_until:
        sealed.append(webhook.previous_secret)
    signers = [Signer(unseal(one, PURPOSE)) for one in sealed]
    signed = (signer.sign(str(delivery.event_id), now, delivery.body) for signer in signers)
    return " ".join(signed)


# --- Fields


def _set(webhook: Webhook, fields: Mapping[str, Any]) -> None:
    """Set the fields; Invalid at the first that makes no sense."""
    for name in CHANGEABLE:
        if name in fields:
            setattr(webhook, name, fields[name])
    webhook.name = webhook.name.strip()
    if not 1 <= len(webhook.name) <= LONGEST_NAME:
        raise Invalid("name", f"must have 1 to {LONGEST_NAME} characters")
    refuse_url(webhook.url)
    if webhook.format not in WebhookFormat.values:
        raise Invalid("format", f"must be one of {', '.join(WebhookFormat.values)}")
    webhook.events = _known(webhook.events)
    namesakes = Webhook.objects.filter(project=webhook.project, name=webhook.name)
    if namesakes.exclude(pk=webhook.pk).exists():
        raise AlreadyExists(f"There is a webhook “{webhook.name}” already.")


def _known(wanted: Sequence[str]) -> list[str]:
    if unknown := sorted(set(wanted) - set(EVENTS)):
        raise Invalid("events", f"unknown: {', '.join(unknown)}; known: {', '.join(EVENTS)}")
    if not wanted:
        raise Invalid("events", "choose at least one")
    return [name for name in EVENTS if name in wanted]


def _told(webhook: Webhook) -> dict[str, Any]:
    return {name: getattr(webhook, name) for name in CHANGEABLE}
