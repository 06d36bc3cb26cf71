"""Run the Discord bot until stopped."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from moderation.accounts.callers import Caller
from moderation.management.base import GavelCommand, add_project, project_of
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import DecisionKind

SENTENCES = {"approve": "Approved by {}", "reject": "Rejected by {}"}


class Command(GavelCommand):
    help = (
        "Run the Discord bot: it moderates messages and edits, deletes what is not approved, times "
        "out, kicks or bans, and asks in a review channel. Needs DISCORD_TOKEN."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_project(parser)
        parser.add_argument(
            "--review-channel",
            default=settings.DISCORD_REVIEW_CHANNEL,
            help="name or id of the channel for reviews; default: mod-review",
        )

    def run(self, options: dict[str, Any]) -> None:
        if not settings.DISCORD_TOKEN:
            raise CommandError("Set DISCORD_TOKEN first, to the token of your bot.")
        project = project_of(options["project"] or settings.QUEUE_PROJECT or None)
        try:
            import discord  # noqa: PLC0415 (installed only for the bot)

            from moderation.delivery.discord.bot import GavelBot  # noqa: PLC0415
        except ImportError as error:
            raise CommandError("Run pip install -r requirements-discord.txt first.") from error
        bot = GavelBot(project, decide_for_discord, options["review_channel"])
        try:
            bot.run(settings.DISCORD_TOKEN, log_handler=None)
        except discord.LoginFailure as error:
            raise CommandError("Discord does not accept DISCORD_TOKEN.") from error
        except discord.PrivilegedIntentsRequired as error:
            raise CommandError(
                "Switch on the Message Content Intent on the bot's page of Discord's portal."
            ) from error


def decide_for_discord(review_id: UUID, decision: str, caller: Caller) -> str:
    """Decide a review for somebody who pressed a button; return a sentence about it."""
    decide(review_id, DecisionRequest(DecisionKind(decision)), caller, now=timezone.now())
    return SENTENCES[decision].format(caller.name)
