"""What the staff does to an author: ban, lift a ban, take strikes back; each is audited."""

from datetime import datetime

from django.db import transaction

from moderation import enforce, queries
from moderation.audit import write_audit
from moderation.errors import AlreadyExists, Conflict, Invalid, NotFound
from moderation.events import iso
from moderation.models import Ban, BanType, ChatStrike, ModerationLog, Project, Strike
from moderation.models.sanctions import WHOLE_PROJECT

#: A year; who should stay away for longer is banned permanently.
MOST_HOURS = 24 * 365
LONGEST_ID = 200
LONGEST_REASON = 1000


@transaction.atomic
def issue_ban(  # noqa: PLR0913 (keyword-only: each names itself)
    project: Project,
    user_id: str,
    channel_id: str,
    *,
    type: str,  # noqa: A002 (the contract's word)
    hours: int | None,
    reason: str,
    actor: str,
    now: datetime,
) -> Ban:
    """Ban an author in a channel ("" = the whole project); a temporary ban there gives way.

    hours: of a temporary ban, 24 if None; a permanent one has none.
    AlreadyExists if a permanent ban stands there, Invalid for what makes no sense.
    """
    refuse_ban(user_id, channel_id, type=type, hours=hours, reason=reason)
    enforce.lock_author(project, user_id, channel_id, queries.policy_of(project))
    standing = queries.bans_at(project, user_id, channel_id).filter(type=BanType.PERMANENT)
    if standing.exists():
        raise AlreadyExists("The author is banned there permanently already.")
    ban = enforce.ban_author(
        project,
        user_id,
        channel_id,
        type=type,
        hours=hours,
        reason=reason.strip(),
        by=actor,
        now=now,
    )
    facts = {**_facts_of(ban), "expires_at": iso(ban.expires_at), "reason": ban.reason}
    write_audit(project, actor, "ban.issued", ban, facts, now=now)
    return ban


def refuse_ban(
    user_id: str,
    channel_id: str,
    *,
    type: str,  # noqa: A002 (the contract's word)
    hours: int | None,
    reason: str,
) -> None:
    """Raise Invalid for what no ban can be made of."""
    if not 1 <= len(user_id) <= LONGEST_ID:
        raise Invalid("user_id", f"must have 1 to {LONGEST_ID} characters")
    if len(channel_id) > LONGEST_ID:
        raise Invalid("channel_id", f"must have at most {LONGEST_ID} characters")
    if type not in BanType.values:
        raise Invalid("type", f"must be one of {', '.join(BanType.values)}")
    if type == BanType.TEMPORARY and hours is not None and not 1 <= hours <= MOST_HOURS:
        raise Invalid("hours", f"must be from 1 to {MOST_HOURS}")
    _refuse_reason(reason, least=1)


@transaction.atomic
def lift_ban(ban: Ban, *, reason: str, actor: str, now: datetime) -> Ban:
    """End a ban that holds; Conflict if it has ended already."""
    _refuse_reason(reason, least=0)
    _lock(ban)
    if not enforce.lift_ban(ban, by=actor, reason=reason.strip(), now=now):
        raise Conflict("This ban has ended already.")
    facts = {**_facts_of(ban), "reason": ban.lift_reason}
    write_audit(ban.project, actor, "ban.lifted", ban, facts, now=now)
    return ban


@transaction.atomic
def lift_ban_and_strikes(ban: Ban, *, reason: str, actor: str, now: datetime) -> int:
    """End a ban and take back the author's strikes where it held; return how many strikes."""
    lift_ban(ban, reason=reason, actor=actor, now=now)
    return _revoke_strikes(ban.project, ban.user_id, ban.channel_id, actor=actor, now=now)


def banned_at(project: Project, user_id: str, channel_id: str, now: datetime) -> Ban:
    """Return the ban that holds exactly there ("" = project-wide); NotFound if there is none."""
    ban = queries.bans_at(project, user_id, channel_id).active(now).first()
    if ban is None:
        where = f"in #{channel_id}" if channel_id else "in the whole project"
        raise NotFound(f"{user_id} is not banned {where}.")
    return ban


def unban(
    project: Project, user_id: str, channel_id: str, *, reason: str, actor: str, now: datetime
) -> Ban:
    """Lift the ban that holds exactly there ("" = project-wide); NotFound if there is none."""
    ban = banned_at(project, user_id, channel_id, now)
    return lift_ban(ban, reason=reason, actor=actor, now=now)


@transaction.atomic
def reset_strikes(
    project: Project, user_id: str, channel_id: str, *, actor: str, now: datetime
) -> int:
    """Take back the strikes that count in a channel ("" = all of them); return how many.

    Bans stay: to lift one is another verb. NotFound if nothing is known of the author.
    """
    if not _is_known(project, user_id):
        raise NotFound(f"There is no author {user_id} in this project.")
    enforce.lock_author(project, user_id, channel_id, queries.policy_of(project))
    return _revoke_strikes(project, user_id, channel_id, actor=actor, now=now)


def _revoke_strikes(
    project: Project, user_id: str, channel_id: str, *, actor: str, now: datetime
) -> int:
    strikes = Strike.objects.filter(project=project, user_id=user_id).active(now)
    if channel_id:
        scope = queries.scope_of(channel_id, queries.policy_of(project))
        strikes = strikes.filter(channel_id__in={channel_id, scope})
    count = strikes.update(revoked_at=now, revoked_by=actor)
    count += _end_chat_strikes(project, user_id, channel_id, now)
    facts = {"user_id": user_id, "channel_id": channel_id, "strikes": count}
    write_audit(project, actor, "strikes.reset", f"author:{user_id}", facts, now=now)
    return count


def _end_chat_strikes(project: Project, user_id: str, channel_id: str, now: datetime) -> int:
    strikes = ChatStrike.objects.filter(project=project, user_id=user_id).counting(now)
    if channel_id:
        strikes = strikes.filter(channel_id__in={channel_id, WHOLE_PROJECT})
    ids = list(strikes.values_list("pk", flat=True))
    return ChatStrike.objects.filter(pk__in=ids).update(expires_at=now)


def _lock(ban: Ban) -> None:
    policy = queries.policy_of(ban.project)
    enforce.lock_author(ban.project, ban.user_id, ban.channel_id, policy)


def _is_known(project: Project, user_id: str) -> bool:
    rows = {"project": project, "user_id": user_id}
    return (
        ModerationLog.objects.filter(**rows).exists()
        or Strike.objects.filter(**rows).exists()
        or Ban.objects.filter(**rows).exists()
    )


def _refuse_reason(reason: str, *, least: int) -> None:
    if not least <= len(reason.strip()) <= LONGEST_REASON:
        raise Invalid("reason", f"must have {least} to {LONGEST_REASON} characters")


def _facts_of(ban: Ban) -> dict[str, str]:
    return {"user_id": ban.user_id, "channel_id": ban.channel_id, "type": ban.type}
