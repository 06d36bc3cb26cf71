"""Ask Celery's workers whether they are there."""

import os

from celery import Celery
from django.conf import settings
from kombu.exceptions import OperationalError

from moderation.accounts.audit import write_audit
from moderation.models import Project

CONNECT_SECONDS = 2
ANSWER_SECONDS = 2.0


def ping_workers(project: Project, *, actor: str) -> tuple[int, str]:
    """Return how many workers answered, and why the broker could not be asked, or ""."""
    workers, error = _ping()
    facts = {"name": "celery", "workers": workers, "error": error}
    write_audit(project, actor, "connection.tested", project, facts)
    return workers, error


def _ping() -> tuple[int, str]:
    app = Celery("gavel-test", broker=settings.CELERY_BROKER_URL, set_as_current=False)
    app.conf.update(broker_connection_timeout=CONNECT_SECONDS)
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=0, timeout=CONNECT_SECONDS)
            answers = app.control.ping(timeout=ANSWER_SECONDS, connection=connection)
    except (OperationalError, OSError) as error:
        return 0, in_words(error)
    return len(answers or []), ""


def in_words(error: BaseException) -> str:
    """Return why the broker cannot be used, without the address: it may hold a password."""
    cause = error.__cause__ or error
    number = cause.errno if isinstance(cause, OSError) else None
    return os.strerror(number) if number else "no connection"
