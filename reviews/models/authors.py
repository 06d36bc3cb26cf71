"""What moderators write about an author for each other."""

from django.db import models
from django.utils import timezone

from moderation.lib.encrypted_fields import EncryptedText
from moderation.models import Project


class AuthorNote(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="author_notes")
    user_id = models.CharField(max_length=200)
    #: The name of the moderator who wrote it.
    written_by = models.CharField(max_length=200)
    text = EncryptedText(max_length=2000)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["project", "user_id"], name="note_of_author")]

    def __str__(self) -> str:
        return f"note about {self.user_id}"
