"""Webhooks and their deliveries; `body` is what was sent, to the byte."""

from typing import Annotated, TypedDict

from moderation.lib.json_types import Id, Moment


class WebhookRow(TypedDict):
    id: Id
    name: str
    url: str
    format: Annotated[str, ("enum", ("json", "slack", "discord"))]
    events: list[str]
    is_active: bool
    disabled_reason: str
    created_by: str
    created_at: Moment
    succeeded_at: Moment | None
    failing_since: Moment | None


class WebhookWithSecret(WebhookRow):
    """Only this answer shows `secret`."""

    secret: str


class DeliveryRow(TypedDict):
    id: Id
    webhook_id: Id
    event_id: Id
    event_type: str
    status: str
    attempts: int
    response_status: int | None
    response_excerpt: str
    error: str
    duration_seconds: float | None
    created_at: Moment
    last_attempt_at: Moment | None
    next_attempt_at: Moment | None
    body: str
