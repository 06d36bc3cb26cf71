"""Sum up by the hour what is counted by the minute."""

from collections import Counter as Sums
from datetime import UTC, datetime

from django.db import migrations

ALL_TIME = datetime(1970, 1, 1, tzinfo=UTC)
BY_DAY = {"rule", "shadow", "kept", "gone", "model"}


def sum_up(apps, schema_editor):
    counters = apps.get_model("moderation", "Counter").objects.exclude(minute=ALL_TIME)
    sums = Sums()
    for project, metric, minute, value in counters.values_list(
        "project_id", "metric", "minute", "value"
    ).iterator():
        if metric.partition(":")[0] not in BY_DAY:
            sums[project, f"hour:{metric}", minute.replace(minute=0, second=0)] += value
    counters.model.objects.bulk_create(
        [
            counters.model(project_id=project, metric=metric, minute=hour, value=value)
            for (project, metric, hour), value in sums.items()
        ],
        batch_size=1000,
    )


def drop(apps, schema_editor):
    apps.get_model("moderation", "Counter").objects.filter(metric__startswith="hour:").delete()


class Migration(migrations.Migration):
    dependencies = [("moderation", "0016_own_models")]
    operations = [migrations.RunPython(sum_up, drop)]
