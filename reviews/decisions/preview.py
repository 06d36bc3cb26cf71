"""What a rejection would do to the author, shown before it is made."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.utils.translation import gettext as _

from moderation.engine.verdict.author_record import next_ban, next_step
from moderation.engine.verdict.policy import Policy
from moderation.events.event import iso
from moderation.lib.languages import gettext_lazy
from moderation.models import ModerationLog
from moderation.models.author import WHOLE_PROJECT
from moderation.pipeline.author_messages import sentence, strike_key
from moderation.queries.authors import scope_of
from moderation.sanctions.strikes import may_ban
from reviews.decisions.case import BanRequest, DecisionRequest
from reviews.models import DecisionKind

ORDINALS = (
    "",
    gettext_lazy("First"),
    gettext_lazy("Second"),
    gettext_lazy("Third"),
    gettext_lazy("Fourth"),
    gettext_lazy("Fifth"),
    gettext_lazy("Sixth"),
    gettext_lazy("Seventh"),
)


@dataclass(frozen=True)
class Consequence:
    """One way to go on with the author."""

    code: str
    name: str
    #: One sentence.
    why: str
    #: What the author reads, in the content's language.
    author_message: str


@dataclass(frozen=True)
class Preview:
    """What decides the consequences of a rejection."""

    log: ModerationLog
    policy: Policy
    #: Active strikes where the author's strikes count.
    strikes: int
    #: Whether this message brought one of these strikes.
    has_strike: bool
    now: datetime
    #: Whether the author is banned there already.
    is_banned: bool = False

    @property
    def gives_strike(self) -> bool:
        """Whether the policy gives a strike for a rejection."""
        return bool(self.policy.strike_verdicts)

    @property
    def strikes_after(self) -> int:
        return self.strikes + (not self.has_strike)

    @property
    def ladder(self) -> str | None:
        """The ban that the ladder calls for after a strike for this message."""
        return None if self.has_strike else next_ban(self.strikes_after, self.policy)

    @property
    def held_ban(self) -> Literal["temporary", "permanent"] | None:
        """The ban for this message's strike that waits for a person, `ban_requires_review`."""
        if not (self.has_strike and self.policy.ban_requires_review) or self.is_banned:
            return None
        return next_ban(self.strikes, self.policy)

    @property
    def ban(self) -> str | None:
        """The ban that the policy gives on its own."""
        return self.ladder if self.gives_strike and may_ban(self.policy) else None

    @property
    def strike_position(self) -> str:
        """The strike that it would be, against the next step of the ladder."""
        limit = next_step(self.strikes_after, self.policy)
        text = _("strike {count} of {limit}") if limit else _("strike {count}")
        return text.format(count=self.strikes_after, limit=limit)

    def ban_name(self, kind: str) -> str:
        hours = _("{hours} h").format(hours=self.policy.temp_ban_hours)
        long = hours if kind == "temporary" else _("for good")
        scope = scope_of(self.log.channel_id, self.policy)
        where = _("the whole project") if scope == WHOLE_PROJECT else f"#{scope[:40]}"
        return _("banned {long} in {where}").format(long=long, where=where)

    def author_message(self, key: str) -> str:
        until = self.now + timedelta(hours=self.policy.temp_ban_hours)
        values: dict[str, Any] = {"until": iso(until)}
        if key == "strike":
            key, values = strike_key(self.strikes_after, self.policy)
        return sentence(key, self.log.language, **values)


def consequences_of(preview: Preview) -> list[Consequence]:
    """Return the ways to go on, the policy's own first."""
    position, message = preview.strike_position, preview.author_message
    consequences = [*_held(preview), _by_policy(preview)]
    if not preview.gives_strike:
        why = _("You give the author {position}.").format(position=position)
        consequences.append(Consequence("strike", _("Strike only"), why, message("strike")))
    elif preview.ban:
        why = _("Gives the strike without the ban that the ladder calls for.")
        consequences.append(Consequence("strike", _("Strike only"), why, message("strike")))
    if preview.gives_strike:
        why = _("Removes the message and counts nothing against its author.")
        if preview.has_strike:
            why = _("Removes the message and takes back the strike it brought.")
        consequences.append(Consequence("none", _("No strike"), why, message("blocked")))
    by_hand = _("You ban the author; the policy gives no strike.")
    if preview.gives_strike:
        by_hand = _("You ban the author, on top of {position}.").format(position=position)
    if not preview.ban and preview.held_ban != "temporary":
        name = preview.ban_name("temporary").capitalize()
        consequences.append(Consequence("temporary", name, by_hand, message("temp_ban")))
    if "permanent" not in {preview.ban, preview.held_ban}:
        name = preview.ban_name("permanent").capitalize()
        consequences.append(Consequence("permanent", name, by_hand, message("perm_ban")))
    return consequences


def _held(preview: Preview) -> list[Consequence]:
    """Return the ban that waits for the moderator, if there is one."""
    kind = preview.held_ban
    if kind is None:
        return []
    name = preview.ban_name(kind).capitalize()
    why = _("The ladder calls for this ban at {position}; it waited for you.").format(
        position=preview.strike_position
    )
    key = "temp_ban" if kind == "temporary" else "perm_ban"
    return [Consequence(kind, name, why, preview.author_message(key))]


def _by_policy(preview: Preview) -> Consequence:
    """Return what the policy does on its own."""
    message = preview.author_message
    if not preview.gives_strike:
        why = _("This policy is advisory and gives no strikes.")
        return Consequence("policy", _("No strike"), why, message("blocked"))
    if preview.has_strike:
        name = _("Keeps its {position}").format(position=preview.strike_position)
        why = _("The message got this strike when it was checked; it counts only once.")
        return Consequence("policy", name, why, message("strike"))
    policy, count = preview.policy, preview.strikes_after
    nth = ORDINALS[count] if count < len(ORDINALS) else _("Another")
    ladder_ban = _("a permanent ban")
    if preview.ladder == "temporary":
        ladder_ban = _("a ban of {hours} h").format(hours=policy.temp_ban_hours)
    name = preview.strike_position.capitalize()
    if preview.ladder is None:
        why = _("{nth} active strike; a ban follows at {strikes}.").format(
            nth=nth, strikes=policy.strikes_for_temp_ban
        )
        return Consequence("policy", name, why, message("strike"))
    if preview.ban is None:
        why = _(
            "{nth} active strike: the ladder calls for {ban}, but bans are left to you."
        ).format(nth=nth, ban=ladder_ban)
        return Consequence("policy", name, why, message("strike"))
    name = f"{name}, {preview.ban_name(preview.ban)}"
    why = _("{nth} active strike: the ladder gives {ban}.").format(nth=nth, ban=ladder_ban)
    key = "temp_ban" if preview.ban == "temporary" else "perm_ban"
    return Consequence("policy", name, why, message(key))


def request_for(ruling: DecisionKind, consequence: str, policy: Policy) -> DecisionRequest:
    """Return the request that a consequence stands for; an unknown one leaves it to the policy."""
    if ruling != DecisionKind.REJECT:
        return DecisionRequest(ruling)
    requests = {
        "strike": DecisionRequest(ruling, strike=True, ladder=False),
        "none": DecisionRequest(ruling, strike=False),
        "temporary": DecisionRequest(ruling, ban=BanRequest("temporary", policy.temp_ban_hours)),
        "permanent": DecisionRequest(ruling, ban=BanRequest("permanent")),
    }
    return requests.get(consequence, DecisionRequest(ruling))
