"""Moderate accepted messages after their senders were answered; the relay runs this, or Celery.

Nothing is lost when a process dies: the row is committed before the answer, and moderating the
same message_id again gives what was stored.
"""

import logging
import time
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from moderation import pipeline, wake
from moderation.errors import GavelError
from moderation.ingest import Submission
from moderation.models import ModerationTask
from moderation.models.tasks import TaskState
from moderation.recommended import reason_in_words, recommended_action
from moderation.settle import Outcome

logger = logging.getLogger(__name__)

#: The relay has events to number as well.
MOST_SECONDS = 0.1
BATCH = 20
MOST_ATTEMPTS = 3
#: How long a task is Celery's alone.
CELERYS_TIME = timedelta(seconds=30)
#: How long a result can be asked for.
KEPT = timedelta(days=1)


@transaction.atomic
def accept(submission: Submission) -> ModerationTask:
    """Store a message to be moderated soon, and wake who does it."""
    fields = {**asdict(submission), "metadata": dict(submission.metadata)}
    del fields["project"], fields["message_id"]
    task = ModerationTask.objects.create(
        project=submission.project, message_id=submission.message_id, message=fields
    )
    transaction.on_commit(lambda: _announce(task), robust=True)
    return task


def _announce(task: ModerationTask) -> None:
    """Hand the task to Celery where there is one; else the relay looks for it."""
    if settings.TASK_SENDER:
        import_string(settings.TASK_SENDER)(str(task.pk))
    else:
        wake.ring()


def run(task_id: str) -> None:
    """Moderate one accepted message, unless that was done already."""
    tasks = ModerationTask.objects.filter(pk=task_id, state=TaskState.PENDING)
    if task := tasks.select_related("project").first():
        _run(task)


def run_pending() -> int:
    """Moderate what waits, the oldest first, for a short time; return how many were done."""
    pending = ModerationTask.objects.filter(state=TaskState.PENDING).select_related("project")
    if settings.TASK_SENDER:
        # What the broker lost, or never got.
        pending = pending.filter(created_at__lt=timezone.now() - CELERYS_TIME)
    until = time.monotonic() + MOST_SECONDS
    count = 0
    for task in pending.order_by("attempts", "id")[:BATCH]:
        _run(task)
        count += 1
        if time.monotonic() > until:
            break
    return count


def _run(task: ModerationTask) -> None:
    try:
        outcome = pipeline.moderate(_submission_of(task))
    except GavelError as error:
        _finish(task, TaskState.FAILED, error=error.detail[:500])
    except DatabaseError:
        # Not the message's fault: the relay rests and comes again.
        raise
    except Exception:
        logger.exception("A task failed", extra={"task": str(task.pk)})
        _fail(task)
    else:
        _finish(task, TaskState.DONE, result=_result_of(outcome))


def _submission_of(task: ModerationTask) -> Submission:
    return Submission(project=task.project, message_id=task.message_id, **task.message)


def _fail(task: ModerationTask) -> None:
    ModerationTask.objects.filter(pk=task.pk).update(attempts=F("attempts") + 1)
    if task.attempts + 1 >= MOST_ATTEMPTS:
        _finish(task, TaskState.FAILED, error="The message could not be judged.")


def _finish(task: ModerationTask, state: TaskState, **fields: Any) -> None:
    changes = {"state": state, "message": {}, "done_at": timezone.now(), **fields}
    ModerationTask.objects.filter(pk=task.pk).update(**changes)


def _result_of(outcome: Outcome) -> dict[str, Any]:
    action = recommended_action(outcome.log)
    return {
        "message_id": outcome.log.message_id,
        "approved": action is None,
        "action": action,
        "reason": reason_in_words(outcome.log),
        "flagged": outcome.review_id is not None,
    }


def forget_old(now: datetime) -> int:
    """Delete what was done long ago; return how many."""
    done = ModerationTask.objects.filter(done_at__lt=now - KEPT)
    return done.delete()[0]
