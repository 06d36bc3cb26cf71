"""Create, rotate and revoke API keys."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from moderation.accounts.actors import identity_of, maker_in
from moderation.accounts.audit import write_audit
from moderation.accounts.key_lookup import digest_of, forget_keys, new_key
from moderation.accounts.members import revoke_all
from moderation.accounts.names import refuse_key_name
from moderation.events.event import iso
from moderation.lib.errors import Conflict, Invalid
from moderation.models import ApiKey, Invitation, Project, Scope

PREFIX_LENGTH = 12
LONGEST_KEY_NAME = ApiKey._meta.get_field("name").max_length or 0
HIGHEST_RATE = 1_000_000


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
    creating_key: int | None = None,
) -> tuple[ApiKey, str]:
    """Create an API key; return its row and the key itself, which is not stored.

    creating_key: the id of the key that asks for it; Invalid if the new key would outlive it.
    """
    _refuse_longer_life(creating_key, expires_at)
    wanted = list(dict.fromkeys(scopes))
    if unknown := sorted(set(wanted) - set(Scope.values)):
        raise Invalid("scopes", f"unknown: {', '.join(unknown)}; known: {', '.join(Scope.values)}")
    if not 1 <= len(name.strip()) <= LONGEST_KEY_NAME:
        raise Invalid("name", f"must have 1 to {LONGEST_KEY_NAME} characters")
    if not wanted:
        raise Invalid("scopes", "name at least one")
    for rate in (rate_per_minute, rate_per_hour):
        if rate is not None and not 1 <= rate <= HIGHEST_RATE:
            raise Invalid("rates", f"must be from 1 to {HIGHEST_RATE}")
    refuse_key_name(name, project)
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
        made_by=maker_in(identity_of(actor)),
    )
    write_audit(project, actor, "key.created", key, {"name": key.name, "scopes": wanted})
    return key, raw


def _refuse_longer_life(creating_key: int | None, expires_at: datetime | None) -> None:
    """Raise Invalid if a key would outlive its maker: a leaked key could renew itself for ever."""
    creators = ApiKey.objects.filter(pk=creating_key) if creating_key else ApiKey.objects.none()
    ends = creators.values_list("expires_at", flat=True).first()
    if ends and (expires_at is None or expires_at > ends):
        raise Invalid(
            "expires_at",
            f"must not be later than the end of the key that you call with, {iso(ends)}",
        )


def revoke_key(key: ApiKey, *, actor: str) -> bool:
    """Revoke a key; return False if it was revoked already."""
    with transaction.atomic():
        valid = ApiKey.objects.filter(pk=key.pk, revoked_at=None)
        now = timezone.now()
        if not valid.update(revoked_at=now):
            return False
        write_audit(key.project, actor, "key.revoked", key, {"name": key.name}, now=now)
        # The key may have been stolen, and its invitations sent to anybody.
        revoke_all(Invitation.objects.filter(inviting_key=key), actor, now)
    forget_keys()
    return True


@transaction.atomic
def rotate_key(
    key: ApiKey,
    *,
    overlap: timedelta,
    actor: str,
    now: datetime,
    creating_key: int | None = None,
) -> tuple[ApiKey, str]:
    """Create a key with the same rights; the old one works until the overlap ends.

    Conflict if the old one was revoked or has expired; Invalid as `create_key`.
    """
    locked = ApiKey.objects.select_for_update().select_related("project").get(pk=key.pk)
    if locked.revoked_at or (locked.expires_at and locked.expires_at <= now):
        raise Conflict("This key was revoked or has expired: create a new one.")
    replacement = create_key(
        locked.project,
        name=locked.name,
        scopes=locked.scopes,
        rate_per_minute=locked.rate_per_minute,
        rate_per_hour=locked.rate_per_hour,
        expires_at=locked.expires_at,
        creating_key=creating_key,
        actor=actor,
    )
    end = now + overlap
    locked.expires_at = min(locked.expires_at, end) if locked.expires_at else end
    locked.save(update_fields=["expires_at"])
    facts = {"name": locked.name, "new_key": replacement[0].pk}
    write_audit(locked.project, actor, "key.rotated", locked, facts, now=now)
    transaction.on_commit(forget_keys)
    return replacement


def expiry_in(days: int | None) -> datetime | None:
    return timezone.now() + timedelta(days=days) if days else None
