"""A message as every entrance hands it to the pipeline."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from moderation.engine.text.fold import fold
from moderation.models import Author, ContentType, Project

#: docs/limits.md, "Sizes".
MAX_ID_LENGTH = 200
MAX_CONTENT_LENGTH = 10_000
MAX_METADATA_BYTES = 16 * 1024
#: What copies of a text may differ in, in ASCII: blanks, control characters and punctuation.
SEPARATORS = re.compile(r"[\x00-\x20\x7f!-#%-*,-/:;?@\[\\\]_{}]+")
#: The same in Unicode's general categories, by their first letter.
SEPARATOR_CATEGORIES = frozenset("PZC")


def is_small(metadata: Mapping[str, Any]) -> bool:
    """Whether metadata keeps its limit, however its sender spaces JSON."""
    compact = json.dumps(metadata, ensure_ascii=False, separators=(",", ":"))
    return len(compact.encode()) <= MAX_METADATA_BYTES


@dataclass(frozen=True)
class SentPicture:
    """A picture whose text is judged."""

    data: bytes
    media_type: str


@dataclass(frozen=True)
class Submission:
    """One message or post. The entrance has checked its lengths and types."""

    project: Project
    message_id: str
    user_id: str
    channel_id: str
    content: str
    username: str = ""
    reply_to: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    #: As the client says. A label only: every word list applies whatever the language.
    language: str | None = None
    #: The languages for the author's message if Gavel does not speak the content's language.
    accept_language: str = ""
    #: Whether the policy may give its author a strike or a ban.
    may_punish: bool = True
    #: Whether flooding alone is punished, with neither strikes nor repeat offence.
    only_flood: bool = False
    #: Whether it counts against the policy's `author_limits`.
    is_counted: bool = True
    #: Whether its author is unnamed; unnamed authors have no history.
    is_nameless: bool = False
    #: The id of the request that brought it, for the log.
    request_id: str = ""
    #: The picture in which `content` was read; None for a text.
    picture: SentPicture | None = None

    @property
    def author(self) -> Author:
        return Author(self.project, self.user_id, self.channel_id)

    @property
    def content_type(self) -> ContentType:
        return ContentType.IMAGE if self.picture else ContentType.TEXT

    @cached_property
    def content_hash(self) -> str:
        if self.picture:
            return hashlib.sha256(self.picture.data).hexdigest()
        return hash_of(self.content)

    @cached_property
    def copy_hash(self) -> str:
        # Pictures without text are no copies of each other.
        return self.content_hash[:32] if self.picture else copy_hash_of(self.content)


def hash_of(content: str) -> str:
    """Return the SHA-256 of the content, hex."""
    return hashlib.sha256(content.encode()).hexdigest()


def copy_hash_of(content: str) -> str:
    """Return a hash that near-identical copies share, 32 hex digits.

    They differ only in case, look-alike letters, blanks, accents, punctuation and invisible marks.
    """
    letters = fold(content).text
    if letters.isascii():
        letters = SEPARATORS.sub("", letters)
    else:
        letters = "".join(
            letter
            for letter in letters
            if unicodedata.category(letter)[0] not in SEPARATOR_CATEGORIES
        )
    return hashlib.sha256((letters or content).encode()).hexdigest()[:32]
