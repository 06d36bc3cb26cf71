"""Make a fresh database and say what lies in it; runs in a process of its own.

`python -m tests.e2e.stores make` migrates and prints a key; `facts` relays what waits and prints
what is stored. Both use DATABASE_URL.
"""

import json
import os
import sys
import time

import django

ARENA = "arena"


def make():
    from django.core.management import call_command  # noqa: PLC0415 (Django must be ready)

    from tests import messages  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    arena = messages.project(ARENA)
    messages.words(arena)
    return messages.key(arena, "check")


def relay_all():
    """Relay what waits, once the lease of a killed server has run out."""
    from moderation import relay  # noqa: PLC0415

    deadline = time.monotonic() + 20
    while not relay.run_once([]).leads:
        if time.monotonic() > deadline:
            sys.exit("another relay leads for ever")
        time.sleep(0.2)


def facts():
    from django.db.models import Count  # noqa: PLC0415

    from moderation.models import (  # noqa: PLC0415
        ModerationLog,
        ModerationTask,
        OutboxEvent,
        Project,
        Strike,
    )
    from moderation.statistics import totals_of  # noqa: PLC0415

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


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "moderation_site.settings"
    django.setup()
    sys.stdout.write(json.dumps({"make": make, "facts": facts}[sys.argv[1]]()))
