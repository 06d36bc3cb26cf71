"""Fill the database that the environment names, unless it is filled; time what is asked of it."""

import argparse
import os
import time
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

from bench.million_cases import Case, cases  # noqa: E402
from bench.million_fill import SLUG, fill, key_of  # noqa: E402
from moderation.models import ModerationLog, Project  # noqa: E402
from reviews.reporting.summing import rebuild, unsummed_projects  # noqa: E402

ROUNDS = 7
#: Milliseconds.
LIST_GOAL, STATS_GOAL, PAGE_GOAL = 50.0, 20.0, 200.0
DEEP_GOAL = 1.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="", help="cases whose name has this")
    options = parser.parse_args()
    settings.DEBUG = False
    call_command("migrate", verbosity=0)
    person, key = filled(options.rows)
    # What the relay would have done meanwhile.
    for project in unsummed_projects(timezone.now()):
        rebuild(project, timezone.now())
    host = {"Host": "localhost"}
    api, browser = Client(headers={**host, "X-API-Key": key}), Client(headers=host)
    browser.force_login(person)
    asked = [case for case in cases() if options.only in case.name]
    counts = [count_ms() for _ in range(ROUNDS)]
    print(f"{ModerationLog.objects.count():,} messages; load {os.getloadavg()[0]:.1f}")
    print("| list | rows | first ms | deep ms | deep / first | first / COUNT |")
    print("|---|---|---|---|---|---|")
    reference = median(counts)
    for case in asked:
        client = browser if case.first.startswith("/p/") else api
        print(row_of(case, *times_of(client, case), reference), flush=True)
    print(f"\nCOUNT(*) of all messages in the same run: {reference:.0f} ms")


def filled(rows: int) -> tuple[User, str]:
    """Return an admin of the project and a key, once its rows are there."""
    project = Project.objects.filter(slug=SLUG).first()
    if project is None:
        return fill(rows)
    return User.objects.get(username="noor"), key_of(project)


def count_ms() -> float:
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute("SELECT count(*) FROM moderation_moderationlog")
        cursor.fetchone()
    return 1000 * (time.perf_counter() - began)


def times_of(client: Client, case: Case) -> tuple[float, float | None]:
    """Return the median milliseconds of the first and the deep page, asked for in turns."""
    paths = [path for path in (case.first, case.deep) if path]
    taken: dict[str, list[float]] = {path: [] for path in paths}
    for number in range(ROUNDS + 1):
        for path in paths:
            began = time.perf_counter()
            answer = client.get(path)
            passed = 1000 * (time.perf_counter() - began)
            assert answer.status_code == 200, (path, answer.status_code, answer.content[:300])
            # The first builds what every later one finds.
            if number:
                taken[path].append(passed)
    return median(taken[case.first]), median(taken[case.deep]) if case.deep else None


def goal_of(case: Case) -> float:
    if case.name.startswith("stats") and "timeseries" not in case.name:
        return STATS_GOAL
    return PAGE_GOAL if case.name.startswith("page") else LIST_GOAL


def row_of(case: Case, first: float, deep: float | None, reference: float) -> str:
    goal = goal_of(case)
    ratio = deep / first if deep else None
    missed = first > goal or (deep or 0) > goal
    cells = [
        case.name,
        f"{case.rows:,}" if case.rows else "",
        f"**{first:.1f}**" if first > goal else f"{first:.1f}",
        "" if deep is None else f"**{deep:.1f}**" if deep > goal else f"{deep:.1f}",
        "" if ratio is None else f"**{ratio:.2f}**" if ratio > DEEP_GOAL else f"{ratio:.2f}",
        f"{first / reference:.3f}",
    ]
    return f"| {' | '.join(cells)} |{' missed' if missed else ''}"


if __name__ == "__main__":
    main()
