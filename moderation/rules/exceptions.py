"""Change whom and what the lists spare: trusted authors, allowed phrases."""

from django.db import transaction

from moderation import queries
from moderation.audit import write_audit
from moderation.models import Project, WhitelistedPhrase, WhitelistedUser
from moderation.rules.versions import raise_version, row_change


def refresh_ruleset(project: Project, actor: str) -> None:
    """Make every process read words, phrases, authors and policy anew."""
    with transaction.atomic():
        write_audit(project, actor, "ruleset.refreshed", project)
        raise_version(project, {"kind": "refresh"})
    queries.forget_in_force(project)


def trust_author(project: Project, actor: str, user_id: str, note: str = "") -> WhitelistedUser:
    """Whitelist an author: allowed whatever they write, unless they are banned."""
    with transaction.atomic():
        trusted, is_new = WhitelistedUser.objects.get_or_create(
            project=project, user_id=user_id, defaults={"note": note, "added_by": actor}
        )
        if is_new:
            write_audit(project, actor, "author.trusted", trusted, {"user_id": user_id})
            raise_version(project, row_change(trusted))
    queries.forget_in_force(project)
    return trusted


def distrust_author(trusted: WhitelistedUser, actor: str) -> None:
    """Take an author off the whitelist."""
    _take_off(trusted, actor, "author.distrusted", {"user_id": trusted.user_id})


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
            raise_version(project, row_change(allowed))
    queries.forget_in_force(project)
    return allowed


def disallow_phrase(allowed: WhitelistedPhrase, actor: str) -> None:
    """Take a phrase off the whitelist."""
    _take_off(allowed, actor, "phrase.disallowed", {"phrase": allowed.phrase})


def _take_off(
    exception: WhitelistedUser | WhitelistedPhrase, actor: str, action: str, what: dict[str, str]
) -> None:
    project = exception.project
    with transaction.atomic():
        write_audit(project, actor, action, exception, what)
        change = {**row_change(exception, row_change(exception)["after"]), "after": None}
        exception.delete()
        raise_version(project, change)
    queries.forget_in_force(project)
