"""Index what hourly figures are counted from."""

from django.db import migrations, models

from moderation.lib.online_index import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reviews", "0012_room_for_encrypted_texts")]
    operations = [
        AddIndexOnline(
            "report", models.Index(fields=["project", "-created_at"], name="report_newest")
        ),
    ]
