"""Ask the pipeline about a Discord message, in terms that the bot acts on."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import discord

from moderation.accounts.callers import Caller
from moderation.models import ModerationLog, Project
from moderation.pipeline.legacy_actions import reason_in_words, recommended_action
from moderation.pipeline.moderate import analyze, moderate
from moderation.pipeline.submission import Submission
from moderation.rules.active import active_ruleset

#: Makes a decision on a review (`approve` or `reject`) and returns a sentence about it; raises
#: GavelError.
Decider = Callable[[UUID, str, Caller], str]


@dataclass(frozen=True)
class Finding:
    """What a check says about a message."""

    #: WARNING, KICK or BAN; None if the message may stay.
    action: str | None
    reason: str
    #: For the author, in the author's language.
    sentence: str
    review_id: UUID | None
    #: The text as the project's policy stores it.
    stored: str
    #: Whether the same text was judged before.
    is_repeated: bool


def judge(project: Project, message: discord.Message) -> Finding:
    """Check a message with everything that follows; an edit is checked as its next revision."""
    outcome = moderate(
        Submission(
            project=project,
            message_id=str(message.id),
            user_id=str(message.author.id),
            channel_id=str(message.channel.id),
            content=message.content,
            username=message.author.display_name,
            metadata={"source": "discord", "guild_id": str(message.guild and message.guild.id)},
        )
    )
    log = outcome.log
    stored = ModerationLog.objects.filter(pk=log.pk).values_list("content", flat=True).first()
    return Finding(
        action=recommended_action(log),
        reason=reason_in_words(log) or "",
        sentence=log.message,
        review_id=outcome.review_id,
        stored=stored or "",
        is_repeated=outcome.is_duplicate,
    )


def report_of(project: Project, text: str) -> str:
    """Return what `checkmod` shows of a text; nothing is stored."""
    judgement = analyze(text, active_ruleset(project))
    finding, verdict = judgement.classification, judgement.verdict
    lines = [f"Verdict: {verdict.kind}, severity {verdict.severity}"]
    lines += [f"{category}: {score:.0%}" for category, score in finding.categories.items()]
    if finding.pii:
        lines.append(f"Personal data: {', '.join(sorted({pii.type for pii in finding.pii}))}")
    if verdict.reasons:
        lines.append(f"Reasons: {', '.join(verdict.reasons)}")
    return "\n".join(lines if verdict.reasons else ["Content OK", *lines])
