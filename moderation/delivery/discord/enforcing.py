"""Do on Discord what a check recommends: delete, tell the author, time out, kick or ban."""

import logging
from collections.abc import Awaitable
from datetime import timedelta

import aiohttp
import discord

from moderation.delivery.discord.judging import Finding
from moderation.pipeline.legacy_actions import BAN, KICK, WARNING

logger = logging.getLogger(__name__)

#: What discord.py raises once it has tried often enough.
AWAY = (OSError, aiohttp.ClientError)
TIMEOUT = timedelta(minutes=5)
CONSEQUENCES = {
    WARNING: "You cannot write for five minutes.",
    KICK: "You were removed from the server.",
    BAN: "You were banned from the server.",
}


async def enforce(message: discord.Message, finding: Finding) -> None:
    """Delete the message, tell its author why, then time them out, kick or ban them.

    The author is told first: a bot cannot write to people who have left its servers.
    """
    assert finding.action
    await attempt(message.delete(), "delete a message")
    await tell(message, finding)
    member = message.author
    if not isinstance(member, discord.Member):
        return
    if finding.action == WARNING:
        await attempt(member.timeout(TIMEOUT, reason=finding.reason), "time a member out")
    elif finding.action == KICK:
        await attempt(member.kick(reason=finding.reason), "kick a member")
    else:
        ban = member.ban(reason=finding.reason, delete_message_seconds=0)
        await attempt(ban, "ban a member")


async def tell(message: discord.Message, finding: Finding) -> None:
    """Send the author a direct message; that they accept none is no error."""
    place = f"<#{message.channel.id}>"
    lines = [f"Your message in {place} was removed. {finding.reason}.", finding.sentence]
    lines.append(CONSEQUENCES[str(finding.action)])
    try:
        await message.author.send("\n".join(line for line in lines if line))
    except (discord.HTTPException, *AWAY) as error:
        logger.debug("No direct message", extra={"reason": str(error)})


async def attempt(call: Awaitable[object], what: str) -> bool:
    """Wait for a call to Discord; log why it failed and return False."""
    try:
        await call
    except discord.NotFound:
        return True  # somebody else was faster
    except discord.Forbidden:
        logger.warning("The bot may not %s: give it the permission and a higher role", what)
        return False
    except discord.HTTPException as error:
        logger.warning("Discord refused to %s", what, extra={"status": error.status})
        return False
    except AWAY as error:
        logger.warning("Discord cannot be reached to %s", what, extra={"reason": str(error)})
        return False
    return True
