"""Read a password from the environment: an argument would stand in the list of processes."""

import os

from django.core.management.base import CommandError


def password_in(variable: str | None) -> str | None:
    """Return the variable's value; None if no variable is named; CommandError if it is empty."""
    if variable is None:
        return None
    if password := os.environ.get(variable):
        return password
    raise CommandError(f"The variable {variable} is not set.")
