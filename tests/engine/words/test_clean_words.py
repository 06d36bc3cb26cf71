"""What is looked up for a listed word, in disguise or by ear, must not be a common word."""

from functools import cache
from pathlib import Path

import pytest
from spellchecker import SpellChecker

from moderation.engine.data import rows
from moderation.engine.text.fold import fold
from moderation.engine.text.views import views_of
from moderation.engine.words.entries import normal_form
from moderation.engine.words.lexicon import lexicon, lexicon_entries
from moderation.engine.words.misspelled import misspellings_of

# Thousands of words run the same lines, and twice as long where coverage is measured.
pytestmark = pytest.mark.no_cover

ROMAN_URDU = Path(__file__).parents[2] / "data" / "clean_roman_urdu.txt"
LISTED = {normal_form(entry.word) for entry in lexicon_entries()}
#: Everybody reads these as the listed word, though a common word is as long.
USUAL = {mask for mask, *_ in rows("censored.tsv")}
LANGUAGES = ["en", "es", "ur-Latn"]
#: Clean words that are far more often a slip of the pen for a listed one.
KNOWN = {"looser"}
#: As many of a language's commonest words; a masked word is less telling than a whole one.
WHOLE = 60_000
MASKED = {"en": 6_000, "es": 4_000, "ur-Latn": 2_000}
#: Misspellings that are meant as the listed word more often than as a common one.
MEANT = {"shts", "shtting", "dcks", "btcher", "asss", "assss", "cnt", "cnts"}


@cache
def clean_words(language):
    """Return the commonest words, folded, without those that are listed themselves."""
    if language == "ur-Latn":
        words = ROMAN_URDU.read_text().split()
    else:
        counts = SpellChecker(language=language).word_frequency.dictionary
        words = sorted((word for word in counts if word.isalpha()), key=counts.get, reverse=True)
    folded = (fold(word).text for word in words[:WHOLE])
    return [word for word in dict.fromkeys(folded) if word not in LISTED | KNOWN]


def masks_of(word):
    """Return the word with one letter hidden, two neighbours, or every vowel."""
    one = [f"{word[:at]}*{word[at + 1 :]}" for at in range(1, len(word))]
    two = [f"{word[:at]}**{word[at + 2 :]}" for at in range(1, len(word) - 1)]
    vowels = "".join("*" if at and sign in "aeiou" else sign for at, sign in enumerate(word))
    return [*one, *two, vowels]


def missing_rows(found):
    """Return the rows that moderation/engine/data/innocent.tsv lacks, ready to be added."""
    return sorted({f"{word}\tpyspellchecker\tMIT" for word in found})


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "es", "ur-Latn"])
def test_no_common_word_is_taken_for_a_listed_one(language):
    words = lexicon()
    taken = [word for word in clean_words(language) if words.look_up(word)]
    assert missing_rows(taken) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_slip_of_a_common_word_is_taken_for_a_listed_one(language):
    common = clean_words(language)[: MASKED[language]]
    slips = {slip for word in common for slip in misspellings_of(word, 1.0)} - LISTED - MEANT
    assert missing_rows(slip for slip in slips if lexicon().look_up(slip)) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_mask_of_a_common_word_is_taken_for_a_listed_one(language):
    common = clean_words(language)[: MASKED[language]]
    masks = {mask for word in common for mask in masks_of(word)} - USUAL
    # "fool*" is "fools" or "fooled", and so a fool whatever is hidden.
    masks = {mask for mask in masks if mask.rstrip("*") not in LISTED}
    assert missing_rows(mask for mask in masks if any(lexicon().find(views_of(mask)))) == []
