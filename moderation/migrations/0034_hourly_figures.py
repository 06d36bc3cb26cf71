"""Add what the hourly figures are kept in; the relay fills it for the past, a little at a time."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("moderation", "0033_language_preference")]
    operations = [
        migrations.CreateModel(
            name="HourlyFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("project", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="hourly_figures", to="moderation.project")),
                ("hour", models.DateTimeField()),
                ("counts", models.JSONField(default=dict)),
                ("decision_waits", models.BinaryField(default=b"")),
                ("appeal_decision_waits", models.BinaryField(default=b"")),
                ("appeal_waits", models.BinaryField(default=b"")),
                ("oldest_closed", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "hourly figures",
                "constraints": [models.UniqueConstraint(fields=("project", "hour"), name="one_row_per_hour")],
            },
        ),
        migrations.CreateModel(
            name="StaleHour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("project", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="stale_hours", to="moderation.project")),
                ("hour", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SummedSpan",
            fields=[
                ("project", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="summed_span", serialize=False, to="moderation.project")),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
            ],
        ),
    ]
