"""Answers to appeals that a moderator can start from, in the languages of the author's texts."""

import csv
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from moderation.lib.languages import gettext_noop
from reviews.appeals.author_texts import known_language

#: The labels in the file, for the catalogues.
LABELS = (
    gettext_noop("We made a mistake"),
    gettext_noop("The context explains it"),
    gettext_noop("It attacks a person"),
    gettext_noop("The rule applies to everybody"),
)


@dataclass(frozen=True)
class CannedAnswer:
    #: What the moderator chooses from.
    label: str
    text: str


_ROWS = list(
    csv.DictReader(
        Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8").splitlines(),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
)


def canned_answers(language: str) -> list[CannedAnswer]:
    """Return the answers in this language, in English if it is not supported."""
    known = known_language(language)
    return [CannedAnswer(_(row["label"]), row[known]) for row in _ROWS]
