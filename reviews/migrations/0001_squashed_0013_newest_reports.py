"""The migrations up to here in one, which a new database takes in their place."""

import django.db.models.deletion
import django.utils.timezone
import moderation.models.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('reviews', '0001_initial'), ('reviews', '0002_orders_of_the_queue'), ('reviews', '0003_fewer_indexes'), ('reviews', '0004_appeals_answer'), ('reviews', '0005_backtests'), ('reviews', '0006_saved_filters_and_exports'), ('reviews', '0007_appeals_and_reports_found'), ('reviews', '0008_reports_by_reason'), ('reviews', '0009_author_notes'), ('reviews', '0010_key_maker'), ('reviews', '0011_answered_escalations'), ('reviews', '0012_room_for_encrypted_texts'), ('reviews', '0013_newest_reports')]

    initial = True

    dependencies = [
        ('auth', '__first__'),
        ('moderation', '0001_squashed_0035_indexes_of_figures'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExportOrder',
            fields=[
                ('id', models.UUIDField(default=moderation.models.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('format', models.CharField(max_length=5)),
                ('since', models.DateTimeField(null=True)),
                ('until', models.DateTimeField()),
                ('rows', models.PositiveIntegerField()),
                ('requested_by', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exports', to='moderation.project')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ReviewItem',
            fields=[
                ('id', models.UUIDField(default=moderation.models.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('open', 'Open'), ('decided', 'Decided')], default='open', max_length=7)),
                ('source', models.CharField(choices=[('engine', 'Engine'), ('report', 'Report'), ('appeal', 'Appeal'), ('escalation', 'Escalation')], max_length=10)),
                ('escalated', models.BooleanField(default=False)),
                ('priority', models.FloatField()),
                ('report_count', models.PositiveIntegerField(default=0)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('log', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='moderation.moderationlog')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='moderation.project')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('status', 'open')), fields=['project', '-priority', '-id'], name='review_open_urgent'), models.Index(condition=models.Q(('status', 'open')), fields=['project', 'created_at', 'id'], name='review_open_oldest'), models.Index(condition=models.Q(('status', 'decided')), fields=['project', '-decided_at', '-id'], name='review_decided'), models.Index(fields=['project', '-created_at', '-id'], name='review_newest'), models.Index(fields=['project', '-priority', '-id'], name='review_urgent')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('log',), name='one_open_review_per_content')],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.UUIDField(default=moderation.models.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('reporter_id', models.CharField(max_length=200)),
                ('reason', models.CharField(max_length=200)),
                ('revision', models.PositiveIntegerField(db_default=1, default=1)),
                ('note', models.TextField(blank=True, max_length=2000)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('log', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='moderation.moderationlog')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='moderation.project')),
                ('review', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reports', to='reviews.reviewitem')),
            ],
            options={
                'ordering': ['created_at'],
                'indexes': [models.Index(fields=['project', 'reporter_id'], name='report_of_reporter'), models.Index(fields=['project', '-created_at'], name='report_newest')],
                'constraints': [models.UniqueConstraint(fields=('log', 'reporter_id', 'revision', 'reason'), name='one_report_per_reason')],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.UUIDField(default=moderation.models.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('ruling', models.CharField(choices=[('approve', 'Approve'), ('reject', 'Reject'), ('dismiss', 'Dismiss'), ('escalate', 'Escalate')], max_length=8)),
                ('is_final', models.BooleanField(default=True)),
                ('reason_code', models.CharField(blank=True, max_length=40)),
                ('note', models.TextField(blank=True, max_length=2000)),
                ('decided_by', models.CharField(max_length=200)),
                ('decider', models.CharField(max_length=40)),
                ('key_maker', models.CharField(blank=True, max_length=40)),
                ('effects', models.JSONField(default=dict)),
                ('decided_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('undone_by', models.CharField(blank=True, max_length=200)),
                ('moderator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='decisions', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='moderation.project')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='reviews.reviewitem')),
            ],
            options={
                'ordering': ['-decided_at'],
                'indexes': [models.Index(fields=['project', '-decided_at'], name='decision_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_final', True), ('undone_at', None)), fields=('review',), name='one_final_decision_per_review')],
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holder', models.CharField(max_length=40)),
                ('holder_name', models.CharField(max_length=200)),
                ('claimed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('moderator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='claims', to=settings.AUTH_USER_MODEL)),
                ('review', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='claim', to='reviews.reviewitem')),
            ],
        ),
        migrations.CreateModel(
            name='ReviewNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('author', models.CharField(max_length=200)),
                ('text', models.TextField(max_length=2000)),
                ('is_answer', models.BooleanField(db_default=False, default=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='reviews.reviewitem')),
            ],
            options={
                'ordering': ['created_at'],
            },
        ),
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.UUIDField(default=moderation.models.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('filters', models.JSONField(default=dict)),
                ('is_shared', models.BooleanField(default=False)),
                ('owner', models.CharField(max_length=40)),
                ('owner_name', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_filters', to='moderation.project')),
            ],
            options={
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('project', 'owner', 'name'), name='one_saved_filter_per_name')],
            },
        ),
        migrations.CreateModel(
            name='AuthorNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user_id', models.CharField(max_length=200)),
                ('written_by', models.CharField(max_length=200)),
                ('text', models.TextField(max_length=2000)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='author_notes', to='moderation.project')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['project', 'user_id'], name='note_of_author')],
            },
        ),
        migrations.CreateModel(
            name='Backtest',
            fields=[
                ('id', models.UUIDField(default=moderation.models.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('rule', 'Rule'), ('policy', 'Policy')], max_length=6)),
                ('request', models.JSONField()),
                ('days', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('running', 'Running'), ('done', 'Done'), ('cancelled', 'Cancelled'), ('failed', 'Failed')], default='running', max_length=9)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('result', models.JSONField(blank=True, null=True)),
                ('started_by', models.CharField(max_length=200)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='backtests', to='moderation.project')),
            ],
            options={
                'ordering': ['-started_at'],
                'indexes': [models.Index(fields=['project', 'kind', '-started_at'], name='backtest_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('project',), name='one_backtest_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.UUIDField(default=moderation.models.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('user_id', models.CharField(max_length=200)),
                ('statement', models.TextField()),
                ('status', models.CharField(choices=[('open', 'Open'), ('decided', 'Decided')], default='open', max_length=7)),
                ('outcome', models.CharField(blank=True, choices=[('upheld', 'Upheld'), ('overturned', 'Overturned')], max_length=10)),
                ('answer', models.TextField(blank=True)),
                ('decided_by', models.CharField(blank=True, max_length=200)),
                ('self_reviewed', models.BooleanField(default=False)),
                ('token_digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('ban', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='appeals', to='moderation.ban')),
                ('log', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='appeals', to='moderation.moderationlog')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='appeals', to='moderation.project')),
                ('decision', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='appeal', to='reviews.decision')),
            ],
            options={
                'ordering': ['-created_at'],
                'indexes': [models.Index(fields=['project', '-created_at', '-id'], name='appeal_newest'), models.Index(condition=models.Q(('status', 'decided')), fields=['project', '-decided_at', '-id'], name='appeal_decided'), models.Index(condition=models.Q(('status', 'open')), fields=['project', 'created_at', 'id'], name='appeal_open'), models.Index(fields=['project', 'user_id', '-created_at'], name='appeal_of_author')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ban__isnull', False), ('log', None)), models.Q(('ban', None), ('log__isnull', False)), _connector='OR'), name='appeal_has_one_subject'), models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('log',), name='one_open_appeal_per_content'), models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('ban',), name='one_open_appeal_per_ban')],
            },
        ),
    ]
