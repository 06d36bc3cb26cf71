"""Invitations, by which people become members: links, and offers to an account."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from moderation.models.projects import ApiKey, Project, Role


class InvitationState(models.TextChoices):
    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, now: datetime) -> Self:
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)

    def in_state(self, state: str, now: datetime) -> Self:
        if state == InvitationState.ACCEPTED:
            return self.filter(accepted_at__isnull=False)
        if state == InvitationState.REVOKED:
            return self.filter(revoked_at__isnull=False)
        if state == InvitationState.EXPIRED:
            return self.filter(accepted_at=None, revoked_at=None, expires_at__lte=now)
        return self.open(now)


class Invitation(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="invitations")
    #: The invited person's address; empty if the link is for nobody in particular.
    email = models.EmailField(blank=True)
    #: The name as the inviter typed it, if an account is invited; there may be no such account.
    username = models.CharField(max_length=150, blank=True)
    #: The only person who may accept; empty for a link.
    invitee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    role = models.CharField(max_length=10, choices=Role)
    #: SHA-256 of the link's token, hex; with 256 random bits it needs neither salt nor stretching.
    digest = models.CharField(max_length=64, unique=True)
    #: A person's or a key's name.
    invited_by = models.CharField(max_length=200)
    #: Empty if a key or the command line invited.
    inviter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: Empty if a person or the command line invited.
    inviting_key = models.ForeignKey(
        ApiKey, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invited_role_known"),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None), name="accepted_or_revoked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.username or self.email or 'anybody'} as {self.role} of {self.project}"

    def state(self, now: datetime) -> InvitationState:
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        return InvitationState.EXPIRED if self.expires_at <= now else InvitationState.OPEN
