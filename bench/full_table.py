"""Fill the table of messages by SQL; the environment names the database, the argument how many."""

import sys

import django

django.setup()

# Below: what needs the line above.
from django.db import connection  # noqa: E402

from bench.copies import copy, id_at, one, spread, table  # noqa: E402
from moderation.models import ModerationLog, Project  # noqa: E402
from moderation.pipeline.moderate import moderate  # noqa: E402
from moderation.pipeline.submission import Submission  # noqa: E402

AUTHORS, CHANNELS = 50_000, 200
TEXT = "Thanks for the help yesterday, the new map works fine for me"


def main() -> None:
    many = int(sys.argv[1])
    moderate(Submission(Project.objects.get(slug="bench"), "past", "past", "past", TEXT))
    if connection.vendor == "postgresql":
        source, moment = one(ModerationLog, many, spread(many)), "at.m"
        id_ = id_at(moment)
    else:
        source, moment, id_ = _sqlite(many)
    copy(
        ModerationLog, source, id=id_, created_at=moment, judged_at=moment,
        message_id="'past-' || n", user_id=f"'past-' || (n % {AUTHORS})",
        channel_id=f"'past-' || (n % {CHANNELS})",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            # A table that grew in a month has this behind it; a fresh copy would have it done
            # while it is measured.
            cursor.execute("VACUUM")
            cursor.execute("CHECKPOINT")


def _sqlite(many: int) -> tuple[str, str, str]:
    """Return a source of copies, and expressions for their moments and ids."""
    newest = f"(SELECT * FROM {table(ModerationLog)} LIMIT 1) AS t"  # noqa: S608
    numbers = (
        "(WITH RECURSIVE counted(n) AS "  # noqa: S608
        f"(SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {many}) SELECT n FROM counted)"
    )
    ago = f"({many} - n)"
    moment = f"strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || {ago} || ' seconds')"
    head = f"printf('%012x', (unixepoch('now') - {ago}) * 1000)"
    id_ = f"{head} || '7' || substr(lower(hex(randomblob(10))), 1, 19)"
    return f"{newest}, {numbers} AS numbers", moment, id_


if __name__ == "__main__":
    main()
