"""Fill a fresh database for the docs' examples and print its keys; runs in a process of its own."""

import json
import sys

import django

SAID = ("Hello world", "Shut up you fool", "gg everyone")


def fill():
    from django.contrib.auth.models import User  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    from moderation.accounts.keys import create_key  # noqa: PLC0415
    from moderation.accounts.members import set_role  # noqa: PLC0415
    from moderation.accounts.projects import create_project  # noqa: PLC0415
    from moderation.delivery import relay  # noqa: PLC0415
    from moderation.models import Project  # noqa: PLC0415
    from moderation.pipeline.moderate import moderate  # noqa: PLC0415
    from moderation.pipeline.submission import Submission  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    create_project("demo", name="Demo", preset="balanced", actor="tests")
    demo = Project.objects.get(slug="demo")
    set_role(demo, User.objects.create_user("noor"), "owner", actor="tests")
    for number, content in enumerate(SAID):
        moderate(Submission(demo, f"said-{number}", "mia", "general", content))
    relay.run_once()
    scopes = {"key": ["check", "admin"], "app_key": ["check", "review"]}
    return {
        name: create_key(demo, name="examples", scopes=scopes, actor="command line")[1]
        for name, scopes in scopes.items()
    }


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(fill()))
