"""What the demo's moderators decide about an item, with a reason and a note."""

from random import Random

from moderation.engine.verdict.verdict import VerdictKind
from moderation.models import BanType, ModerationLog
from reviews.decisions.case import BanRequest, DecisionRequest
from reviews.demo.script import Marks, sections
from reviews.models import DecisionKind, ReviewItem, ReviewSource

#: Reasons of a check that are also reasons of a decision.
CODES = frozenset(
    {"profanity", "insult", "hate_speech", "harassment", "threat", "self_harm", "spam"}
)
#: How often they write a note, and how often a rude line costs a strike.
NOTE_RATIO = 0.45
STRIKE_RATIO = 0.25
#: How often they let a rude line pass, because they know both people.
LENIENT_RATIO = 0.15
BAN_HOURS = (72, 168)
#: How often they approve rather than dismiss: the content was fine, or there was no case.
APPROVED_RATIO = 0.75


def decision_on(item: ReviewItem, marks: Marks, rng: Random) -> DecisionRequest:
    """Return a moderator's decision; marks: what the script knows about the message."""
    log = item.log
    if marks.is_for_admins:
        return DecisionRequest(DecisionKind.ESCALATE, note=note("escalate", rng))
    if "personal_info" in log.reasons and not marks.is_harmless:
        return DecisionRequest(DecisionKind.REJECT, "personal_info", note("pii", rng), strike=False)
    if marks.is_vicious:
        ban = BanRequest(BanType.TEMPORARY, hours=rng.choice(BAN_HOURS))
        # What the engine blocked has had its strike: only the script brings it to a moderator.
        has_ban = marks.is_reported or log.verdict != VerdictKind.BLOCK
        return _rejection(log, note("vicious", rng), strike=True, ban=ban if has_ban else None)
    if not marks.is_rude:
        return _acquittal(item, marks, rng)
    if rng.random() < LENIENT_RATIO:
        return DecisionRequest(DecisionKind.APPROVE, note=note("lenient", rng))
    has_strike = rng.random() < STRIKE_RATIO
    text = note("reject", rng) if has_strike else _perhaps("reject_mild", rng)
    return _rejection(log, text, strike=has_strike)


def _rejection(
    log: ModerationLog, text: str, *, strike: bool, ban: BanRequest | None = None
) -> DecisionRequest:
    return DecisionRequest(DecisionKind.REJECT, code_of(log), text, strike=strike, ban=ban)


def _acquittal(item: ReviewItem, marks: Marks, rng: Random) -> DecisionRequest:
    """Show content that was not meant seriously, or that was reported without cause."""
    if marks.is_reported_falsely:
        return DecisionRequest(DecisionKind.DISMISS, note=note("dismiss_false", rng))
    if item.source == ReviewSource.REPORT:
        return DecisionRequest(DecisionKind.DISMISS, note=_perhaps("dismiss", rng))
    if rng.random() < APPROVED_RATIO:
        return DecisionRequest(DecisionKind.APPROVE, note=_perhaps("approve", rng))
    return DecisionRequest(DecisionKind.DISMISS, note=_perhaps("dismiss", rng))


def admin_decision(item: ReviewItem, marks: Marks, rng: Random) -> DecisionRequest:
    """Return an admin's decision on an escalated item."""
    if marks.is_rude:
        return _rejection(item.log, note("admin", rng), strike=True)
    section = "worry" if marks.is_harmless else "answered"
    return DecisionRequest(DecisionKind.DISMISS, note=note(section, rng))


def opposite_of(decision: DecisionRequest, log: ModerationLog, rng: Random) -> DecisionRequest:
    """Return the decision of a moderator who has changed their mind."""
    text = note("undone", rng)
    if decision.ruling == DecisionKind.REJECT:
        return DecisionRequest(DecisionKind.APPROVE, note=text)
    return _rejection(log, text, strike=False)


def code_of(log: ModerationLog) -> str:
    return next((reason for reason in log.reasons if reason in CODES), "other")


def note(section: str, rng: Random) -> str:
    return rng.choice(sections("moderators.txt")[section])


def _perhaps(section: str, rng: Random) -> str:
    return note(section, rng) if rng.random() < NOTE_RATIO else ""
