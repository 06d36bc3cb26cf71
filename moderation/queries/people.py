"""Reads about members, invitations and API keys."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from moderation.models import ApiKey, Counter, Invitation, Membership, Project, Role
from moderation.models.events import ALL_TIME


def memberships_with_figures(person: User) -> QuerySet[Membership]:
    """Return the person's memberships with `total` and `open_reviews` of each project."""
    figures = Counter.objects.filter(project=OuterRef("project"), minute=ALL_TIME)
    return (
        Membership.objects.filter(user=person, project__deleted_at=None)
        .select_related("project")
        .annotate(
            total=Coalesce(Subquery(figures.filter(metric="total").values("value")[:1]), 0),
            open_reviews=Coalesce(
                Subquery(figures.filter(metric="open_reviews").values("value")[:1]), 0
            ),
        )
        .order_by("project__name")
    )


def members_of(project: Project, name: str = "") -> QuerySet[Membership]:
    """Return the project's members, owners first, then by name; only names that contain `name`."""
    ranks = [When(role=role, then=Value(rank)) for rank, role in enumerate(reversed(Role))]
    members = Membership.objects.filter(project=project).select_related("user", "project")
    if name:
        members = members.filter(user__username__icontains=name)
    return members.order_by(Case(*ranks, output_field=IntegerField()), "user__username")


def open_invitations(project: Project, now: datetime) -> QuerySet[Invitation]:
    """Return the invitations that can still be accepted, the next to expire first."""
    return Invitation.objects.open(now).filter(project=project).order_by("expires_at", "id")


def offers_to(person: User, now: datetime) -> QuerySet[Invitation]:
    """Return the open invitations of this account to projects that it is not a member of."""
    offers = (
        Invitation.objects.open(now)
        .filter(invitee=person, project__deleted_at=None)
        .select_related("project")
    )
    return offers.exclude(project__memberships__user=person).order_by("-id")


def working_keys(project: Project, now: datetime) -> QuerySet[ApiKey]:
    return ApiKey.objects.usable(now).filter(project=project)


def ended_keys(project: Project, now: datetime) -> QuerySet[ApiKey]:
    """Return the keys that were revoked or have expired."""
    ended = Q(revoked_at__isnull=False) | Q(expires_at__lte=now)
    return ApiKey.objects.filter(ended, project=project)
