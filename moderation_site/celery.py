"""The Celery application, for installations that have one: `celery -A moderation_site worker`.

Needs requirements-celery.txt and CELERY_BROKER_URL; without them nothing imports this.
"""

import os

import django
from celery import Celery
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moderation_site.settings")
if not apps.ready:
    django.setup()

# Below: modules that load models.
from django.conf import settings

from moderation import tasks
from moderation.integrations import queued

app = Celery("gavel", broker=settings.CELERY_BROKER_URL, set_as_current=False)
app.conf.update(
    # A worker that dies gives its task back; to moderate a message twice changes nothing.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    broker_connection_timeout=2,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
)
run = app.task(name="moderation.tasks.run")(tasks.run)
moderate_message = app.task(name="moderation.tasks.moderate_message")(queued.moderate_message)


def send(task_id: str) -> None:
    """Let a worker run an accepted message's task; raises if the broker cannot be reached."""
    run.apply_async([task_id], retry=False)
