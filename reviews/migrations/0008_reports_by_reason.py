"""Store a person's further reports: for another reason, or after an edit."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0007_appeals_and_reports_found")]
    operations = [
        migrations.AddField(
            "report", "revision", models.PositiveIntegerField(db_default=1, default=1)
        ),
        migrations.RemoveConstraint("report", "one_report_per_reporter"),
        migrations.AddConstraint(
            "report",
            models.UniqueConstraint(
                fields=["log", "reporter_id", "revision", "reason"], name="one_report_per_reason"
            ),
        ),
    ]
