"""Refuse names that people could take for somebody else's."""

import re

from django.contrib.auth.models import User

from moderation.engine.text.fold import fold
from moderation.lib.errors import AlreadyExists, Invalid
from moderation.models import ApiKey, Project

#: Names that the server signs with.
RESERVED = (
    "system", "command line", "open project", "gavel", "policy", "lexicon", "pii", "spam",
    "bundled model", "detoxify", "anybody", "everyone",
)  # fmt: skip
#: Letters that look alike in most fonts, after folding, and what stands for them.
ALIKE = ((re.compile(r"[il1|]"), "l"), (re.compile("0"), "o"), (re.compile("rn"), "m"))
#: How identities are written (actors.py).
IDENTITY = re.compile(r"(user|key|chat|discord)\s*:")
SEPARATORS = re.compile(r"[\s._-]+")


def skeleton(name: str) -> str:
    """Return what remains of a name once everything that the eye overlooks is taken away.

    Two names with the same skeleton look alike: `Noor`, `nооr` in Cyrillic, `n0or`.
    """
    plain = SEPARATORS.sub(" ", fold(name).text).strip()
    for pattern, letter in ALIKE:
        plain = pattern.sub(letter, plain)
    return plain


RESERVED_SKELETONS = frozenset(map(skeleton, RESERVED))


def refuse_person_name(
    name: str, *, project: Project | None = None, renamed: User | None = None
) -> None:
    """Raise AlreadyExists if an account, or a key of this project, looks the same by name.

    Invalid for the names that the server signs with. renamed: the account that gets the name.
    """
    wanted = skeleton(name)
    if wanted in RESERVED_SKELETONS:
        raise Invalid("username", f"{name} is a name that Gavel itself uses: choose another")
    others = User.objects.exclude(pk=renamed.pk) if renamed else User.objects.all()
    names = others.values_list("username", flat=True)
    if any(skeleton(taken) == wanted for taken in names):
        raise AlreadyExists(f"There is already an account {name!r}, or one that looks like it.")
    keys = ApiKey.objects.filter(project=project).values_list("name", flat=True)
    if any(skeleton(taken) == wanted for taken in keys):
        raise AlreadyExists(f"{name} looks like the name of one of the project's keys.")


def refuse_key_name(name: str, project: Project) -> None:
    """Raise Invalid if a key's name looks like a member's, an identity or the server's own."""
    wanted = skeleton(name)
    # A person's name cannot have a colon.
    if wanted in RESERVED_SKELETONS or IDENTITY.match(fold(name).text.strip()):
        raise Invalid("name", f"{name} is a name that Gavel itself uses: choose another")
    members = User.objects.filter(memberships__project=project)
    if any(skeleton(taken) == wanted for taken in members.values_list("username", flat=True)):
        raise Invalid("name", f"{name} looks like the name of a member: choose another")
