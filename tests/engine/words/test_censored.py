"""Masks of listed words, letter by letter: what they may hide, and what they may not."""

from types import SimpleNamespace

import pytest

from moderation.engine.text.fold import fold
from moderation.engine.words.asterisk_context import AsteriskContext
from moderation.engine.words.censored import CensoredWords, is_mask_of, is_piece

USUAL, INNOCENT = {"w****": "widget"}, {"gr**d"}


@pytest.fixture(scope="module")
def censored():
    words = CensoredWords(USUAL, INNOCENT)
    for word in ("gizmo", "geese", "grond", "wodget", "grid", "fog", "a1bc", "señor"):
        words.add(word)
    return words


@pytest.mark.parametrize(
    ("mask", "word"),
    [
        ("g*zmo", "gizmo"),
        ("gizm*", "gizmo"),
        ("g**se", None),
        ("g**s*", "geese"),
        ("g*z*o", None),
        ("gi**o", None),
        ("g*zno", None),
        ("g*zm", None),
        ("gr*d", "grid"),
        ("w****", "widget"),
        ("w*dg*t", "wodget"),
        ("gr**d", None),
        ("f*g", None),
        ("a*bc", None),
        ("se*or", None),
    ],
)
def test_a_mask_is_read_as_the_word_behind_it(censored, mask, word):
    assert censored.read(mask) == word


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a g*zmo here", [(2, 7, "gizmo")]),
        ("g#zmo", [(0, 5, "gizmo")]),
        ("g*zmo and gizm*", [(0, 5, "gizmo"), (10, 15, "gizmo")]),
        ("ag*zmo g*zmos", []),
        ("w**** gr**d", [(0, 5, "widget")]),
        ("g**s*", [(0, 5, "geese")]),
        ("nothing", []),
    ],
)
def test_masked_words_are_found_where_they_stand(censored, text, found):
    assert sorted(set(censored.find(text))) == found


def test_masks_that_common_words_share_are_innocent_wherever_they_stand(censored):
    assert censored.innocent_in("a gr**d day") == set(range(2, 7))
    assert censored.innocent_in("a gr*nd day") == censored.innocent_in("gr**d*a") == set()


def test_without_usual_masks_none_is_usual():
    assert CensoredWords().read("w****") is None


def test_the_first_of_words_that_look_alike_is_read():
    words = CensoredWords()
    for word in ("bad", "bald", "bold", "bulk"):
        words.add(word)
    assert [words.read(mask) for mask in ("b*ld", "bo*d", "b*lk", "bul*")] == [
        "bald", "bold", "bulk", "bulk",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "mask", "is_one"),
    [
        ("gizmo", "g*zmo", True),
        ("gizmo", "giz*o", True),
        ("gizmo", "gi**o", False),
        ("gadget", "ga**et", True),
        ("gadget", "g**get", True),
        ("gadget", "ga*g*t", False),
        ("gadget", "g*dg*t", True),
        ("gadget", "gadget", False),
        ("gidget", "g*d**t", False),
        ("apollo", "*poll*", True),
        ("goose", "g**se", False),
        ("goose", "g**s*", True),
        ("ogre", "*gr*", False),
        ("ogre", "ogr*", True),
        ("gizmo", "g*zma", False),
    ],
)
def test_what_a_mask_may_hide(word, mask, is_one):
    assert is_mask_of(word, mask) is is_one


@pytest.mark.parametrize(
    ("text", "span", "is_one"),
    [
        ("con*act me", (0, 3), True),
        ("con* me", (0, 3), False),
        ("con*", (0, 3), False),
        ("con*act", (4, 7), True),
        ("*act", (1, 4), False),
        (" *act", (2, 5), False),
        ("con act", (4, 7), False),
        (" c*act", (3, 6), True),
        ("c1*act", (3, 6), False),
        ("c" + "*" * 11 + "act", (12, 15), True),
    ],
)
def test_what_is_a_piece_between_censored_letters(text, span, is_one):
    assert is_piece(text, *span) is is_one


@pytest.mark.parametrize(
    ("text", "span", "word", "score", "is_allowed"),
    [
        ("gizmo", (0, 5), "gizmo", 0.9, True),
        ("gizmo*", (0, 5), "gizmo", 0.4, True),
        ("g1zmo*", (0, 5), "gizmo", 0.4, True),
        ("gizm*", (0, 4), "gizmo", 0.9, False),
        ("gizm *", (0, 4), "gizmo", 0.9, True),
        ("*gizm", (1, 5), "gizmo", 0.9, True),
        ("gizmos*", (0, 6), "gizmo", 0.4, True),
        ("a g*zmo*", (2, 7), "gizmo", 0.9, False),
        ("gizmo**", (0, 6), "gizmo", 0.9, True),
        ("*g1zmo", (0, 6), "gizmo", 0.9, False),
        ("gizmo*boy", (0, 5), "gizmo", 0.7, True),
        ("gizmo*boy", (0, 5), "gizmo", 0.69, False),
        ("fogs*boy", (0, 4), "fogs", 0.7, True),
        ("fog*boy", (0, 3), "fog", 0.9, False),
        ("g1zmo*boy", (0, 5), "gizmo", 0.9, False),
        ("gr**d gizmo", (0, 5), "gizmo", 0.9, False),
        ("gr**d gizmo", (6, 11), "gizmo", 0.9, True),
    ],
)
def test_beside_asterisks_the_visible_rest_must_be_the_word(text, span, word, score, is_allowed):
    view = fold(text)
    hit = SimpleNamespace(start=span[0], end=span[1], entry=SimpleNamespace(word=word, score=score))
    context = AsteriskContext(view, CensoredWords(innocent=INNOCENT))
    assert context.allow(view, hit) is is_allowed


def test_asterisks_are_looked_for_where_the_original_has_them():
    view = fold("\u200bgizm*")
    hit = SimpleNamespace(start=0, end=5, entry=SimpleNamespace(word="gizmo", score=0.9))
    assert not AsteriskContext(view, CensoredWords()).allow(view, hit)
