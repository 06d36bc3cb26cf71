from django.db import migrations, models

from moderation.lib.migration_steps import WidenToText


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0031_clock_preference'),
    ]

    operations = [
        WidenToText(
            model_name='ban',
            name='reason',
            field=models.TextField(max_length=1000),
        ),
        WidenToText(
            model_name='ban',
            name='lift_reason',
            field=models.TextField(blank=True, max_length=1000),
        ),
        WidenToText(
            model_name='webhookdelivery',
            name='response_excerpt',
            field=models.TextField(blank=True, max_length=200),
        ),
    ]
