"""Fill the database that the environment names with open reviews and time the queue's page."""

import time
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

import django

django.setup()

# Below: what needs the line above.
from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from moderation.accounts.members import set_role  # noqa: E402
from moderation.accounts.projects import create_project  # noqa: E402
from moderation.models import ModerationLog, Project, Role  # noqa: E402
from moderation.models.ids import new_id  # noqa: E402
from moderation.pipeline.moderate import moderate  # noqa: E402
from moderation.pipeline.submission import Submission  # noqa: E402
from reviews.models import ReviewItem  # noqa: E402

FEW, MANY = 100, 10_000
ROUNDS = 30
PAGES = {
    "all open": "",
    "held": "?lane=held",
    "most reported": "?sort=reported",
    "filter that fits none": "?author=nobody",
    "filter by text": "?text=number+99",
}
INSULT = "What an idiot you are, nobody here wants to read any of this"


def main() -> None:
    settings.DEBUG = False
    call_command("migrate", verbosity=0)
    client = Client(headers={"Host": "localhost"})
    client.force_login(fill())
    for name, query in PAGES.items():
        few, many = (times_of(client, f"/p/{slug}/queue{query}") for slug in ("few", "many"))
        told = f"{many.passed:6.1f} ms with {MANY}, {many.cpu:6.1f} ms of them CPU"
        print(f"  {name:22} {told}; {many.passed / few.passed:.2f} times that with {FEW}")


@dataclass(frozen=True)
class Taken:
    """Median milliseconds: by the clock, and of this process's processor."""

    passed: float
    cpu: float


def times_of(client: Client, path: str) -> Taken:
    passed, cpu = [], []
    for _ in range(ROUNDS):
        began, began_cpu = time.perf_counter(), time.process_time()
        answer = client.get(path)
        passed.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (time.process_time() - began_cpu))
        assert answer.status_code == 200, answer.status_code
    return Taken(median(passed), median(cpu))


def fill() -> User:
    """Make the two projects with their open items; return the moderator of both."""
    person = User.objects.create_user("noor")
    for slug, count in (("few", FEW), ("many", MANY)):
        create_project(slug, name="", preset="balanced", actor="bench")
        project = Project.objects.get(slug=slug)
        set_role(project, person, Role.MODERATOR, actor="bench")
        open_items(project, count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return person


def open_items(project: Project, count: int) -> None:
    """Copy one judged message, with an open item for each, until there are `count`."""
    now = timezone.now()
    log = moderate(Submission(project, "m", "u", "general", INSULT), now).log
    same = {field.attname: getattr(log, field.attname) for field in log._meta.fields}
    logs = [ModerationLog(**{**same, **own(n), "created_at": now}) for n in range(count - 1)]
    priority = ReviewItem.objects.get(log=log).priority
    items = [
        ReviewItem(
            project=project,
            log=copied,
            source="engine",
            priority=priority + number / 3600,
            report_count=number % 3,
            created_at=now - timedelta(seconds=number),
        )
        for number, copied in enumerate(logs)
    ]
    ModerationLog.objects.bulk_create(logs, batch_size=500)
    ReviewItem.objects.bulk_create(items, batch_size=500)


def own(number: int) -> dict[str, object]:
    """Return what a copy has of its own: a tenth is severe, and each text comes twice."""
    return {
        "id": new_id(),
        "message_id": f"m{number}",
        "user_id": f"u{number % 700}",
        "content": f"{INSULT}, number {number}",
        "content_hash": f"{number // 2:064}",
        "severity": "medium" if number % 10 else "high",
    }


if __name__ == "__main__":
    main()
