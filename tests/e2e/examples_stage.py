"""Fill a fresh database for the docs' examples and print its keys; runs in a process of its own."""

import json
import sys

import django

SAID = ("Hello world", "Shut up you fool", "gg everyone")


def fill():
    from django.contrib.auth.models import User  # noqa: PLC0415 (Django must be ready)
    from django.core.management import call_command  # noqa: PLC0415

    from moderation import access, relay  # noqa: PLC0415
    from moderation.ingest import Submission  # noqa: PLC0415
    from moderation.models import Project  # noqa: PLC0415
    from moderation.pipeline import moderate  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    access.create_project("demo", name="Demo", preset="balanced", actor="tests")
    demo = Project.objects.get(slug="demo")
    access.set_role(demo, User.objects.create_user("noor"), "owner", actor="tests")
    for number, content in enumerate(SAID):
        moderate(Submission(demo, f"said-{number}", "mia", "general", content))
    relay.run_once()
    scopes = {"key": ["check", "admin"], "app_key": ["check", "review"]}
    return {
        name: access.create_key(demo, name="examples", scopes=scopes, actor="command line")[1]
        for name, scopes in scopes.items()
    }


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(fill()))
