"""Moderate queued messages after their senders got an answer; the relay or Celery runs this.

Nothing is lost if a process dies: the row is committed before the answer, and moderating the same
message_id again returns the stored outcome.
"""

import logging
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from moderation.events.wakeup import relay_wakeup
from moderation.lib.errors import GavelError
from moderation.lib.prepared_sql import PreparedRows
from moderation.models import ModerationLog, ModerationTask, Project
from moderation.models.ids import first_id_of
from moderation.models.tasks import TaskState
from moderation.pipeline.author_limits import count_message
from moderation.pipeline.legacy_actions import reason_in_words, recommended_action
from moderation.pipeline.moderate import moderate
from moderation.pipeline.submission import Submission
from moderation.rules.active import policy_of

logger = logging.getLogger(__name__)

#: For one run; the relay has events to number as well.
MOST_SECONDS = 0.1
BATCH = 20
MOST_ATTEMPTS = 3
#: After this time the relay takes over a task that Celery has not done.
CELERY_TIMEOUT = timedelta(seconds=30)
#: No clock that was set back makes a task later than this.
END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
#: How long results stay available.
RESULT_LIFETIME = timedelta(days=1)


def waiting_before(moment: datetime) -> QuerySet[ModerationTask]:
    return ModerationTask.objects.filter(state=TaskState.PENDING, created_at__lt=moment)


def latest_start(now: datetime) -> datetime:
    """Return before when a task was accepted that this process moderates.

    With a broker that is only what it lost or never received.
    """
    return now - CELERY_TIMEOUT if settings.TASK_SENDER else END_OF_TIME


_next = PreparedRows(
    ModerationTask,
    lambda args: waiting_before(args.before).order_by("attempts", "id")[:BATCH],
    before=datetime,
)


@transaction.atomic
def accept(submission: Submission) -> ModerationTask:
    """Queue a message for moderation and notify Celery or the relay.

    Raises TooMany, and stores nothing, if the policy's limit for its author is reached.
    """
    sent = ModerationLog.objects.filter(
        project=submission.project, message_id=submission.message_id
    )
    if not sent.exists():
        count_message(submission, policy_of(submission.project))
    fields = {**asdict(submission), "metadata": dict(submission.metadata), "is_counted": False}
    del fields["project"], fields["message_id"]
    task = ModerationTask.objects.create(
        project=submission.project, message_id=submission.message_id, message=fields
    )

    def notify() -> None:
        if settings.TASK_SENDER:
            import_string(settings.TASK_SENDER)(str(task.pk))
        else:
            relay_wakeup.notify()

    transaction.on_commit(notify, robust=True)
    return task


def run(task_id: str) -> None:
    """Moderate one queued message, unless that is done already."""
    tasks = ModerationTask.objects.filter(pk=task_id, state=TaskState.PENDING)
    if task := tasks.select_related("project").first():
        _run(task)


def run_pending() -> int:
    """Moderate queued messages, oldest first, for a short time; return how many."""
    until = time.monotonic() + MOST_SECONDS
    count = 0
    for task in _next(before=latest_start(timezone.now())):
        _run(task)
        count += 1
        if time.monotonic() > until:
            break
    return count


def _run(task: ModerationTask) -> None:
    try:
        # A row of another version may have other fields.
        submission = Submission(project=task.project, message_id=task.message_id, **task.message)
        outcome = moderate(submission)
    except GavelError as error:
        _finish(task, TaskState.FAILED, error=error.detail[:500])
    except (OperationalError, InterfaceError):
        # Not the message's fault: the relay pauses and tries again.
        raise
    except Exception:
        logger.exception("A task failed", extra={"task": str(task.pk)})
        ModerationTask.objects.filter(pk=task.pk).update(attempts=F("attempts") + 1)
        if task.attempts + 1 >= MOST_ATTEMPTS:
            _finish(task, TaskState.FAILED, error="The message could not be judged.")
    else:
        action = recommended_action(outcome.log)
        result = {
            "message_id": outcome.log.message_id,
            "approved": action is None,
            "action": action,
            "reason": reason_in_words(outcome.log),
            "flagged": outcome.review_id is not None,
        }
        _finish(task, TaskState.DONE, result=result)


def _finish(task: ModerationTask, state: TaskState, **fields: Any) -> None:
    changes = {"state": state, "message": {}, "done_at": timezone.now(), **fields}
    ModerationTask.objects.filter(pk=task.pk).update(**changes)


def waiting_of(project: Project, user_id: str) -> list[ModerationTask]:
    """Return the author's messages that are not moderated yet.

    The database cannot look into encrypted messages, so all that wait are read: they are few.
    """
    waiting = ModerationTask.objects.filter(project=project, state=TaskState.PENDING)
    return [task for task in waiting.order_by("pk") if task.message.get("user_id") == user_id]


def forget_old(now: datetime) -> int:
    """Delete tasks that were done long ago; return how many."""
    edge = now - RESULT_LIFETIME
    # By id too, which is by time of acceptance: only ids are indexed.
    done = ModerationTask.objects.filter(id__lt=first_id_of(edge), done_at__lt=edge)
    return done.delete()[0]
