"""Migrate the database that the environment names; print a project's key, and another's.

The first may check and read, the second belongs to another tenant and may do all.
"""

import django

django.setup()

# Below: what needs the line above.
from django.core.management import call_command  # noqa: E402

from moderation.accounts.key_lookup import digest_of, new_key  # noqa: E402
from moderation.models import ApiKey, Project, Scope  # noqa: E402


def main() -> None:
    call_command("migrate", verbosity=0)
    for slug, scopes in (
        ("bench", [Scope.CHECK, Scope.READ]),
        ("other", [Scope.CHECK, Scope.ADMIN]),
    ):
        project, _ = Project.objects.get_or_create(slug=slug, defaults={"name": slug.title()})
        key = new_key()
        ApiKey.objects.create(
            project=project, name="bench", prefix=key[:8], digest=digest_of(key), scopes=scopes
        )
        print(key)


if __name__ == "__main__":
    main()
