"""New projects keep their transparency report to themselves; those that exist stay as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("moderation", "0019_audience_labels")]

    operations = [
        migrations.AlterField(
            model_name="project",
            name="is_transparency_public",
            field=models.BooleanField(default=False),
        ),
    ]
