"""Create, change and test webhooks; the audit log records every change."""

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from standardwebhooks import Webhook as Signer

from moderation.accounts.audit import write_audit
from moderation.delivery.webhooks.deliveries import dispatcher_wakeup, fail_pending
from moderation.delivery.webhooks.formats import EVENTS, TEST, body_of
from moderation.lib.errors import AlreadyExists, Conflict, Invalid
from moderation.lib.http_client import refuse_url
from moderation.lib.json_types import JsonObject
from moderation.lib.secrets_at_rest import decrypt, encrypt
from moderation.models import (
    DeliveryStatus,
    OutboxEvent,
    Project,
    Webhook,
    WebhookDelivery,
    WebhookFormat,
)

#: Standard Webhooks: 24 to 64 bytes.
SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105
PURPOSE = "webhook secret"
#: How long the previous secret signs too.
OVERLAP = timedelta(hours=24)
MOST_WEBHOOKS = 50
LONGEST_NAME = Webhook._meta.get_field("name").max_length or 0
CHANGEABLE = ("name", "url", "format", "events", "is_active")


@transaction.atomic
def create_webhook(
    project: Project, fields: Mapping[str, Any], *, actor: str
) -> tuple[Webhook, str]:
    """Create a webhook from `name`, `url`, `events`, `format`; return it with its secret.

    Show the secret now: it is stored encrypted and never returned again. Invalid for a wrong value;
    AlreadyExists for a name that is taken.
    """
    if Project.objects.select_for_update().get(pk=project.pk).webhooks.count() >= MOST_WEBHOOKS:
        raise Conflict(f"A project has at most {MOST_WEBHOOKS} webhooks: delete one first.")
    secret = new_secret()
    webhook = Webhook(project=project, created_by=actor, secret=encrypt(secret, PURPOSE))
    _set(webhook, {"name": "", "url": "", "events": [], **fields})
    webhook.save()
    write_audit(project, actor, "webhook.created", webhook, _facts(webhook))
    return webhook, secret


@transaction.atomic
def change_webhook(webhook: Webhook, fields: Mapping[str, Any], *, actor: str) -> Webhook:
    """Change some of CHANGEABLE; switching it on again also forgets its failures."""
    locked = Webhook.objects.select_for_update().select_related("project").get(pk=webhook.pk)
    before = _facts(locked)
    was_active = locked.is_active
    _set(locked, fields)
    if locked.is_active and not was_active:
        locked.failing_since, locked.disabled_reason = None, ""
    if was_active and not locked.is_active:
        locked.disabled_reason = ""
        fail_pending(locked, f"switched off by {actor}")
    locked.save()
    facts = {"before": before, "after": _facts(locked)}
    write_audit(locked.project, actor, "webhook.changed", locked, facts)
    return locked


@transaction.atomic
def delete_webhook(webhook: Webhook, *, actor: str) -> None:
    """Delete a webhook with all its deliveries."""
    write_audit(webhook.project, actor, "webhook.deleted", webhook, _facts(webhook))
    webhook.delete()


@transaction.atomic
def rotate_secret(webhook: Webhook, *, actor: str, now: datetime) -> str:
    """Create a new secret and return it; for 24 hours the previous one signs as well."""
    locked = Webhook.objects.select_for_update().select_related("project").get(pk=webhook.pk)
    secret = new_secret()
    locked.previous_secret, locked.previous_until = locked.secret, now + OVERLAP
    locked.secret = encrypt(secret, PURPOSE)
    locked.save(update_fields=["secret", "previous_secret", "previous_until"])
    write_audit(locked.project, actor, "webhook.rotated", locked, {"name": locked.name})
    return secret


@transaction.atomic
def send_test(webhook: Webhook, *, actor: str, now: datetime) -> WebhookDelivery:
    """Send a `webhook.test` at once, even if the webhook is switched off; try it once only."""
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
    transaction.on_commit(dispatcher_wakeup.notify)
    return delivery


@transaction.atomic
def redeliver(delivery: WebhookDelivery, *, actor: str, now: datetime) -> WebhookDelivery:
    """Send a delivery again under the same `webhook-id`, and retry it for up to 24 hours.

    Conflict if it is still pending, was cancelled, or its webhook is switched off.
    """
    webhook = delivery.webhook
    if not webhook.is_active and delivery.event_type != TEST:
        raise Conflict("The webhook is switched off: switch it on first.")
    over = WebhookDelivery.objects.filter(
        pk=delivery.pk, status__in=[DeliveryStatus.DELIVERED, DeliveryStatus.FAILED]
    )
    again = {"status": DeliveryStatus.PENDING, "attempts": 0, "first_attempt_at": None}
    if not over.update(**again, cause=None, due_at=now):
        raise Conflict("Only a delivery that was delivered or has failed can be sent again.")
    facts = {"delivery_id": str(delivery.pk), "event_type": delivery.event_type}
    write_audit(webhook.project, actor, "webhook.redelivered", webhook, facts)
    transaction.on_commit(dispatcher_wakeup.notify)
    delivery.refresh_from_db()
    return delivery


# --- Secrets


def new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature_of(delivery: WebhookDelivery, now: datetime) -> str:
    """Return the header `webhook-signature`: one signature for each valid secret.

    Raises secrets_at_rest.Unreadable if SECRET_KEY has changed since the secret was created.
    """
    webhook = delivery.webhook
    secrets_ = [webhook.secret]
    if webhook.previous_until and now < webhook.previous_until:
        secrets_.append(webhook.previous_secret)
    signers = [Signer(decrypt(secret, PURPOSE)) for secret in secrets_]
    return " ".join(signer.sign(str(delivery.event_id), now, delivery.body) for signer in signers)


# --- Fields


def _set(webhook: Webhook, fields: Mapping[str, Any]) -> None:
    """Set the fields; Invalid at the first wrong value."""
    for name in CHANGEABLE:
        if name in fields:
            setattr(webhook, name, fields[name])
    webhook.name = webhook.name.strip()
    if not 1 <= len(webhook.name) <= LONGEST_NAME:
        raise Invalid("name", f"must have 1 to {LONGEST_NAME} characters")
    refuse_url(webhook.url)
    if webhook.format not in WebhookFormat.values:
        raise Invalid("format", f"must be one of {', '.join(WebhookFormat.values)}")
    if unknown := sorted(set(webhook.events) - set(EVENTS)):
        raise Invalid("events", f"unknown: {', '.join(unknown)}; known: {', '.join(EVENTS)}")
    if not webhook.events:
        raise Invalid("events", "choose at least one")
    webhook.events = [name for name in EVENTS if name in webhook.events]
    namesakes = Webhook.objects.filter(project=webhook.project, name=webhook.name)
    if namesakes.exclude(pk=webhook.pk).exists():
        raise AlreadyExists(f"There is already a webhook named “{webhook.name}”.")


def _facts(webhook: Webhook) -> JsonObject:
    return {name: getattr(webhook, name) for name in CHANGEABLE}
