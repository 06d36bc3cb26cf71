"""The body that a webhook sends: JSON for programs, a sentence for Slack and Discord."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from moderation.events.event import (
    APPEAL_UPDATE,
    CONTENT_RESTORED,
    DECISION_REVERSED,
    EXTERNAL,
    MESSAGE_BLOCKED,
    MODERATION_UPDATE,
    REVIEW_UPDATE,
    SYSTEM_NOTIFICATION,
    USER_BANNED,
    USER_UNBANNED,
    WARNING,
    iso,
)
from moderation.lib.json_types import JsonObject
from moderation.models import OutboxEvent, WebhookFormat

#: Sent only on request, to see whether a webhook works.
TEST = "webhook.test"
#: The events that a webhook can subscribe to (docs/webhooks.md).
EVENTS = (
    *sorted(EXTERNAL),
    MODERATION_UPDATE,
    REVIEW_UPDATE,
    APPEAL_UPDATE,
    SYSTEM_NOTIFICATION,
)
SENTENCES: Mapping[str, str] = {
    MESSAGE_BLOCKED: "Blocked: a message of {user_id} in {channel_id} ({reason})",
    WARNING: "Warned: {user_id} in {channel_id}, {strikes}",
    USER_BANNED: "Banned: {user_id} in {channel_id} ({ban_type}): {reason}",
    USER_UNBANNED: "Ban lifted: {user_id} in {channel_id}, by {unbanned_by}: {reason}",
    CONTENT_RESTORED: "Restored: a message of {user_id} in {channel_id}",
    DECISION_REVERSED: "Taken back by {reversed_by}: {decision} of a message of {user_id}",
    MODERATION_UPDATE: "{status}: {user_id} in {channel_id}: {content_preview}",
    REVIEW_UPDATE: "Review {status} {decision} {decided_by}",
    APPEAL_UPDATE: "Appeal {status} {outcome}",
    SYSTEM_NOTIFICATION: "{type}: {message}",
    TEST: "{message}",
}
#: https://discord.com/developers/docs/resources/webhook
DISCORD_LENGTH, SUPPRESS_EMBEDS = 2000, 1 << 2
SLACK_LENGTH = 3000
MARKDOWN = re.compile(r"([\\`*_~|>#\[\]()<@:-])")


class Message(TypedDict):
    """The fields of docs/events.md, "External events", and `type` (Standard Webhooks)."""

    type: str
    timestamp: str | None
    data: JsonObject
    event_type: str
    event_id: str
    project_id: str
    service: str
    version: str


class SlackMessage(TypedDict):
    text: str
    mrkdwn: bool
    unfurl_links: bool
    unfurl_media: bool


class DiscordMessage(TypedDict):
    content: str
    allowed_mentions: dict[str, list[str]]
    flags: int


def body_of(event: OutboxEvent, form: str) -> str:
    """Return the body to sign and send; the caller has fetched the event's project."""
    return json.dumps(SHAPES[form](event), ensure_ascii=False, cls=DjangoJSONEncoder)


def as_json(event: OutboxEvent) -> Message:
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


def as_slack(event: OutboxEvent) -> SlackMessage:
    """Return a text in which the author's words cannot mention, link or format anything."""
    text = sentence_of(event)[:SLACK_LENGTH]
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, name)
    return {"text": text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}


def as_discord(event: OutboxEvent) -> DiscordMessage:
    """Return a text in which the author's words cannot mention, embed or format anything."""
    text = MARKDOWN.sub(r"\\\1", sentence_of(event))[:DISCORD_LENGTH]
    return {"content": text, "allowed_mentions": {"parse": []}, "flags": SUPPRESS_EMBEDS}


SHAPES: Mapping[str, Callable[[OutboxEvent], Mapping[str, object]]] = {
    WebhookFormat.JSON: as_json,
    WebhookFormat.SLACK: as_slack,
    WebhookFormat.DISCORD: as_discord,
}


def sentence_of(event: OutboxEvent) -> str:
    """Return one line that says what happened, beginning with the project's name."""
    facts = Facts({name: shown(value) for name, value in event.data.items()})
    count = event.data.get("strike_count")
    facts["strikes"] = "1 strike" if count == 1 else f"{count} strikes"
    sentence = SENTENCES[event.type].format_map(facts)
    return " ".join(f"[{event.project.name}] {sentence[:1].upper()}{sentence[1:]}".split())


class Facts(dict[str, str]):
    """An event's data in words; missing facts are left out."""

    def __missing__(self, name: str) -> str:
        return "the whole project" if name == "channel_id" else ""


def shown(value: Any) -> str:
    return "" if value is None else str(value)
