from django.db import migrations, models

from moderation.lib.migration_steps import WidenToText


class Migration(migrations.Migration):

    dependencies = [
        ('reviews', '0011_answered_escalations'),
    ]

    operations = [
        WidenToText(
            model_name='report',
            name='note',
            field=models.TextField(blank=True, max_length=2000),
        ),
        WidenToText(
            model_name='authornote',
            name='text',
            field=models.TextField(max_length=2000),
        ),
        WidenToText(
            model_name='decision',
            name='note',
            field=models.TextField(blank=True, max_length=2000),
        ),
        WidenToText(
            model_name='reviewnote',
            name='text',
            field=models.TextField(max_length=2000),
        ),
    ]
