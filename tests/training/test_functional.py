"""The grammars: what they write, and that the two sides of a pair keep their labels."""

import random
from collections import Counter

import pytest

from training.functional import LANGUAGES, filled, grammar_of, sentences


@pytest.fixture(scope="module")
def written():
    return list(sentences(seed=1))


def test_the_same_seed_writes_the_same_sentences(written):
    assert [one.text for one in sentences(seed=1)] == [one.text for one in written]
    assert [one.text for one in sentences(seed=2)] != [one.text for one in written]


def test_every_template_of_every_language_is_used(written):
    used = {one.template for one in written}
    for language in LANGUAGES:
        templates = set(grammar_of(language).templates)
        # A template whose few sentences another wrote before it may have none left.
        assert len(templates - used) <= 0.02 * len(templates)
        labels = Counter(one.template.label for one in written if one.template.language == language)
        assert min(labels.values()) > 400


def test_nothing_of_the_grammar_itself_is_left_in_a_sentence(written):
    marks = set("{}|[]()")
    assert not [one.text for one in written if marks & set(one.text)]


def test_no_sentence_is_both_harmless_and_not(written):
    labels = {}
    for one in written:
        labels.setdefault((one.template.language, one.text.lower()), set()).add(one.template.label)
    assert {len(found) for found in labels.values()} == {1}


def test_a_bracket_chooses_and_a_slot_is_filled():
    slots = {"thing": ["car"]}
    found = {filled("(a|the) {thing}( (now|here)|)", slots, random.Random(at)) for at in range(60)}
    assert found == {f"{one} car{end}" for one in ("a", "the") for end in ("", " now", " here")}
