"""Migrate the database that the environment names and print the key of a fresh project."""

import django

django.setup()

# Below: what needs the line above.
from django.core.management import call_command  # noqa: E402

from moderation.identity import digest_of, new_key  # noqa: E402
from moderation.models import ApiKey, Project, Scope  # noqa: E402


def main() -> None:
    call_command("migrate", verbosity=0)
    project = Project.objects.create(slug="bench", name="Bench")
    key = new_key()
    scopes = [Scope.CHECK, Scope.READ]
    ApiKey.objects.create(
        project=project, name="bench", prefix=key[:8], digest=digest_of(key), scopes=scopes
    )
    print(key)


if __name__ == "__main__":
    main()
