"""Listed words and their hits."""

from dataclasses import dataclass
from enum import Enum

from moderation.engine.matches import Category
from moderation.engine.text.fold import fold

#: How a listed word is matched: `literal` only as written; `exact` as written, without accents
#: and signs; `word` in every disguise; `part` and `stem` inside other words, too.
KINDS = ("stem", "part", "word", "exact", "literal")
#: Kinds without disguises.
UNDISGUISED = frozenset({"exact", "literal"})


class Form(Enum):
    """How a listed word stands in a text."""

    WRITTEN = "written"
    DISGUISED = "disguised"
    SOUND_ALIKE = "sound-alike"


@dataclass(frozen=True, slots=True)
class Entry:
    """A listed word; for `kind` see KINDS."""

    word: str
    category: Category
    score: float
    language: str = "*"
    kind: str = "word"
    entry_id: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    start: int
    end: int
    entry: Entry
    form: Form = Form.WRITTEN


def normal_form(word: str) -> str:
    """Return the form in which a listed word is looked up; empty if nothing visible is left."""
    return " ".join(fold(word).text.split())
