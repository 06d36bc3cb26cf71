"""Reads of the audit log."""

from django.db.models import QuerySet

from moderation.models import AuditEntry, Project

#: A page's filters offer the actions among so many of the newest entries.
OFFERED_AMONG = 5_000


def audit_entries(project: Project) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(project=project)


def known_actions(project: Project) -> list[str]:
    """Return the actions among the newest entries, sorted."""
    newest = audit_entries(project).order_by("-id").values("pk")[:OFFERED_AMONG]
    rows = AuditEntry.objects.filter(pk__in=newest).order_by("action")
    return list(rows.values_list("action", flat=True).distinct())
