"""Pictures that projects keep; only those with the policy `storage: full`."""

from django.db import models

from moderation.lib.encrypted_fields import EncryptedBytes
from moderation.models.logs import ModerationLog


class Picture(models.Model):
    """The picture of a message's latest revision; deleted with the message."""

    log = models.OneToOneField(ModerationLog, models.CASCADE, related_name="picture")
    #: Such as `image/png`, as its bytes say.
    media_type = models.CharField(max_length=40)
    data = EncryptedBytes()

    def __str__(self) -> str:
        return f"{self.media_type} of {self.log_id}"
