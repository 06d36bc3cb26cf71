"""Try the bot's token: write one message into the review channel of every server."""

import asyncio

import discord
from django.conf import settings

from moderation.accounts.audit import write_audit
from moderation.models import Project

SECONDS = 10.0


def send_test(project: Project, *, actor: str) -> str:
    """Write into the review channels; return why that failed, or ""."""
    error = asyncio.run(_send(f"{actor} tests the connection of {project.name}."))
    write_audit(project, actor, "connection.tested", project, {"name": "discord", "error": error})
    return error


async def _send(text: str) -> str:
    # Calls alone: a second connection to the gateway would answer like the bot.
    client = discord.Client(
        intents=discord.Intents.none(), allowed_mentions=discord.AllowedMentions.none()
    )
    name = settings.DISCORD_REVIEW_CHANNEL.lstrip("#")
    try:
        async with asyncio.timeout(SECONDS), client:
            await client.login(settings.DISCORD_TOKEN)
            channels = [
                channel
                async for guild in client.fetch_guilds(limit=None)
                for channel in await guild.fetch_channels()
                if isinstance(channel, discord.TextChannel) and name in channel_names(channel)
            ]
            for channel in channels:
                await channel.send(discord.utils.escape_markdown(text))
    except discord.LoginFailure:
        return "it does not accept DISCORD_TOKEN"
    except discord.Forbidden:
        return f"the bot may not write into the channel {name}"
    except discord.HTTPException as error:
        return f"it answered {error.status}"
    except (OSError, TimeoutError):
        return "no answer in time"
    return "" if channels else f"no server of the bot has a channel {name}"


def channel_names(channel: discord.TextChannel) -> tuple[str, str]:
    return channel.name, str(channel.id)
