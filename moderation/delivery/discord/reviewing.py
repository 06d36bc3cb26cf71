"""The review channel: an embed for each message that waits for a person, with two buttons."""

import re
from typing import TYPE_CHECKING, Self
from uuid import UUID

import discord
from channels.db import database_sync_to_async

from moderation.accounts.callers import Caller
from moderation.delivery.discord.judging import Finding
from moderation.lib.errors import GavelError
from moderation.models import Scope

if TYPE_CHECKING:
    from moderation.delivery.discord.bot import GavelBot

LABELS = {"approve": "Approve", "reject": "Reject"}
STYLES = {"approve": discord.ButtonStyle.success, "reject": discord.ButtonStyle.danger}
#: Discord's own limit is 1,024 characters a field.
LONGEST_EXCERPT = 1000
TEMPLATE = r"gavel:(?P<decision>approve|reject):(?P<review>[0-9a-f-]{36})"


class DecideButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=TEMPLATE):
    """Approve or Reject; its id names the review, so that it works after a restart too."""

    def __init__(self, decision: str, review_id: UUID) -> None:
        self.decision, self.review_id = decision, review_id
        super().__init__(
            discord.ui.Button(
                label=LABELS[decision],
                style=STYLES[decision],
                custom_id=f"gavel:{decision}:{review_id}",
            )
        )

    @classmethod
    async def from_custom_id(
        cls,
        _interaction: discord.Interaction,
        _item: discord.ui.Item[discord.ui.View],
        match: re.Match[str],
    ) -> Self:
        return cls(match["decision"], UUID(match["review"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Decide, and write into the embed who decided; only moderators of the server may."""
        if not may_review(interaction):
            await interaction.response.send_message(
                "You need the permission to time out members.", ephemeral=True
            )
            return
        bot: GavelBot = interaction.client  # type: ignore[assignment]
        await interaction.response.defer()
        caller = caller_of(bot, interaction.user)
        try:
            sentence = await database_sync_to_async(bot.decider)(
                self.review_id, self.decision, caller
            )
        except GavelError as error:
            await interaction.followup.send(error.detail, ephemeral=True)
            return
        if interaction.message:
            embeds = interaction.message.embeds
            embeds[0].set_footer(text=sentence)
            await interaction.message.edit(embeds=embeds, view=None)


def may_review(interaction: discord.Interaction) -> bool:
    return interaction.permissions.moderate_members or interaction.permissions.administrator


def caller_of(bot: "GavelBot", user: discord.User | discord.Member) -> Caller:
    return Caller(
        project=bot.project,
        name=f"{user.name} (Discord)",
        scopes=frozenset({Scope.REVIEW}),
        outside_id=f"discord:{user.id}",
    )


async def ask(message: discord.Message, finding: Finding, channel_name: str) -> bool:
    """Post the message in the server's review channel; return False if there is none."""
    assert message.guild
    assert finding.review_id
    channel = review_channel(message.guild, channel_name)
    if channel is None:
        return False
    embed = discord.Embed(title="Review", colour=discord.Colour.orange())
    embed.add_field(name="Author", value=f"{message.author.mention} ({message.author.id})")
    embed.add_field(name="Channel", value=f"<#{message.channel.id}>")
    embed.add_field(name="Action", value=finding.action or "none")
    embed.add_field(name="Reason", value=finding.reason or "none", inline=False)
    text = discord.utils.escape_markdown(finding.stored)[:LONGEST_EXCERPT]
    embed.add_field(name="Message", value=text or "not stored by this project", inline=False)
    view = discord.ui.View(timeout=None)
    for decision in LABELS:
        view.add_item(DecideButton(decision, finding.review_id))
    await channel.send(embed=embed, view=view)
    return True


def review_channel(guild: discord.Guild, name: str) -> discord.TextChannel | None:
    """Return the channel with that name or id."""
    return next(
        (one for one in guild.text_channels if name.lstrip("#") in {one.name, str(one.id)}), None
    )
