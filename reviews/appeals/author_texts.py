"""The texts that authors see about a restriction and its appeal; Urdu in both scripts."""

import csv
from collections.abc import Mapping
from pathlib import Path

from moderation.pipeline.author_messages import DEFAULT_LANGUAGE

#: Language → its own name.
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "es": "Español",
    "ur": "اردو",
    "ur-Latn": "Roman Urdu",
}
Words = Mapping[str, str]


_ROWS = list(
    csv.DictReader(
        Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8").splitlines(),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
)
#: Language → key → sentence.
WORDS: Mapping[str, Words] = {
    language: {row["key"]: row[language] for row in _ROWS} for language in LANGUAGES
}


def known_language(*wanted: str) -> str:
    """Return the first supported language, else English."""
    return next((one for one in wanted if one in WORDS), DEFAULT_LANGUAGE)


def reason_words(reason: str, language: str) -> str:
    """Return a reason code in words; a rule's name stays as it is."""
    plain = reason.removeprefix("rule:").replace("_", " ")
    return WORDS[language].get(f"reason:{reason}", plain)
