"""Index what hourly figures are counted from."""

from django.db import migrations, models

from moderation.lib.online_index import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("moderation", "0034_hourly_figures")]
    operations = [
        AddIndexOnline(
            "ban", models.Index(fields=["project", "-issued_at"], name="ban_newest")
        ),
        AddIndexOnline(
            "strike", models.Index(fields=["project", "-given_at"], name="strike_newest")
        ),
        AddIndexOnline(
            "moderationlog",
            models.Index(
                condition=models.Q(("is_violation", True)),
                fields=["project", "-created_at", "user_id"],
                name="log_violators",
            ),
        ),
    ]
