"""The Celery application: `celery -A moderation_site worker`, and `beat` beside it.

Needs requirements-celery.txt and CELERY_BROKER_URL; nothing imports this without them.
"""

import os
from collections.abc import Mapping
from typing import Any

import django
from celery import Celery, Task
from celery.signals import setup_logging
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moderation_site.settings")
if not apps.ready:
    django.setup()

# These modules load models.
from django.conf import settings
from django.utils import timezone

from moderation.integrations import queued
from moderation.lib.errors import TooMany
from moderation.pipeline import tasks
from moderation.sanctions.bans import expire_sanctions

EXPIRY_SECONDS = 60.0

app = Celery("gavel", broker=settings.CELERY_BROKER_URL, set_as_current=False)
app.conf.update(
    # A dead worker's task runs again; moderating a message twice changes nothing.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    broker_connection_timeout=2,
    broker_connection_retry_on_startup=True,
    # The relay does it too, but an installation may run Celery on a machine of its own.
    beat_schedule={
        "expire-bans": {"task": "moderation.tasks.expire_bans", "schedule": EXPIRY_SECONDS}
    },
    beat_schedule_filename=str(settings.VAR_DIR / "celerybeat-schedule"),
)
run = app.task(name="moderation.pipeline.tasks.run")(tasks.run)


@app.task(name="moderation.tasks.moderate_message", bind=True, max_retries=None)  # type: ignore[untyped-decorator]
def moderate_message(task: Task, message_data: Mapping[str, Any]) -> queued.QueueResult:
    """Moderate a message; one of an author who sends too many is tried again after the pause."""
    try:
        return queued.moderate_message(message_data)
    except TooMany as refusal:
        raise task.retry(exc=refusal, countdown=refusal.wait) from refusal


@app.task(name="moderation.tasks.expire_bans")  # type: ignore[untyped-decorator]
def expire_bans() -> None:
    """End every expired ban and strike; safe to run anywhere and at the same time."""
    expire_sanctions(timezone.now())


def keep_logging(**_signal: object) -> None:
    """Stop Celery from adding its own log handlers, which would log the texts of messages."""


setup_logging.connect(keep_logging)


def send(task_id: str) -> None:
    """Let a worker moderate an accepted message; raises if the broker is unreachable."""
    run.apply_async([task_id], retry=False)
