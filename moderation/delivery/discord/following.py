"""Follow what happens elsewhere: decisions of people, bans and mutes that begin and end.

The bot reads external events after the relay has released them, that is after their hold.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
)
from moderation.models import BanType, OutboxEvent, Project

logger = logging.getLogger(__name__)

BATCH = 100
#: Discord's own limit.
LONGEST_TIMEOUT = timedelta(days=27)
#: Mutes are internal events only; bans have external ones.
MUTES = Q(type=BAN_UPDATE, data__type=BanType.MUTE)
#: Events are released in order, but become visible a moment later.
OVERLAP = timedelta(seconds=5)


@dataclass
class Follower:
    """Reads new events; remembers those of the last seconds, which it reads again."""

    project: Project
    since: datetime
    _seen: dict[UUID, datetime] = field(default_factory=dict)

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


async def apply(event: OutboxEvent, guilds: Sequence[discord.Guild]) -> None:
    """Do on Discord what an event says; events about other apps' authors change nothing."""
    for guild in guilds_of(event, guilds):
        member = discord.Object(int(event.data["user_id"]))
        if event.type == USER_BANNED:
            ban = guild.ban(member, reason=event.data["reason"], delete_message_seconds=0)
            await attempt(ban, "ban a member")
        elif event.type == USER_UNBANNED:
            await attempt(guild.unban(member, reason=event.data["reason"]), "end a ban")
        elif event.type == MESSAGE_BLOCKED:
            await delete(guild, event)
        else:
            await attempt(time_out(guild, member.id, muted_until(event)), "time a member out")


async def time_out(guild: discord.Guild, member_id: int, until: datetime | None) -> None:
    # The bot's intents do not include the list of members.
    member = await guild.fetch_member(member_id)
    await member.timeout(until)


def muted_until(event: OutboxEvent) -> datetime | None:
    """Return the end of a mute that begins; None for one that ends, and after an approval."""
    if event.type != BAN_UPDATE or not event.data["active"]:
        return None
    end = datetime.fromisoformat(event.data["expires_at"])
    return min(end, timezone.now() + LONGEST_TIMEOUT)


async def delete(guild: discord.Guild, event: OutboxEvent) -> None:
    channel = guild.get_channel_or_thread(int(event.data["channel_id"]))
    if isinstance(channel, discord.TextChannel | discord.Thread | discord.VoiceChannel):
        message = channel.get_partial_message(int(event.data["message_id"]))
        await attempt(message.delete(), "delete a message")


def guilds_of(event: OutboxEvent, guilds: Sequence[discord.Guild]) -> list[discord.Guild]:
    """Return the servers of the event's channel; without a channel, all of them."""
    user, channel = event.data["user_id"], event.data.get("channel_id")
    ids = [user, channel, event.data.get("message_id")]
    if not all(id_ is None or (id_.isascii() and id_.isdigit()) for id_ in ids):
        return []
    if channel is None:
        return list(guilds)
    return [guild for guild in guilds if guild.get_channel_or_thread(int(channel))]
