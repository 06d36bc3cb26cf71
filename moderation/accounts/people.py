"""Create accounts."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from moderation.accounts.names import refuse_person_name
from moderation.lib.errors import AlreadyExists, Invalid
from moderation.models import Project


def create_person(username: str, *, email: str = "", password: str | None = None) -> User:
    """Create an account; without a password nobody can sign in to it yet.

    Errors as `draft_person`.
    """
    return save_person(draft_person(username, email=email, password=password))


def draft_person(
    username: str, *, email: str, password: str | None, project: Project | None = None
) -> User:
    """Return a new account, not stored yet; AlreadyExists if the name is taken or looks so.

    project: the one that the person joins, whose keys must not be taken for them.
    """
    refuse_person_name(username, project=project)
    person = User(username=username, email=email)
    person.set_password(password)
    try:
        person.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(field, messages[0]) from error
    return person


def save_person(person: User) -> User:
    """Store an account; AlreadyExists if the name was taken meanwhile."""
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise AlreadyExists(f"There is already an account {person.username!r}.") from error
    return person
