"""The events about bans, and a ban as answers show it."""

from datetime import datetime
from typing import TypedDict

from moderation.events.event import (
    BAN_UPDATE,
    USER_BANNED,
    USER_UNBANNED,
    Cause,
    Event,
    iso,
)
from moderation.lib.json_types import Id, Moment
from moderation.models import Ban
from moderation.models.json_names import BanTypeName


class BanInfo(TypedDict):
    """A ban as its author sees it. Its id is needed for an appeal."""

    id: Id
    type: BanTypeName
    expires_at: Moment | None
    reason: str
    channel_id: str | None


def ban_info(ban: Ban) -> BanInfo:
    return {
        "id": str(ban.pk),
        "type": ban.type,
        "expires_at": iso(ban.expires_at),
        "reason": ban.reason,
        "channel_id": ban.channel_id or None,
    }


def ban_events(ban: Ban, cause: Cause, now: datetime) -> list[Event]:
    """Return the events of a ban that began or ended; the app's clients do not know mutes."""
    if ban.is_mute:
        return [ban_update(ban, now)]
    tell = user_banned if ban.lifted_at is None else user_unbanned
    return [ban_update(ban, now), tell(ban, cause)]


def ban_update(ban: Ban, now: datetime) -> Event:
    data = {
        "user_id": ban.user_id,
        "channel_id": ban.channel_id or None,
        "active": ban.lifted_at is None,
        "type": ban.type,
        "expires_at": iso(ban.expires_at),
        "reason": ban.reason,
        "automatic": ban.is_automatic,
        "timestamp": iso(now),
    }
    return Event(ban.project, BAN_UPDATE, data)


def user_banned(ban: Ban, cause: Cause) -> Event:
    data = {
        "user_id": ban.user_id,
        "channel_id": ban.channel_id or None,
        "ban_type": ban.type,
        "banned_until": iso(ban.expires_at),
        "reason": ban.reason,
        "project_id": ban.project.slug,
    }
    return Event(ban.project, USER_BANNED, data, cause=cause)


def user_unbanned(ban: Ban, cause: Cause) -> Event:
    data = {
        "user_id": ban.user_id,
        "channel_id": ban.channel_id or None,
        "unbanned_by": ban.lifted_by,
        "reason": ban.lift_reason,
        "project_id": ban.project.slug,
    }
    return Event(ban.project, USER_UNBANNED, data, cause=cause)
