"""Limit how many messages one author may send (docs/limits.md, "Rates")."""

from moderation.engine.verdict.policy import Policy
from moderation.lib.errors import TooMany
from moderation.lib.rate_limit import take
from moderation.pipeline.submission import Submission


def count_message(submission: Submission, policy: Policy) -> None:
    """Count a new message of its author. Raises TooMany if the policy's limit is reached."""
    limits = policy.author_limits
    if submission.is_nameless or not submission.is_counted:
        return
    if limits.per_minute is None and limits.per_hour is None:
        return
    who = f"author:{submission.project.pk}:{submission.user_id}"
    left = take(who, per_minute=limits.per_minute, per_hour=limits.per_hour)
    if left and left.retry_after:
        raise TooMany("This author sends too many messages.", wait=left.retry_after)
