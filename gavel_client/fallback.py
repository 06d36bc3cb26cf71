"""What a check answers while the server is away."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from gavel_client.answers import Check, Status, Verdict
from gavel_client.calls import Message

STATUSES: dict[Verdict, Status] = {
    "allow": "approved",
    "warn": "approved",
    "flag": "flagged",
    "block": "rejected",
}
ACTIONS = {"allow": "approved", "warn": "warning", "flag": "flagged", "block": "blocked"}


@dataclass(frozen=True)
class Fallback:
    """A policy of your own for the time without a server.

    verdict: for every message without a blocked word. `allow` and `warn` show it, `flag` and
    `block` do not: nobody could review it.
    blocked_words: whole words, in any case, that make it `block`.
    """

    verdict: Verdict = "allow"
    blocked_words: Iterable[str] = ()

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = "|".join(re.escape(word) for word in self.blocked_words)
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)" if words else r"(?!)", re.IGNORECASE)

    def check(self, message: Message) -> Check:
        """Return an answer as the server gives it, with `is_fallback` and without ids."""
        found = [match.group() for match in self._pattern.finditer(message.content)]
        verdict: Verdict = "block" if found else self.verdict
        return Check(
            is_approved=verdict in {"allow", "warn"},
            message_id=message.message_id,
            verdict=verdict,
            action=ACTIONS[verdict],
            status=STATUSES[verdict],
            detected_words=found,
            reasons=["other"] if found else [] if verdict == "allow" else ["engine_failure"],
            degraded=["server"],
            is_fallback=True,
        )
