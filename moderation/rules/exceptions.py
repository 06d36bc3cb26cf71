"""Change the exceptions: trusted authors and allowed phrases."""

from django.db import transaction

from moderation.accounts.audit import write_audit
from moderation.models import Project, WhitelistedPhrase, WhitelistedUser
from moderation.rules.active import invalidate
from moderation.rules.versions import raise_version, row_addition, row_removal


def refresh_ruleset(project: Project, actor: str) -> None:
    """Make every process read words, phrases, authors and policy again."""
    with transaction.atomic():
        write_audit(project, actor, "ruleset.refreshed", project)
        raise_version(project, {"kind": "refresh"})
    invalidate(project)


def trust_author(project: Project, actor: str, user_id: str, note: str = "") -> WhitelistedUser:
    """Whitelist an author: everything they write is allowed, unless they are banned."""
    with transaction.atomic():
        trusted, is_new = WhitelistedUser.objects.get_or_create(
            project=project, user_id=user_id, defaults={"note": note, "added_by": actor}
        )
        if is_new:
            write_audit(project, actor, "author.trusted", trusted, {"user_id": user_id})
            raise_version(project, row_addition(trusted))
    invalidate(project)
    return trusted


def distrust_author(trusted: WhitelistedUser, actor: str) -> bool:
    """Take an author off the whitelist; return False if somebody already has."""
    return _remove(trusted, actor, "author.distrusted", {"user_id": trusted.user_id})


def allow_phrase(
    project: Project, actor: str, phrase: str, language: str = "*"
) -> WhitelistedPhrase:
    """Whitelist a phrase: matches inside it are dropped."""
    with transaction.atomic():
        allowed, is_new = WhitelistedPhrase.objects.get_or_create(
            project=project, phrase=phrase, language=language, defaults={"added_by": actor}
        )
        if is_new:
            write_audit(project, actor, "phrase.allowed", allowed, {"phrase": phrase})
            raise_version(project, row_addition(allowed))
    invalidate(project)
    return allowed


def disallow_phrase(allowed: WhitelistedPhrase, actor: str) -> bool:
    """Take a phrase off the whitelist; return False if somebody already has."""
    return _remove(allowed, actor, "phrase.disallowed", {"phrase": allowed.phrase})


def _remove(
    row: WhitelistedUser | WhitelistedPhrase, actor: str, action: str, facts: dict[str, str]
) -> bool:
    project = row.project
    with transaction.atomic():
        removal = row_removal(row)
        # Of two callers, the row count tells which one deleted it.
        if not type(row)._default_manager.filter(pk=str(row.pk)).delete()[0]:
            return False
        write_audit(project, actor, action, row, facts)
        raise_version(project, removal)
    invalidate(project)
    return True
