"""Listed words match whole, with a project's own lists beside the bundled ones."""

import pytest

from moderation.engine.custom_rules.ruleset import BlacklistEntry, build_ruleset
from moderation.engine.detectors.regexes import Pattern, PatternSet
from moderation.engine.matches import Category, Match, Source
from moderation.engine.text.fold import fold
from moderation.engine.text.phonetic import phonetic_key
from moderation.engine.text.views import views_of
from moderation.engine.words.blacklist import (
    WordError,
    amend_blacklist,
    build_blacklist,
    validate_word,
)
from moderation.engine.words.context import is_said_to_reader
from moderation.engine.words.lexicon import (
    _expand,
    find_patterns,
    innocent_patterns,
    innocent_phrases,
    innocent_words,
    lexicon_entries,
    lexicon_patterns,
)
from tests.engine.judging import found_in, verdict_on, words_in


def listing(word, *, score=0.75, is_regex=False, category=Category.OTHER):
    return build_ruleset(blacklist=[BlacklistEntry("1", word, category, score, is_regex)])


def test_a_blacklisted_word_is_found_in_disguise():
    match = found_in("free W1D-G3T here", listing("widget")).matches[0]
    assert (match.text, match.word, match.source) == ("W1D-G3T", "widget", Source.BLACKLIST)


def test_a_blacklisted_word_never_matches_inside_another():
    assert words_in("midwidgets", ruleset=listing("widget")) == []


def test_a_blacklisted_phrase_matches_over_punctuation():
    assert words_in("blue, widget!", ruleset=listing("blue widget")) == ["blue widget"]


def test_a_blacklisted_sign_is_found():
    assert words_in("I write c++ code", ruleset=listing("c++")) == ["c++"]


def test_a_regular_expression_hits_with_accents_around():
    assert words_in("mañana W-123", ruleset=listing(r"w-\d{3}", is_regex=True)) == [r"w-\d{3}"]


def test_a_regular_expression_that_cannot_run_is_left_out():
    assert found_in("aa", listing(r"(a)\1", is_regex=True)).failed == ()


def test_the_stronger_of_two_lists_counts_once():
    found = found_in("damn", listing("damn", score=0.9, category=Category.PROFANITY))
    assert len(found.matches) == 1
    assert found.score == 0.9


def test_a_whitelisted_phrase_removes_only_what_is_inside_it():
    ruleset = build_ruleset(whitelisted_phrases=["damn good"])
    assert words_in("damn good but shit", ruleset=ruleset) == ["shit"]


@pytest.mark.parametrize("word", ["", "  ", "\u200b", "\u200b\u200d", "\u0301"])
def test_an_invisible_word_is_refused(word):
    with pytest.raises(WordError):
        validate_word(word)


@pytest.mark.parametrize(
    "text",
    ["chutiya", "chootia", "chutya", "bewaqoof", "bevakoof", "kaminay", "kameene", "madarchod"],
)
def test_spellings_of_roman_urdu_are_violations(text):
    assert verdict_on(text).kind.rank >= 2


def test_spellings_of_one_word_share_a_phonetic_key():
    assert phonetic_key("bewaqoof") == phonetic_key("bevakuf")


def test_every_listed_word_names_its_source_and_a_possible_score():
    assert all(0.3 <= entry.score <= 1 for entry in lexicon_entries())


def test_no_listed_word_is_called_innocent():
    assert not innocent_words() & {entry.word for entry in lexicon_entries()}


def test_the_bundled_patterns_compile():
    assert lexicon_patterns()


# --- A project's list, compiled


def names(blacklist, text):
    """Return the ids that a compiled list finds in a text: its words', its patterns'."""
    words = {hit.entry.entry_id for _, hit in blacklist.find_words(views_of(text))}
    return words, {hit.pattern.entry_id for hit in blacklist.find_patterns(text)}


def test_words_and_patterns_keep_what_was_listed():
    listed = build_blacklist(
        [
            BlacklistEntry("1", "gizmo", Category.THREAT, 0.4, language="es", match="part"),
            BlacklistEntry("2", r"w-\d+", Category.SPAM, 0.9, is_regex=True),
        ],
        frozenset(),
    )
    (_, hit), *_ = listed.find_words(views_of("a gizmo"))
    word = hit.entry
    assert (word.word, word.category, word.score) == ("gizmo", Category.THREAT, 0.4)
    assert (word.language, word.kind, word.entry_id) == ("es", "part", "1")
    (found,) = listed.find_patterns("a w-12")
    pattern = found.pattern
    assert (pattern.word, pattern.category, pattern.score, pattern.entry_id) == (
        r"w-\d+", Category.SPAM, 0.9, "2",
    )  # fmt: skip


def test_a_word_of_roman_urdu_is_found_by_its_sound():
    entry = BlacklistEntry("1", "wadeera", Category.INSULT, 0.75, language="ur-Latn")
    assert names(build_blacklist([entry], frozenset()), "tu wadera hai yaar")[0] == {"1"}
    plain = BlacklistEntry("1", "wadeera", Category.INSULT, 0.75)
    assert names(build_blacklist([plain], frozenset()), "tu wadera hai yaar")[0] == set()


def test_a_regular_expression_that_cannot_run_leaves_the_next_in_place():
    entries = [
        BlacklistEntry("1", "(", Category.SPAM, 0.9, is_regex=True),
        BlacklistEntry("2", "a+b", Category.SPAM, 0.9, is_regex=True),
        BlacklistEntry("3", "gizmo", Category.SPAM, 0.9),
    ]
    assert names(build_blacklist(entries, frozenset()), "aab gizmo") == ({"3"}, {"2"})


def test_changed_entries_take_the_place_of_those_before():
    def entries(*words):
        shape = (Category.OTHER, 0.9)
        plain = [BlacklistEntry(word, word, *shape) for word in words]
        return plain + [BlacklistEntry(f"{w}+", f"{w}+", *shape, is_regex=True) for w in words]

    compiled = build_blacklist(entries("gizmo", "wodget"), frozenset())
    amended = amend_blacklist(
        compiled, changed_ids=["gizmo", "gizmo+"], entries=entries("gadjet"), innocent=frozenset()
    )
    text = "gizmo wodget gadjet"
    assert names(amended, text) == ({"wodget", "gadjet"}, {"wodget+", "gadjet+"})
    assert names(compiled, text) == ({"gizmo", "wodget"}, {"gizmo+", "wodget+"})
    again = amend_blacklist(amended, changed_ids=["wodget"], entries=[], innocent=frozenset())
    assert names(again, text) == ({"gizmo"}, {"gizmo+", "wodget+"})


# --- The bundled lists


def test_listed_words_keep_language_kind_and_category():
    entries = {entry.word: entry for entry in lexicon_entries.__wrapped__()}
    languages = {entry.language for entry in entries.values()}
    assert {"en", "es", "ur-Latn"} <= languages
    assert {entry.kind for entry in entries.values()} > {"word"}
    idiota = entries["idiota"]
    assert (idiota.language, idiota.category, idiota.score) == ("es", Category.HARASSMENT, 0.75)
    assert set(lexicon_entries()) == set(entries.values())


def test_innocent_words_stand_alone_and_phrases_do_not():
    words = innocent_words.__wrapped__()
    assert words == innocent_words()
    assert not [word for word in words if " " in word or "'" in word]
    assert innocent_phrases.__wrapped__()
    assert innocent_patterns.__wrapped__()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see: big dog ran", ["big dog ran"]),
        ("a big dog\nran", ["big dog", "big dog\nran"]),
        ("  big dog \n  big dog", ["big dog", "big dog \n  big dog"]),
        ("big dog\nbig dog\nran", ["big dog", "big dog\nbig dog\nran", "big dog"]),
        ("dog big", []),
    ],
)
def test_a_pattern_is_found_over_lines_and_in_each_of_them(text, found):
    expression = _expand("big dog(?: big dog)?(?: ran)?")
    patterns = PatternSet([Pattern(expression, "big dog", Category.THREAT, 0.9)])
    spans = sorted({(hit.start, hit.end) for hit in find_patterns(fold(text), patterns)})
    assert [text[start:end] for start, end in spans] == found


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("u are an idiot", True),
        ("eres un idiota", True),
        ("you idiot", True),
        ("he is an idiot", False),
        ("if you lie you are an idiot", False),
        ("you are an idiot proof", False),
        ("you are an idiot, bro", True),
        ("you are tall. She is an idiot", False),
    ],
)
def test_a_word_is_said_to_the_reader_or_not(text, is_said):
    start = text.index("idiot")
    end = start + len("idiota" if "idiota" in text else "idiot")
    match = Match(start, end, text[start:end], Category.INSULT, Source.LEXICON, 0.75, "idiot")
    assert is_said_to_reader(text, match) is is_said
