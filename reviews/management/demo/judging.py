"""What the demo's moderators think of an item: the order they give, with a reason and a note."""

from random import Random

from moderation.models import BanType, ModerationLog
from reviews.cases import BanOrder, Order
from reviews.management.demo.script import Marks, sections
from reviews.models import ReviewItem, ReviewSource, Ruling

#: Reasons of a check that are also reasons of a ruling.
CODES = frozenset(
    {"profanity", "insult", "hate_speech", "harassment", "threat", "self_harm", "spam"}
)
#: How often they write a note, and how often a rude line costs a strike.
NOTE_RATIO = 0.45
STRIKE_RATIO = 0.25
#: How often they let a rude line pass, because they know the two.
LENIENT_RATIO = 0.15
BAN_HOURS = (72, 168)
#: Approve says that the content was fine, dismiss that there was no case.
APPROVED_RATIO = 0.75


def order_for(item: ReviewItem, marks: Marks, rng: Random) -> Order:
    """Return what a moderator orders; marks: what the script knows of the message."""
    log = item.log
    if marks.is_for_admins:
        return Order(Ruling.ESCALATE, note=note("escalate", rng))
    if "personal_info" in log.reasons and not marks.is_harmless:
        return Order(Ruling.REJECT, "personal_info", note("pii", rng), strike=False)
    if marks.is_vicious:
        return _harsh(log, rng)
    if marks.is_rude:
        return _plain(log, rng)
    return _mild(item, marks, rng)


def answer_to(item: ReviewItem, marks: Marks, rng: Random) -> Order:
    """Return what an administrator orders about an item that was passed on."""
    if marks.is_rude:
        return Order(Ruling.REJECT, code_of(item.log), note("admin", rng), strike=True)
    return Order(Ruling.DISMISS, note=note("worry" if marks.is_harmless else "answered", rng))


def opposite_of(order: Order, log: ModerationLog, rng: Random) -> Order:
    """Return what somebody orders who has changed their mind."""
    why = note("undone", rng)
    if order.ruling == Ruling.REJECT:
        return Order(Ruling.APPROVE, note=why)
    return Order(Ruling.REJECT, code_of(log), why, strike=False)


def code_of(log: ModerationLog) -> str:
    return next((reason for reason in log.reasons if reason in CODES), "other")


def note(section: str, rng: Random) -> str:
    return rng.choice(sections("desk.txt")[section])


def _harsh(log: ModerationLog, rng: Random) -> Order:
    ban = BanOrder(BanType.TEMPORARY, hours=rng.choice(BAN_HOURS))
    return Order(Ruling.REJECT, code_of(log), note("vicious", rng), strike=True, ban=ban)


def _plain(log: ModerationLog, rng: Random) -> Order:
    if rng.random() < LENIENT_RATIO:
        return Order(Ruling.APPROVE, note=note("lenient", rng))
    if rng.random() < STRIKE_RATIO:
        return Order(Ruling.REJECT, code_of(log), note("reject", rng), strike=True)
    return Order(Ruling.REJECT, code_of(log), _perhaps("reject_mild", rng), strike=False)


def _mild(item: ReviewItem, marks: Marks, rng: Random) -> Order:
    """Let content stand that nobody wrote in earnest, or that was reported for nothing."""
    if marks.is_reported_falsely:
        return Order(Ruling.DISMISS, note=note("dismiss_false", rng))
    if item.source == ReviewSource.REPORT:
        return Order(Ruling.DISMISS, note=_perhaps("dismiss", rng))
    is_fine = rng.random() < APPROVED_RATIO
    ruling, section = (Ruling.APPROVE, "approve") if is_fine else (Ruling.DISMISS, "dismiss")
    return Order(ruling, note=_perhaps(section, rng))


def _perhaps(section: str, rng: Random) -> str:
    return note(section, rng) if rng.random() < NOTE_RATIO else ""
