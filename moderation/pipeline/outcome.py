"""The values that the steps of the pipeline pass on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from uuid import UUID

from moderation.engine.matches import Classification
from moderation.engine.verdict.policy import Policy
from moderation.engine.verdict.verdict import Verdict
from moderation.events.event import Event
from moderation.models import Ban, ModerationLog, Strike
from moderation.rules.compile import ActiveRuleset


@dataclass(frozen=True)
class Judgement:
    """What the engine says about a text alone, and the ruleset that it used."""

    classification: Classification
    verdict: Verdict
    ruleset: ActiveRuleset
    #: Seconds.
    took: float
    is_duplicate: bool = False
    #: Counter changes of a model in shadow.
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        return self.ruleset.policy


@dataclass(frozen=True)
class Sanction:
    """The sanctions that a message brought its author."""

    #: The ban that was active before the message.
    earlier_ban: Ban | None = None
    strike: Strike | None = None
    ban: Ban | None = None
    is_flood: bool = False
    #: The ban that the ladder calls for, where the policy leaves bans to a person.
    held_ban: Literal["temporary", "permanent"] | None = None
    #: Active strikes after the message.
    strike_count: int = 0


class Review(NamedTuple):
    """A message's open review and the event about it, if there are any."""

    id: UUID | None = None
    event: Event | None = None


@dataclass(frozen=True)
class Outcome:
    """What happened to a message; entrances make their answers from it."""

    log: ModerationLog
    review_id: UUID | None = None
    #: The author's active ban.
    ban: Ban | None = None
    is_duplicate: bool = False
    is_stored: bool = True
