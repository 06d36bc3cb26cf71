"""Give a person a role in a project."""

import os
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from moderation.accounts.members import set_role
from moderation.accounts.people import create_person
from moderation.lib.errors import Invalid
from moderation.management.base import ACTOR, GavelCommand, project_of
from moderation.models import Role


class Command(GavelCommand):
    help = "Give a person a role in a project, or change it; --create adds the person first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="the project")
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument("--create", action="store_true", help="add the person")
        parser.add_argument("--email", default="", help="with --create")
        parser.add_argument(
            "--password-env", metavar="VAR", help="with --create: the variable with the password"
        )

    def run(self, options: dict[str, Any]) -> None:
        if not options["create"] and (options["email"] or options["password_env"]):
            raise CommandError("--email and --password-env are for --create only.")
        project = project_of(options["slug"])
        username, email = options["username"], options["email"]
        with transaction.atomic():
            if options["create"]:
                # Without a password nobody can sign in as this person yet.
                password = password_from(
                    options["password_env"], User(username=username, email=email)
                )
                person = create_person(username, email=email, password=password)
            elif (existing := User.objects.filter(username=username).first()) is None:
                raise CommandError(f"There is no {username!r}; --create adds the person.")
            else:
                person = existing
            set_role(project, person, options["role"], actor=ACTOR)
        self.stdout.write(f"{person.username} is {options['role']} of {project.slug}")


def password_from(variable: str | None, person: User) -> str | None:
    if variable is None:
        return None
    password = os.environ.get(variable)
    if not password:
        raise CommandError(f"The variable {variable} is not set.")
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid("password", " ".join(error.messages)) from error
    return password
