"""What a rejection would do to its author, said before it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from moderation.enforce import may_ban
from moderation.engine.policy import Policy
from moderation.engine.standing import next_ban
from moderation.events import iso
from moderation.models import ModerationLog
from moderation.models.sanctions import WHOLE_PROJECT
from moderation.queries.authors import scope_of
from moderation.wording import sentence
from reviews.cases import BanOrder, Order
from reviews.models import Ruling

ORDINALS = ("", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh")


@dataclass(frozen=True)
class Consequence:
    """One way to go on with the author."""

    code: str
    name: str
    #: Why it would be so, in a sentence.
    why: str
    #: The very words for the author, in the content's language.
    told: str


@dataclass(frozen=True)
class Outlook:
    """What the consequences are worked out from."""

    log: ModerationLog
    policy: Policy
    #: Active strikes where the author's strikes count.
    strikes: int
    #: Whether this message brought one of them.
    has_strike: bool
    now: datetime

    @property
    def gives_strike(self) -> bool:
        """Whether the policy gives a strike for a rejection."""
        return bool(self.policy.strike_verdicts)

    @property
    def strikes_after(self) -> int:
        return self.strikes + (not self.has_strike)

    @property
    def ladder(self) -> str | None:
        """The ban that the ladder asks for with a strike from this message."""
        return None if self.has_strike else next_ban(self.strikes_after, self.policy)

    @property
    def ban(self) -> str | None:
        """The ban that would come by itself."""
        return self.ladder if self.gives_strike and may_ban(self.policy) else None

    @property
    def where(self) -> str:
        scope = scope_of(self.log.channel_id, self.policy)
        return "in the whole project" if scope == WHOLE_PROJECT else f"in #{scope[:40]}"

    @property
    def counted(self) -> str:
        """The strike that it would be, against the next step of the ladder."""
        steps = (self.policy.strikes_for_temp_ban, self.policy.strikes_for_perm_ban)
        limit = next((step for step in steps if self.strikes_after <= step), None)
        return f"strike {self.strikes_after}" + (f" of {limit}" if limit else "")

    def told(self, key: str) -> str:
        until = self.now + timedelta(hours=self.policy.temp_ban_hours)
        return sentence(
            key,
            self.log.language,
            strikes=self.strikes_after,
            limit=self.policy.strikes_for_temp_ban,
            until=iso(until),
        )


def consequences_of(outlook: Outlook) -> list[Consequence]:
    """Return the ways to go on, the policy's own first."""
    makers: list[Callable[[Outlook], Consequence | None]] = [
        _by_policy,
        _strike_only,
        _no_strike,
        _temporary,
        _permanent,
    ]
    return [made for make in makers if (made := make(outlook))]


def order_of(ruling: Ruling, consequence: str, policy: Policy) -> Order:
    """Return the order that a consequence stands for; an unknown one leaves it to the policy."""
    if ruling != Ruling.REJECT:
        return Order(ruling)
    orders = {
        "strike": Order(ruling, strike=True, ladder=False),
        "none": Order(ruling, strike=False),
        "temporary": Order(ruling, ban=BanOrder("temporary", policy.temp_ban_hours)),
        "permanent": Order(ruling, ban=BanOrder("permanent")),
    }
    return orders.get(consequence, Order(ruling))


def _by_policy(outlook: Outlook) -> Consequence:
    if not outlook.gives_strike:
        why = "This policy advises: it gives no strike by itself."
        return Consequence("policy", "No strike", why, outlook.told("blocked"))
    if outlook.has_strike:
        name = f"Keeps its {outlook.counted}"
        why = "The message brought this strike when it was checked; it counts once."
        return Consequence("policy", name, why, outlook.told("strike"))
    name = outlook.counted.capitalize()
    if outlook.ban:
        key = "temp_ban" if outlook.ban == "temporary" else "perm_ban"
        name = f"{name}, {_ban_name(outlook, outlook.ban)}"
        return Consequence("policy", name, _ladder_says(outlook), outlook.told(key))
    return Consequence("policy", name, _ladder_says(outlook), outlook.told("strike"))


def _ladder_says(outlook: Outlook) -> str:
    policy, count = outlook.policy, outlook.strikes_after
    nth = ORDINALS[count] if count < len(ORDINALS) else "Another"
    if outlook.ladder is None:
        return f"{nth} active strike; a ban follows at {policy.strikes_for_temp_ban}."
    long = f"{policy.temp_ban_hours} h" if outlook.ladder == "temporary" else "a permanent ban"
    if outlook.ban is None:
        return (
            f"{nth} active strike: the ladder asks for {long}, but this policy leaves bans to you."
        )
    return f"{nth} active strike, so the ladder says {long}."


def _ban_name(outlook: Outlook, kind: str) -> str:
    long = f"{outlook.policy.temp_ban_hours} h" if kind == "temporary" else "for good"
    return f"banned {long} {outlook.where}"


def _strike_only(outlook: Outlook) -> Consequence | None:
    if outlook.gives_strike and outlook.ban is None:
        return None
    why = "The strike counts; the ban that the ladder asks for is not given."
    if not outlook.gives_strike:
        why = f"Given by you: the author's {outlook.counted}."
    return Consequence("strike", "Strike only", why, outlook.told("strike"))


def _no_strike(outlook: Outlook) -> Consequence | None:
    if not outlook.gives_strike:
        return None
    why = "The message goes, and nothing is counted against its author."
    if outlook.has_strike:
        why = "The message goes, and the strike that it brought is taken back."
    return Consequence("none", "No strike", why, outlook.told("blocked"))


def _temporary(outlook: Outlook) -> Consequence | None:
    if outlook.ban:
        return None
    name = _ban_name(outlook, "temporary").capitalize()
    return Consequence("temporary", name, _besides(outlook), outlook.told("temp_ban"))


def _permanent(outlook: Outlook) -> Consequence | None:
    if outlook.ban == "permanent":
        return None
    name = _ban_name(outlook, "permanent").capitalize()
    return Consequence("permanent", name, _besides(outlook), outlook.told("perm_ban"))


def _besides(outlook: Outlook) -> str:
    if not outlook.gives_strike:
        return "Given by you; the policy gives no strike."
    return f"Given by you, besides {outlook.counted}."
