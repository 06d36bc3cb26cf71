"""Let a ban be a mute, which ends like a temporary ban."""

from django.db import migrations, models
from django.db.models import Q

FINITE = Q(type__in=["temporary", "mute"], expires_at__isnull=False)


class Migration(migrations.Migration):
    dependencies = [("moderation", "0023_copies_and_changes")]
    operations = [
        migrations.AlterField(
            "ban",
            "type",
            models.CharField(
                choices=[
                    ("temporary", "Temporary"),
                    ("permanent", "Permanent"),
                    ("mute", "Mute"),
                ],
                max_length=9,
            ),
        ),
        migrations.RemoveConstraint("ban", "ban_end_fits_type"),
        migrations.AddConstraint(
            "ban",
            models.CheckConstraint(
                condition=Q(type="permanent", expires_at=None) | FINITE,
                name="ban_end_fits_type",
            ),
        ),
    ]
