"""Read rows for the blacklist from the bundled starter lists."""

from collections.abc import Iterable
from itertools import chain

from moderation.engine import data
from moderation.rules.word_files import Row

LANGUAGES = ("en", "es", "ur-Latn")
#: Lists that are loaded only if they are named.
FURTHER_LANGUAGES = ("de", "fr", "hi", "it", "pt", "ur")
#: Severities by their scores, highest first. A word whose score differs keeps its own score.
TIERS = ((0.9, "high"), (0.75, "medium"), (0.6, "low"))


def starter_rows(languages: Iterable[str] = LANGUAGES) -> list[Row]:
    """Return the bundled words of these languages and those of every language."""
    wanted, rows = {*languages, "*"}, list[Row]()
    files = (data.rows("words.tsv"), data.rows("further_words.tsv"))
    for word, number, category, language, *_ in chain.from_iterable(files):
        if language not in wanted:
            continue
        score = float(number)
        tier, severity = next((tier for tier in TIERS if score >= tier[0]), TIERS[-1])
        rows.append(
            {
                "word": word,
                "category": category,
                "language": language,
                "severity": severity,
                "score": None if score == tier else score,
            }
        )
    return rows
