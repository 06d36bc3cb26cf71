"""What staff do to an author: ban, lift a ban, revoke strikes. Each is audited."""

from datetime import datetime, timedelta

from django.db import transaction

from moderation.accounts.audit import write_audit
from moderation.events.event import Cause, iso
from moderation.lib.errors import AlreadyExists, Conflict, Invalid, NotFound
from moderation.models import (
    WHOLE_PROJECT,
    Author,
    Ban,
    BanType,
    ChatStrike,
    ModerationLog,
    Strike,
)
from moderation.queries.bans import bans_at
from moderation.rules.active import policy_of
from moderation.sanctions.author_lock import lock_author
from moderation.sanctions.bans import ban_author, ban_length, lift_ban

#: A year; for longer, there is the permanent ban.
MOST_HOURS = 24 * 365
MOST_MINUTES = 60 * MOST_HOURS
#: A mute is not given with these functions.
BAN_TYPES = (BanType.TEMPORARY.value, BanType.PERMANENT.value)
LONGEST_ID = 200
LONGEST_REASON = 1000


@transaction.atomic
def issue_ban(  # noqa: PLR0913 (keyword-only: each names itself)
    author: Author,
    *,
    type: str,  # noqa: A002 (the API's word)
    hours: int | None = None,
    minutes: int | None = None,
    reason: str,
    actor: str,
    now: datetime,
) -> Ban:
    """Ban an author in a channel or the whole project; replace a temporary ban or a mute there.

    hours or minutes: for a temporary ban, 24 hours without either; ignored for a permanent one.
    Raises AlreadyExists if the author has a permanent ban there, Invalid for a wrong value.
    """
    check_ban(author, type=type, hours=hours, minutes=minutes, reason=reason)
    lock_author(author, policy_of(author.project))
    if bans_at(author).filter(type=BanType.PERMANENT).exists():
        raise AlreadyExists("The author already has a permanent ban there.")
    cause = Cause(by=actor, reason=reason.strip())
    ban = ban_author(author, cause, length=ban_length(type, hours, minutes), now=now)
    facts = {**_facts(ban), "expires_at": iso(ban.expires_at), "reason": ban.reason}
    write_audit(author.project, actor, "ban.issued", ban, facts, now=now)
    return ban


@transaction.atomic
def issue_mute(author: Author, *, minutes: int, reason: str, actor: str, now: datetime) -> Ban:
    """Mute an author for some minutes in a channel or the whole project; replace a mute there.

    Raises AlreadyExists if the author is banned there, Invalid for a wrong value.
    """
    check_author(author)
    _check_length("minutes", minutes, MOST_MINUTES)
    _check_reason(reason, least=1)
    lock_author(author, policy_of(author.project))
    if bans_at(author).active(now).without_mutes().exists():
        raise AlreadyExists("The author is already banned there.")
    cause = Cause(by=actor, reason=reason.strip())
    length = timedelta(minutes=minutes)
    mute = ban_author(author, cause, length=length, now=now, is_mute=True)
    facts = {**_facts(mute), "expires_at": iso(mute.expires_at), "reason": mute.reason}
    write_audit(author.project, actor, "mute.issued", mute, facts, now=now)
    return mute


def check_ban(
    author: Author,
    *,
    type: str,  # noqa: A002 (the API's word)
    hours: int | None = None,
    minutes: int | None = None,
    reason: str,
) -> None:
    """Raise Invalid for values that no ban can have."""
    check_author(author)
    if type not in BAN_TYPES:
        raise Invalid("type", f"must be one of {', '.join(BAN_TYPES)}")
    if type == BanType.TEMPORARY:
        check_length(hours, minutes)
    _check_reason(reason, least=1)


def check_length(hours: int | None, minutes: int | None) -> None:
    """Raise Invalid for lengths that no temporary ban can have, and for two at once."""
    if hours is not None and minutes is not None:
        raise Invalid("minutes", "must not be given beside hours")
    if hours is not None:
        _check_length("hours", hours, MOST_HOURS)
    if minutes is not None:
        _check_length("minutes", minutes, MOST_MINUTES)


def _check_length(name: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise Invalid(name, f"must be from 1 to {most}")


def check_author(author: Author) -> None:
    """Raise Invalid for ids that no author or channel has."""
    if not 1 <= len(author.user_id) <= LONGEST_ID:
        raise Invalid("user_id", f"must have 1 to {LONGEST_ID} characters")
    if len(author.channel_id) > LONGEST_ID:
        raise Invalid("channel_id", f"must have at most {LONGEST_ID} characters")


@transaction.atomic
def revoke_ban(ban: Ban, *, reason: str, actor: str, now: datetime) -> Ban:
    """Lift a ban or a mute. Raises Conflict if it has already ended."""
    _check_reason(reason, least=0)
    lock_author(ban.author, policy_of(ban.project))
    if not lift_ban(ban, Cause(by=actor, reason=reason.strip()), now=now):
        raise Conflict("This ban has already ended.")
    facts = {**_facts(ban), "reason": ban.lift_reason}
    action = "mute.lifted" if ban.is_mute else "ban.lifted"
    write_audit(ban.project, actor, action, ban, facts, now=now)
    return ban


@transaction.atomic
def revoke_ban_and_strikes(ban: Ban, *, reason: str, actor: str, now: datetime) -> int:
    """Lift a ban and revoke the author's strikes in its scope; return how many strikes."""
    revoke_ban(ban, reason=reason, actor=actor, now=now)
    return _revoke_strikes(ban.author, actor=actor, now=now)


def banned_at(author: Author, now: datetime, *, is_mute: bool = False) -> Ban:
    """Return the active ban or mute of exactly this scope. Raises NotFound if there is none.

    is_mute: only a mute.
    """
    ban = bans_at(author).active(now).first()
    if ban is None or (is_mute and not ban.is_mute):
        where = f"in #{author.channel_id}" if author.channel_id else "in the whole project"
        raise NotFound(f"{author.user_id} is not {'muted' if is_mute else 'banned'} {where}.")
    return ban


@transaction.atomic
def reset_strikes(author: Author, *, actor: str, now: datetime) -> int:
    """Revoke the active strikes of a channel, or all of them; return how many.

    Bans stay: lifting one is a separate action. Raises NotFound for an unknown author.
    """
    rows = {"project": author.project, "user_id": author.user_id}
    if not any(model.objects.filter(**rows).exists() for model in (ModerationLog, Strike, Ban)):
        raise NotFound(f"There is no author {author.user_id} in this project.")
    lock_author(author, policy_of(author.project))
    return _revoke_strikes(author, actor=actor, now=now)


def _revoke_strikes(author: Author, *, actor: str, now: datetime) -> int:
    rows = {"project": author.project, "user_id": author.user_id}
    strikes = Strike.objects.filter(**rows).active(now)
    chat_strikes = ChatStrike.objects.filter(**rows).counting(now)
    if author.channel_id:
        scope = author.in_scope(policy_of(author.project)).channel_id
        strikes = strikes.filter(channel_id__in={author.channel_id, scope})
        chat_strikes = chat_strikes.filter(channel_id__in={author.channel_id, WHOLE_PROJECT})
    count = strikes.update(revoked_at=now, revoked_by=actor)
    # By id, because `counting` joins the log and an update cannot.
    ids = list(chat_strikes.values_list("pk", flat=True))
    count += ChatStrike.objects.filter(pk__in=ids).update(expires_at=now)
    facts = {"user_id": author.user_id, "channel_id": author.channel_id, "strikes": count}
    write_audit(author.project, actor, "strikes.reset", f"author:{author.user_id}", facts, now=now)
    return count


def _check_reason(reason: str, *, least: int) -> None:
    if not least <= len(reason.strip()) <= LONGEST_REASON:
        raise Invalid("reason", f"must have {least} to {LONGEST_REASON} characters")


def _facts(ban: Ban) -> dict[str, str]:
    return {"user_id": ban.user_id, "channel_id": ban.channel_id, "type": ban.type}
