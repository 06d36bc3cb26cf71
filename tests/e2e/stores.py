"""Make a fresh database and say what lies in it; runs in a process of its own.

`python -m tests.e2e.stores make SCOPE…` migrates and prints a key; `hooked URL SCOPE…` also makes a
webhook that gets every external event; `model` stores a model of the project's own; `overdue_ban`
stores a ban whose time is over; `facts` and `outcome` relay what waits and print what is stored.
All use DATABASE_URL, and `stored` runs them from a test.
"""

import json
import os
import subprocess
import sys
import time
from datetime import timedelta

import django

from tests.e2e.servers import ROOT, environment_of

ARENA = "arena"


def stored(database_url, what, *arguments, **variables):
    """Run one of the functions below on the database; return what it printed."""
    command = [sys.executable, "-m", "tests.e2e.stores", what, *arguments]
    environment = environment_of(database_url, **variables)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def make(*scopes):
    from django.core.management import call_command  # noqa: PLC0415

    from tests import messages  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    arena = messages.project(ARENA)
    messages.words(arena)
    return messages.key(arena, *scopes)


def hooked(url, *scopes):
    from moderation.delivery.webhooks.managing import create_webhook  # noqa: PLC0415
    from moderation.events.event import EXTERNAL  # noqa: PLC0415
    from moderation.models import Project  # noqa: PLC0415

    key = make(*scopes)
    wanted = {"name": "everything", "url": url, "events": sorted(EXTERNAL)}
    create_webhook(Project.objects.get(slug=ARENA), wanted, actor="tests")
    return key


def model():
    from moderation import rules  # noqa: PLC0415
    from moderation.models import Project  # noqa: PLC0415
    from tests.taught import DATA, taught  # noqa: PLC0415

    rules.store_model(Project.objects.get(slug=ARENA), "tests", taught(), DATA)


def overdue_ban():
    from django.utils import timezone  # noqa: PLC0415

    from moderation.models import Ban, Project  # noqa: PLC0415

    an_hour_ago = timezone.now() - timedelta(hours=1)
    who = {"user_id": "ana", "type": "temporary", "issued_by": "noor"}
    Ban.objects.create(project=Project.objects.get(slug=ARENA), expires_at=an_hour_ago, **who)


def relay_all():
    """Relay what waits, once the lease of a killed server has run out."""
    from moderation.delivery import relay  # noqa: PLC0415

    deadline = time.monotonic() + 20
    while not relay.run_once([]).leads:
        if time.monotonic() > deadline:
            sys.exit("another relay leads for ever")
        time.sleep(0.2)


def facts():
    from django.db.models import Count  # noqa: PLC0415

    from moderation.events.counters import totals_of  # noqa: PLC0415
    from moderation.models import (  # noqa: PLC0415
        ModerationLog,
        ModerationTask,
        OutboxEvent,
        Project,
        Strike,
    )

    relay_all()
    logs = ModerationLog.objects.annotate(given=Count("strikes"))
    by_status = ModerationLog.objects.values_list("status").annotate(Count("pk"))
    return {
        "logs": {
            message_id: [str(pk), verdict, action, given]
            for message_id, pk, verdict, action, given in logs.values_list(
                "message_id", "pk", "verdict", "action", "given"
            )
        },
        "messages": logs.count(),
        "pending": ModerationTask.objects.filter(state="PENDING").count(),
        "strikes": Strike.objects.count(),
        "numbers": list(
            OutboxEvent.objects.filter(seq__isnull=False)
            .order_by("seq")
            .values_list("seq", flat=True)
        ),
        "unnumbered": OutboxEvent.objects.filter(audience="house", seq=None).count(),
        "totals": totals_of(Project.objects.get(slug=ARENA)),
        "statuses": dict(by_status),
    }


def outcome():
    """Relay what waits; say how many bans each author has, and each content's text."""
    from django.db.models import Count  # noqa: PLC0415

    from moderation.models import Ban, ModerationLog, Strike  # noqa: PLC0415

    relay_all()
    running = Ban.objects.filter(lifted_at=None)
    return {
        "bans": dict(running.values_list("user_id").annotate(Count("pk"))),
        "strikes": dict(Strike.objects.values_list("user_id").annotate(Count("pk"))),
        "texts": dict(ModerationLog.objects.values_list("message_id", "content")),
    }


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "moderation_site.settings"
    django.setup()
    what, *arguments = sys.argv[1:]
    known = (make, hooked, model, overdue_ban, facts, outcome)
    does = {each.__name__: each for each in known}
    sys.stdout.write(json.dumps(does[what](*arguments)))
