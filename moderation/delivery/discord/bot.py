"""The bot: moderates messages and edits, answers `checkmod`, follows decisions."""

import asyncio
import logging
from datetime import datetime

import discord
from channels.db import database_sync_to_async
from discord import app_commands
from django.utils import timezone

from moderation.delivery.discord.enforcing import attempt, enforce
from moderation.delivery.discord.following import Follower, apply
from moderation.delivery.discord.judging import Decider, judge, report_of
from moderation.delivery.discord.reviewing import DecideButton, ask
from moderation.models import Destination, Project

logger = logging.getLogger(__name__)

NAME = "discord"
PREFIX = "!checkmod "
FOLLOW_SECONDS = 2.0
ERROR_PAUSE_SECONDS = 30.0


class GavelBot(discord.Client):
    """Moderates every server that it was invited to, for one project."""

    def __init__(self, project: Project, decider: Decider, review_channel: str) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none())
        self.project, self.decider, self.review_channel = project, decider, review_channel
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(checkmod)
        self.add_dynamic_items(DecideButton)
        self._following: asyncio.Task[None] | None = None

    async def setup_hook(self) -> None:
        """Register `/checkmod`, then follow decisions, once the bot is signed in."""
        await self.tree.sync()
        self._following = asyncio.create_task(self.follow())

    async def close(self) -> None:
        if self._following:
            self._following.cancel()
        await super().close()

    # --- Messages

    async def on_message(self, message: discord.Message) -> None:
        await self.moderate(message)

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        await self.moderate(event.message)

    async def moderate(self, message: discord.Message) -> None:
        """Check a message of a person in a server, and act on it."""
        if message.guild is None or message.author.bot or message.is_system():
            return
        if not message.content.strip():
            return
        if message.content.startswith(PREFIX) and is_administrator(message):
            await self.report(message)
            return
        finding = await database_sync_to_async(judge)(self.project, message)
        if finding.is_repeated:
            return
        if finding.action:
            await enforce(message, finding)
        if finding.review_id:
            posting = ask(message, finding, self.review_channel)
            await attempt(posting, "write into the review channel")

    async def report(self, message: discord.Message) -> None:
        text = message.content.removeprefix(PREFIX)
        answer = await database_sync_to_async(report_of)(self.project, text)
        await attempt(message.reply(answer, mention_author=False), "answer")

    # --- Decisions and bans from elsewhere

    async def follow(self) -> None:
        """Apply what happens elsewhere until cancelled; errors are logged and survived."""
        follower = await database_sync_to_async(self._follower)()
        await self.wait_until_ready()
        has_caught_up = False
        while True:
            try:
                if not has_caught_up:
                    await self.catch_up(follower)
                    has_caught_up = True
                for event in await database_sync_to_async(follower.new_events)():
                    await apply(event, self.guilds)
                await database_sync_to_async(self._store)(follower.since)
            except Exception:
                logger.exception("Discord could not follow events")
                await asyncio.sleep(ERROR_PAUSE_SECONDS)
            await asyncio.sleep(FOLLOW_SECONDS)

    async def catch_up(self, follower: Follower) -> None:
        """Apply the bans of a long absence; the events of the last day follow."""
        for event in await database_sync_to_async(follower.missed_bans)(timezone.now()):
            await apply(event, self.guilds)

    def _follower(self) -> Follower:
        """Go on where the bot stopped, however long ago; a new bot begins now."""
        stored = Destination.objects.filter(name=NAME).values_list("sent_at", flat=True).first()
        return Follower(self.project, stored or timezone.now())

    def _store(self, followed_to: datetime) -> None:
        """Store where to go on after a restart, and that the bot is there."""
        now, is_connected = timezone.now(), not self.is_closed() and self.is_ready()
        seen = {"checked_at": now, "sent_at": followed_to, "error": ""}
        changed = Destination.objects.filter(name=NAME).exclude(is_connected=is_connected)
        changed.update(is_connected=is_connected, changed_at=now)
        Destination.objects.update_or_create(
            name=NAME, defaults=seen, create_defaults={**seen, "is_connected": is_connected}
        )


def is_administrator(message: discord.Message) -> bool:
    author = message.author
    return isinstance(author, discord.Member) and author.guild_permissions.administrator


@app_commands.command(description="Say what moderation finds in a text. Nothing is stored.")
@app_commands.describe(text="The text to check")
@app_commands.default_permissions(administrator=True)
@app_commands.guild_only()
async def checkmod(interaction: discord.Interaction, text: str) -> None:
    """Answer only the administrator who asked."""
    if not interaction.permissions.administrator:
        await interaction.response.send_message("Only administrators may.", ephemeral=True)
        return
    bot: GavelBot = interaction.client  # type: ignore[assignment]
    answer = await database_sync_to_async(report_of)(bot.project, text)
    await interaction.response.send_message(answer, ephemeral=True)
