"""Detect the language of a text among many, to know whether anything here can judge it.

`language.py` chooses among a project's languages; this tells whether a text is in one of them.
"""

import re
from collections.abc import Collection

from moderation.engine.text.language import (
    MAX_WORDS,
    ROMAN_URDU_TAG,
    UNDETERMINED,
    WORD,
    identifier_of,
    language_of,
)

#: Languages with Latin letters that are told apart. Rarer ones would only take short texts away
#: from the common ones.
LATIN = frozenset(
    ["ca", "cs", "da", "de", "en", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "lt", "lv",
     "nl", "no", "pl", "pt", "ro", "sk", "sl", "sq", "sv", "tr", "vi"]
)  # fmt: skip
CYRILLIC = frozenset({"bg", "ru", "sr", "uk"})
ARABIC = frozenset({"ar", "fa", "ur"})
#: Ranges of letters, and the languages that are written with them; a text of one is in that.
SCRIPTS: tuple[tuple[str, frozenset[str]], ...] = (
    ("\u3040-\u30ff\u31f0-\u31ff", frozenset({"ja"})),
    ("\uac00-\ud7a3\u1100-\u11ff", frozenset({"ko"})),
    ("\u4e00-\u9fff\u3400-\u4dbf", frozenset({"zh"})),
    ("\u0400-\u052f", CYRILLIC),
    ("\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc", ARABIC),
    ("\u0900-\u097f", frozenset({"hi"})),
    ("\u0980-\u09ff", frozenset({"bn"})),
    ("\u0b80-\u0bff", frozenset({"ta"})),
    ("\u0c00-\u0c7f", frozenset({"te"})),
    ("\u0e00-\u0e7f", frozenset({"th"})),
    ("\u0370-\u03ff\u1f00-\u1fff", frozenset({"el"})),
    ("\u0590-\u05ff", frozenset({"he"})),
    ("\u0530-\u058f", frozenset({"hy"})),
    ("\u10a0-\u10ff", frozenset({"ka"})),
)
LETTERS = tuple((re.compile(f"[{letters}]"), languages) for letters, languages in SCRIPTS)
#: Letters of the text that are looked at.
BEGINNING = 1_000
#: A script counts from this share of the letters on; Japanese has Chinese characters, too.
SCRIPT_SHARE = 0.3
#: The likeliest language counts from this probability on,
LIKELY = 0.5
#: and if it is foreign only where hardly anything speaks for one of the project's: by the number of
#: words, how much may.
MOST_KNOWN_BY_WORDS = ((4, 0.1), (2, 0.02))


def detected_language(text: str, known: Collection[str] = ("en", "es", ROMAN_URDU_TAG)) -> str:
    """Return a language tag, or "und" if the text does not show its language.

    known: the project's languages, for which a doubtful text is not taken from them.
    """
    beginning = text[:BEGINNING]
    words = [word.lower() for word in WORD.findall(beginning)[:MAX_WORDS]]
    letters = sum(map(len, words))
    for expression, languages in LETTERS:
        if letters and len(expression.findall(beginning)) >= SCRIPT_SHARE * letters:
            return _told_apart(words, languages, ())
    if language_of(" ".join(words), (ROMAN_URDU_TAG,)) == ROMAN_URDU_TAG:
        return ROMAN_URDU_TAG
    return _told_apart(words, LATIN, known) if words else UNDETERMINED


def _told_apart(words: list[str], languages: frozenset[str], known: Collection[str]) -> str:
    identifier = identifier_of(languages)
    if identifier is None:  # of one language alone
        return next(iter(languages))
    ranked = identifier.rank(" ".join(words))
    code, probability = str(ranked[0][0]), ranked[0][1]
    if probability < LIKELY and known:
        return UNDETERMINED
    if not known or code in known:
        return code
    most = next((most for count, most in MOST_KNOWN_BY_WORDS if len(words) >= count), -1.0)
    share = sum(share for language, share in ranked if language in known)
    return code if share <= most else UNDETERMINED
