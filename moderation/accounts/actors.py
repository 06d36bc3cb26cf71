"""Who did something: the name that people see, and the identity behind it."""

from typing import Self

from django.contrib.auth.models import AbstractBaseUser

MADE_BY = " made by "


class Actor(str):
    """A name for people to read, which carries the identity that the name alone could forge.

    A plain string in its place stands for the server itself: the command line, `system`.
    """

    __slots__ = ("identity",)
    #: `user:7`, `key:15`, `key:15 made by user:7` or `open`.
    identity: str

    def __new__(cls, name: str, identity: str = "") -> Self:
        actor = super().__new__(cls, name)
        actor.identity = identity
        return actor


def person_as_actor(person: AbstractBaseUser) -> Actor:
    return Actor(person.get_username(), f"user:{person.pk}")


def identity_of(actor: str) -> str:
    """Return the identity behind a name; empty for the server itself."""
    return actor.identity if isinstance(actor, Actor) else ""


def behind(identity: str) -> frozenset[str]:
    """Return the identities that answer for an act: the key's and its maker's, or the person's."""
    return frozenset(filter(None, identity.split(MADE_BY)))


def maker_in(identity: str) -> str:
    """Return whose key it is that somebody with this identity makes: the person's, if one is."""
    return identity.rpartition(MADE_BY)[2]
