"""Change one's own password and e-mail address."""

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from moderation.accounts.actors import person_as_actor
from moderation.accounts.audit import write_audit
from moderation.lib.errors import Invalid


@transaction.atomic
def change_password(person: User, *, current: str, new: str) -> None:
    """Store a new password; Invalid if the current one is wrong or the new one is refused.

    Ends all sessions, because each holds a hash of the password; the caller renews their own.
    """
    if not person.check_password(current):
        raise Invalid("current", "that is not your password")
    try:
        validate_password(new, person)
    except ValidationError as error:
        raise Invalid("new", " ".join(error.messages)) from error
    person.set_password(new)
    person.save(update_fields=["password"])
    write_audit(None, person_as_actor(person), "account.password", person)


@transaction.atomic
def change_email(person: User, *, email: str) -> None:
    """Store the address to which a link to a new password is sent; empty for none."""
    person.email = email
    try:
        person.full_clean(exclude=["password"])
    except ValidationError as error:
        raise Invalid("email", "; ".join(error.messages)) from error
    person.save(update_fields=["email"])
    write_audit(None, person_as_actor(person), "account.email", person)
