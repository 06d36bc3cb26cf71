"""Find near-identical copies, and say when content last changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("moderation", "0022_destinations")]
    operations = [
        migrations.AddField(
            "moderationlog",
            "copy_hash",
            models.CharField(db_default="", default="", max_length=32),
        ),
        migrations.AddField("moderationlog", "changed_at", models.DateTimeField(null=True)),
        migrations.RemoveIndex("moderationlog", "log_duplicates"),
        migrations.AddIndex(
            "moderationlog",
            models.Index(
                fields=["project", "user_id", "copy_hash", "-judged_at"], name="log_copies"
            ),
        ),
    ]
