"""What a webhook sends of an event: JSON for programs, a sentence for Slack and Discord."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from moderation import events
from moderation.events import iso
from moderation.models import OutboxEvent, WebhookFormat

#: Sent on request only, to see whether a webhook works.
TEST = "webhook.test"
#: What a webhook may choose from (CONTRACT section 9).
EVENTS = (
    *sorted(events.OUTSIDE),
    events.MODERATION_UPDATE,
    events.REVIEW_UPDATE,
    events.APPEAL_UPDATE,
    events.SYSTEM_NOTIFICATION,
)
SENTENCES: Mapping[str, str] = {
    events.MESSAGE_BLOCKED: "Blocked: a message of {user_id} in {channel_id} ({reason})",
    events.WARNING: "Warned: {user_id} in {channel_id}, {strike_count} strikes",
    events.USER_BANNED: "Banned: {user_id} in {channel_id} ({ban_type}): {reason}",
    events.USER_UNBANNED: "Ban lifted: {user_id} in {channel_id}, by {unbanned_by}: {reason}",
    events.CONTENT_RESTORED: "Restored: a message of {user_id} in {channel_id}",
    events.DECISION_REVERSED: "Taken back by {reversed_by}: {decision} of a message of {user_id}",
    events.MODERATION_UPDATE: "{status}: {user_id} in {channel_id}: {content_preview}",
    events.REVIEW_UPDATE: "Review {status} {decision} {decided_by}",
    events.APPEAL_UPDATE: "Appeal {status} {outcome}",
    events.SYSTEM_NOTIFICATION: "{type}: {message}",
    TEST: "{message}",
}
#: https://discord.com/developers/docs/resources/webhook
DISCORD_LENGTH, SUPPRESS_EMBEDS = 2000, 1 << 2
SLACK_LENGTH = 3000
MARKDOWN = re.compile(r"([\\`*_~|>#\[\]()<@:-])")


def body_of(event: OutboxEvent, form: str) -> str:
    """Return the body as it is signed and sent; the event's project is fetched with it."""
    return json.dumps(SHAPES[form](event), ensure_ascii=False, cls=DjangoJSONEncoder)


def as_json(event: OutboxEvent) -> dict[str, Any]:
    """Return what brokers get too (CONTRACT section 7), with `type` as Standard Webhooks has it."""
    return {
        "type": event.type,
        "timestamp": iso(event.created_at),
        "data": event.data,
        "event_type": event.type,
        "event_id": str(event.pk),
        "project_id": event.project.slug,
        "service": "gavel",
        "version": settings.VERSION,
    }


def as_slack(event: OutboxEvent) -> dict[str, Any]:
    """Return a text in which nothing of the author's mentions, links or formats."""
    text = sentence_of(event)[:SLACK_LENGTH]
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, name)
    return {"text": text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}


def as_discord(event: OutboxEvent) -> dict[str, Any]:
    """Return a text in which nothing of the author's mentions, embeds or formats."""
    text = MARKDOWN.sub(r"\\\1", sentence_of(event))[:DISCORD_LENGTH]
    return {"content": text, "allowed_mentions": {"parse": []}, "flags": SUPPRESS_EMBEDS}


SHAPES: Mapping[str, Callable[[OutboxEvent], dict[str, Any]]] = {
    WebhookFormat.JSON: as_json,
    WebhookFormat.SLACK: as_slack,
    WebhookFormat.DISCORD: as_discord,
}


def sentence_of(event: OutboxEvent) -> str:
    """Return what happened in one line, beginning with the project's name."""
    facts = Facts({name: shown(value) for name, value in event.data.items()})
    said = SENTENCES[event.type].format_map(facts)
    return " ".join(f"[{event.project.name}] {said[:1].upper()}{said[1:]}".split())


class Facts(dict[str, str]):
    """An event's data in words; what it does not tell is left out."""

    def __missing__(self, name: str) -> str:
        return "the whole project" if name == "channel_id" else ""


def shown(value: Any) -> str:
    return "" if value is None else str(value)
