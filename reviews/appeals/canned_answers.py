"""Answers to appeals that a moderator can start from, in the languages of the author's texts."""

import csv
from dataclasses import dataclass
from pathlib import Path

from reviews.appeals.author_texts import known_language


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
    return [CannedAnswer(row["label"], row[known]) for row in _ROWS]
