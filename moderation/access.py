"""Change who may do what: projects, members, API keys; and how often one may try to sign in."""

import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from moderation import ratelimit
from moderation.audit import write_audit
from moderation.engine.policy import PRESETS, policy_to_dict
from moderation.errors import AlreadyExists, Conflict, Forbidden, Invalid
from moderation.identity import ROLE_ORDER, Caller, digest_of, forget_keys, may, new_key
from moderation.models import ApiKey, Invitation, Membership, PolicyVersion, Project, Role, Scope
from moderation.models.invitations import InvitationQuerySet

PREFIX_LENGTH = 12
LONGEST_KEY_NAME = ApiKey._meta.get_field("name").max_length or 0
LONGEST_PROJECT_NAME = Project._meta.get_field("name").max_length or 0
#: What may be changed of a project, and what the audit log calls it.
PROJECT_CHANGES = {"name": "project.renamed", "is_transparency_public": "project.transparency"}
HIGHEST_RATE = 1_000_000
#: Of a first password: 16 characters.
PASSWORD_BYTES = 12
#: Tries to sign in from one address; a person who forgot the password needs fewer.
SIGN_INS_PER_MINUTE, SIGN_INS_PER_HOUR = 10, 60
#: Tries for one name from anywhere: too few to guess, too many to lock its owner out for long.
SIGN_INS_PER_NAME_AND_MINUTE = 10


@transaction.atomic
def create_project(slug: str, *, name: str, preset: str, actor: str) -> Project:
    """Make a project with its first policy; AlreadyExists if the slug is taken."""
    project = Project(slug=slug, name=name or slug, policy_version=1)
    if Project.objects.filter(slug=slug).exists():
        raise AlreadyExists(f"There is a project {slug!r} already.")
    try:
        project.full_clean()
    except ValidationError as error:
        raise Invalid("slug", "; ".join(error.messages)) from error
    project.save()
    data = policy_to_dict(PRESETS[preset])
    PolicyVersion.objects.create(project=project, number=1, data=data, created_by=actor)
    write_audit(project, actor, "project.created", project, {"preset": preset})
    return project


@transaction.atomic
def change_project(project: Project, changes: Mapping[str, Any], *, actor: str) -> Project:
    """Change the `name` that people read, or `is_transparency_public`; the slug stays."""
    locked = Project.objects.select_for_update().get(pk=project.pk)
    wanted = dict(changes)
    if "name" in wanted:
        wanted["name"] = wanted["name"].strip()
        if not 1 <= len(wanted["name"]) <= LONGEST_PROJECT_NAME:
            raise Invalid("name", f"must have 1 to {LONGEST_PROJECT_NAME} characters")
    for field, action in PROJECT_CHANGES.items():
        before = getattr(locked, field)
        if wanted.get(field, before) != before:
            setattr(locked, field, wanted[field])
            facts = {"before": before, "after": wanted[field]}
            write_audit(locked, actor, action, locked, facts)
    locked.save(update_fields=[*PROJECT_CHANGES])
    return locked


# --- Keys


@transaction.atomic
def create_key(  # noqa: PLR0913 (keyword-only: each names itself)
    project: Project,
    *,
    name: str,
    scopes: Iterable[str],
    actor: str,
    rate_per_minute: int | None = None,
    rate_per_hour: int | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make an API key; return its row and the key itself, which is kept nowhere."""
    wanted = list(dict.fromkeys(scopes))
    if unknown := sorted(set(wanted) - set(Scope.values)):
        raise Invalid("scopes", f"unknown: {', '.join(unknown)}; known: {', '.join(Scope.values)}")
    _refuse_key(name, wanted, rate_per_minute, rate_per_hour)
    raw = new_key()
    key = ApiKey.objects.create(
        project=project,
        name=name.strip(),
        prefix=raw[:PREFIX_LENGTH],
        digest=digest_of(raw),
        scopes=wanted,
        rate_per_minute=rate_per_minute,
        rate_per_hour=rate_per_hour,
        expires_at=expires_at,
    )
    write_audit(project, actor, "key.created", key, {"name": key.name, "scopes": wanted})
    return key, raw


def _refuse_key(name: str, scopes: Collection[str], *rates: int | None) -> None:
    if not 1 <= len(name.strip()) <= LONGEST_KEY_NAME:
        raise Invalid("name", f"must have 1 to {LONGEST_KEY_NAME} characters")
    if not scopes:
        raise Invalid("scopes", "name at least one")
    if any(rate is not None and not 1 <= rate <= HIGHEST_RATE for rate in rates):
        raise Invalid("rates", f"must be from 1 to {HIGHEST_RATE}")


def revoke_key(key: ApiKey, *, actor: str) -> bool:
    """Revoke a key; return False if it was revoked already."""
    with transaction.atomic():
        valid = ApiKey.objects.filter(pk=key.pk, revoked_at=None)
        now = timezone.now()
        if not valid.update(revoked_at=now):
            return False
        write_audit(key.project, actor, "key.revoked", key, {"name": key.name}, now=now)
        # Whom nobody meant to invite may hold the link: the key may have been in wrong hands.
        _revoke_all(Invitation.objects.filter(inviting_key=key), actor, now)
    forget_keys()
    return True


@transaction.atomic
def rotate_key(key: ApiKey, *, overlap: timedelta, actor: str, now: datetime) -> tuple[ApiKey, str]:
    """Make a key that may the same; the old one works on for the overlap, and ends then.

    Conflict if the old one does not work any more.
    """
    locked = ApiKey.objects.select_for_update().select_related("project").get(pk=key.pk)
    if locked.revoked_at or (locked.expires_at and locked.expires_at <= now):
        raise Conflict("This key works no longer: make a new one.")
    made = create_key(
        locked.project,
        name=locked.name,
        scopes=locked.scopes,
        rate_per_minute=locked.rate_per_minute,
        rate_per_hour=locked.rate_per_hour,
        expires_at=locked.expires_at,
        actor=actor,
    )
    end = now + overlap
    locked.expires_at = min(locked.expires_at, end) if locked.expires_at else end
    locked.save(update_fields=["expires_at"])
    facts = {"name": locked.name, "new_key": made[0].pk}
    write_audit(locked.project, actor, "key.rotated", locked, facts, now=now)
    transaction.on_commit(forget_keys)
    return made


def expiry_in(days: int | None) -> datetime | None:
    return timezone.now() + timedelta(days=days) if days else None


# --- Members


@transaction.atomic
def set_role(project: Project, user: User, role: str, *, actor: str) -> Membership:
    """Give a person a role in a project, or change it; Conflict if no owner would be left.

    This asks nobody's leave: what a member does to members goes through the functions below.
    """
    if role not in Role.values:
        raise Invalid("role", f"must be one of {', '.join(Role.values)}")
    if role != Role.OWNER:
        _refuse_without_owner(project, but=user)
    membership, _ = Membership.objects.update_or_create(
        project=project, user=user, defaults={"role": role}
    )
    data = {"username": user.get_username(), "role": role}
    write_audit(project, actor, "member.role", membership, data)
    _revoke_invitations(project, user, role, actor=actor)
    return membership


@transaction.atomic
def remove_member(membership: Membership, *, actor: str) -> None:
    """Take away a person's role; Conflict if no owner would be left."""
    _refuse_without_owner(membership.project, but=membership.user)
    data = {"username": membership.user.get_username()}
    write_audit(membership.project, actor, "member.removed", membership, data)
    _revoke_invitations(membership.project, membership.user, None, actor=actor)
    membership.delete()


def _revoke_invitations(project: Project, inviter: User, role: str | None, *, actor: str) -> None:
    """Revoke a person's open invitations to what they, in this role, could invite to no more.

    The caller holds the lock of the project, for which who accepts one waits too.
    """
    if role == Role.OWNER:
        return
    wanted = Invitation.objects.filter(project=project, inviter=inviter)
    if role == Role.ADMIN:
        wanted = wanted.filter(role=Role.OWNER)
    _revoke_all(wanted, actor, timezone.now())


def _revoke_all(wanted: InvitationQuerySet, actor: str, now: datetime) -> None:
    for invitation in wanted.open(now).select_related("project"):
        if Invitation.objects.open(now).filter(pk=invitation.pk).update(revoked_at=now):
            note_revoked(invitation, actor, now)


def note_revoked(invitation: Invitation, actor: str, now: datetime) -> None:
    facts = {"email": invitation.email, "role": invitation.role}
    write_audit(invitation.project, actor, "invitation.revoked", invitation, facts, now=now)


def _refuse_without_owner(project: Project, *, but: User) -> None:
    """Raise Conflict if this person is the only owner; two changes at once wait for each other."""
    Project.objects.select_for_update().get(pk=project.pk)
    owners = Membership.objects.filter(project=project, role=Role.OWNER)
    if list(owners.values_list("user_id", flat=True)) == [but.pk]:
        raise Conflict(f"{but.get_username()} is the only owner: make somebody else owner first.")


def admit(caller: Caller, user: User, role: str) -> Membership:
    """Let the caller make a person a member; AlreadyExists if they are one."""
    refuse_role(caller, role)
    if Membership.objects.filter(project=caller.project, user=user).exists():
        raise AlreadyExists(f"{user.get_username()} is a member already.")
    return set_role(caller.project, user, role, actor=caller.name)


@transaction.atomic
def admit_new(caller: Caller, username: str, email: str, role: str) -> tuple[Membership, str]:
    """Let the caller make an account and a member of it; return its first password, kept nowhere.

    AlreadyExists if there is an account of that name.
    """
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    person = make_person(username, email=email, password=password)
    return admit(caller, person, role), password


def change_role(caller: Caller, membership: Membership, role: str) -> Membership:
    """Let the caller change a member's role; Forbidden where theirs is too low."""
    refuse_role(caller, membership.role)
    refuse_role(caller, role)
    is_self = caller.user is not None and caller.user.pk == membership.user_id
    if is_self and ROLE_ORDER.index(Role(role)) > ROLE_ORDER.index(Role(membership.role)):
        raise Forbidden("Nobody raises their own role: ask another owner or admin.")
    return set_role(caller.project, membership.user, role, actor=caller.name)


def dismiss(caller: Caller, membership: Membership) -> None:
    """Let the caller remove a member, or leave; Forbidden where their role is too low."""
    refuse_role(caller, membership.role)
    remove_member(membership, actor=caller.name)


def refuse_role(caller: Caller, role: str) -> None:
    """Raise Forbidden unless the caller may give and take this role (CONTRACT, "Who may")."""
    if role not in Role.values:
        raise Invalid("role", f"must be one of {', '.join(Role.values)}")
    if not may(caller, "admin"):
        raise Forbidden("Only admins and owners change members.")
    if role == Role.OWNER and not may(caller, "own"):
        raise Forbidden("Only an owner makes, changes or removes owners.")


def find_person(username: str) -> User:
    """Return who has an account of this name; Invalid if nobody has, or it is switched off."""
    person = User.objects.filter(username=username).first()
    if person is None:
        raise Invalid("username", "nobody here has an account of this name")
    if not person.is_active:
        raise Invalid("username", "this account is switched off on this server")
    return person


def make_person(username: str, *, email: str = "", password: str | None = None) -> User:
    """Make an account; without a password nobody can sign in to it yet."""
    return keep_person(draft_person(username, email=email, password=password))


def draft_person(username: str, *, email: str, password: str | None) -> User:
    """Return an account that is not stored yet; AlreadyExists if there is one of that name."""
    if User.objects.filter(username=username).exists():
        raise AlreadyExists(f"There is an account {username!r} already.")
    person = User(username=username, email=email)
    person.set_password(password)
    try:
        person.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(field, messages[0]) from error
    return person


def keep_person(person: User) -> User:
    """Store an account; AlreadyExists if another of that name was faster."""
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise AlreadyExists(f"There is an account {person.username!r} already.") from error
    return person


# --- Signing in


def allow_sign_in(address: str, username: str) -> int:
    """Count a try to sign in; return how many seconds to wait, 0 if it may go on."""
    taken = (
        ratelimit.take(
            f"sign-in:{address}", per_minute=SIGN_INS_PER_MINUTE, per_hour=SIGN_INS_PER_HOUR
        ),
        ratelimit.take(
            f"sign-in-as:{username.casefold()[:150]}",
            per_minute=SIGN_INS_PER_NAME_AND_MINUTE,
            per_hour=None,
        ),
    )
    return max((allowance.retry_after for allowance in taken if allowance), default=0)
