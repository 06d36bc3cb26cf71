"""What authors read of a restriction and its appeal, in the languages that Gavel speaks."""

import csv
from collections.abc import Mapping
from pathlib import Path

from moderation.wording import DEFAULT_LANGUAGE

#: How each language calls itself.
LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español", "ur-Latn": "Roman Urdu"}
Words = Mapping[str, str]


def _read() -> dict[str, Words]:
    text = Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    return {language: {row["key"]: row[language] for row in rows} for language in LANGUAGES}


#: Language → key → sentence.
WORDS: Mapping[str, Words] = _read()


def known_language(*wanted: str) -> str:
    """Return the first that is ours, else English."""
    return next((one for one in wanted if one in WORDS), DEFAULT_LANGUAGE)


def reason_words(reason: str, language: str) -> str:
    """Return a reason in words; a rule's name as it is."""
    plain = reason.removeprefix("rule:").replace("_", " ")
    return WORDS[language].get(f"reason:{reason}", plain)
