"""Follow what happens elsewhere: decisions of people, bans and mutes that begin and end.

The bot reads external events after the relay has released them, that is after their hold.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import discord
from django.db.models import Q
from django.utils import timezone

from moderation.delivery.discord.enforcing import attempt
from moderation.events.event import (
    BAN_UPDATE,
    CONTENT_RESTORED,
    MESSAGE_BLOCKED,
    USER_BANNED,
    USER_UNBANNED,
    Cause,
    Event,
)
from moderation.models import Ban, BanType, OutboxEvent, Project
from moderation.sanctions.payloads import ban_events

logger = logging.getLogger(__name__)

BATCH = 100
#: Discord's own limits; a longer reason for its audit log is refused with the ban.
LONGEST_TIMEOUT = timedelta(days=27)
LONGEST_REASON = 512
#: Mutes are internal events only; bans have external ones.
MUTES = Q(type=BAN_UPDATE, data__type=BanType.MUTE)
#: Events are released in order, but become visible a moment later.
OVERLAP = timedelta(seconds=5)
#: The outbox keeps them a little longer (relay/housekeeping.py).
EVENTS_KEPT = timedelta(hours=23)
#: A decision may wait so long before it is announced.
LONGEST_HOLD = timedelta(days=1)


class Change(Protocol):
    """An event, whether it comes from the outbox or not."""

    @property
    def type(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


@dataclass
class Follower:
    """Reads new events; remembers those of the last seconds, which it reads again."""

    project: Project
    since: datetime
    _seen: dict[UUID, datetime] = field(default_factory=dict)

    def missed_bans(self, now: datetime) -> list[Event]:
        """Return how each ban and mute stands that changed while the bot was away.

        Empty after a short absence: then the outbox still has every event.
        """
        if self.since > now - EVENTS_KEPT:
            return []
        before = self.since - LONGEST_HOLD
        changed = Q(issued_at__gt=before) | Q(lifted_at__gt=before)
        bans = Ban.objects.filter(changed, project=self.project).order_by("issued_at", "id")
        newest = {(ban.user_id, ban.channel_id): ban for ban in bans.select_related("project")}
        nobody = Cause(by="")
        return [event for ban in newest.values() for event in ban_events(ban, nobody, now)]

    def new_events(self) -> list[OutboxEvent]:
        # Of checks the bot knows already; of bans it does not.
        by_people = Q(type__in=(MESSAGE_BLOCKED, CONTENT_RESTORED), cause__isnull=False)
        events = OutboxEvent.objects.filter(
            by_people | Q(type__in=(USER_BANNED, USER_UNBANNED)) | MUTES,
            project=self.project,
            cancelled_at=None,
            sent_at__gt=self.since - OVERLAP,
        )
        events = events.exclude(pk__in=self._seen).order_by("sent_at", "id")[:BATCH]
        found = list(events)
        for event in found:
            assert event.sent_at
            self._seen[event.pk] = self.since = event.sent_at
        self._seen = {id_: at for id_, at in self._seen.items() if at > self.since - 2 * OVERLAP}
        return found


async def apply(event: Change, guilds: Sequence[discord.Guild]) -> None:
    """Do on Discord what an event says; events about other apps' authors change nothing."""
    if event.type == BAN_UPDATE and event.data["type"] != BanType.MUTE:
        return  # has an external event too
    for guild in guilds_of(event, guilds):
        member = discord.Object(int(event.data["user_id"]))
        if event.type == USER_BANNED:
            reason = event.data["reason"][:LONGEST_REASON]
            ban = guild.ban(member, reason=reason, delete_message_seconds=0)
            await attempt(ban, "ban a member")
        elif event.type == USER_UNBANNED:
            await attempt(
                guild.unban(member, reason=event.data["reason"][:LONGEST_REASON]), "end a ban"
            )
        elif event.type == MESSAGE_BLOCKED:
            await delete(guild, event)
        else:
            await attempt(time_out(guild, member.id, muted_until(event)), "time a member out")


async def time_out(guild: discord.Guild, member_id: int, until: datetime | None) -> None:
    # The bot's intents do not include the list of members.
    member = await guild.fetch_member(member_id)
    await member.timeout(until)


def muted_until(event: Change) -> datetime | None:
    """Return the end of a mute that begins; None for one that ends, and after an approval."""
    if event.type != BAN_UPDATE or not event.data["active"]:
        return None
    end = datetime.fromisoformat(event.data["expires_at"])
    return min(end, timezone.now() + LONGEST_TIMEOUT)


async def delete(guild: discord.Guild, event: Change) -> None:
    channel = guild.get_channel_or_thread(int(event.data["channel_id"]))
    if isinstance(channel, discord.TextChannel | discord.Thread | discord.VoiceChannel):
        message = channel.get_partial_message(int(event.data["message_id"]))
        await attempt(message.delete(), "delete a message")


def guilds_of(event: Change, guilds: Sequence[discord.Guild]) -> list[discord.Guild]:
    """Return the servers of the event's channel; without a channel, all of them."""
    user, channel = event.data["user_id"], event.data.get("channel_id")
    ids = [user, channel, event.data.get("message_id")]
    if not all(id_ is None or (id_.isascii() and id_.isdigit()) for id_ in ids):
        return []
    if channel is None:
        return list(guilds)
    return [guild for guild in guilds if guild.get_channel_or_thread(int(channel))]
