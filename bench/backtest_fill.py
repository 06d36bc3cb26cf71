"""Store judged messages in the project that `bench.seed` made; print a key that may do all."""

import sys
from datetime import timedelta

import django

django.setup()

# Below: what needs the line above.
from django.utils import timezone  # noqa: E402

from moderation.accounts.key_lookup import digest_of, new_key  # noqa: E402
from moderation.models import ApiKey, ModerationLog, Project, Scope  # noqa: E402
from moderation.models.ids import new_id  # noqa: E402
from moderation.pipeline.moderate import moderate  # noqa: E402
from moderation.pipeline.submission import Submission, hash_of  # noqa: E402

TEXTS = (
    "Thanks for the help yesterday, the new map works fine for me",
    "Anyone up for another round tonight",
    "kya haal hai bhai, kal milte hain",
    "Gracias a todos, nos vemos pronto",
    "This is damn good",
    "What an idiot you are, nobody here wants to read any of this",
)
CHUNK = 2_000


def main() -> None:
    project, rows = Project.objects.get(slug="bench"), int(sys.argv[1])
    now = timezone.now()
    samples = [
        moderate(Submission(project, f"past{n}", f"past{n}", "past", text), now).log
        for n, text in enumerate(TEXTS)
    ]
    for start in range(0, rows, CHUNK):
        ModerationLog.objects.bulk_create(
            copy_of(samples[n % len(samples)], n, now - timedelta(seconds=n))
            for n in range(start, min(start + CHUNK, rows))
        )
    key = new_key()
    ApiKey.objects.create(
        project=project,
        name="backtest",
        prefix=key[:8],
        digest=digest_of(key),
        scopes=[Scope.CHECK, Scope.ADMIN],
    )
    print(key)


def copy_of(log: ModerationLog, number: int, moment: object) -> ModerationLog:
    same = {field.attname: getattr(log, field.attname) for field in log._meta.concrete_fields}
    content = f"{log.content} {number}"
    own = {
        "id": new_id(),
        "message_id": f"past-{number}",
        "user_id": f"past-{number % 5000}",
        "content": content,
        "content_hash": hash_of(content),
        "created_at": moment,
        "judged_at": moment,
    }
    return ModerationLog(**{**same, **own})


if __name__ == "__main__":
    main()
