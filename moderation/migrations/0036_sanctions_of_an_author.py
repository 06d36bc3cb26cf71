"""Index the bans and strikes of an author, the ended ones too."""

from django.db import migrations, models

from moderation.lib.online_index import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("moderation", "0035_indexes_of_figures")]
    operations = [
        AddIndexOnline(
            "ban",
            models.Index(fields=["project", "user_id", "-issued_at"], name="ban_of_author"),
        ),
        AddIndexOnline(
            "strike",
            models.Index(fields=["project", "user_id", "-given_at"], name="strike_of_author"),
        ),
    ]
