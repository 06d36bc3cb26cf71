"""Reads of the audit log: what the staff did, with the names that occur in it."""

from django.db.models import QuerySet

from moderation.models import AuditEntry, Project

#: The newest entries among which a page looks for the names that its filters offer.
OFFERED_AMONG = 5_000


def audit_entries(project: Project) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(project=project)


def known_actions(project: Project) -> list[str]:
    """Return the actions among the newest entries, by name."""
    newest = audit_entries(project).order_by("-id").values("pk")[:OFFERED_AMONG]
    rows = AuditEntry.objects.filter(pk__in=newest).order_by("action")
    return list(rows.values_list("action", flat=True).distinct())
