from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0032_room_for_encrypted_texts'),
    ]

    operations = [
        migrations.AddField(
            model_name='preferences',
            name='language',
            field=models.CharField(blank=True, choices=[('', 'As the browser asks'), ('en', 'English'), ('es', 'Español'), ('ur', 'اردو')], db_default='', default='', max_length=6),
        ),
    ]
