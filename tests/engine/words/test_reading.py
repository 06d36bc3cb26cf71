"""How a token is read: in leetspeak, misspelt, spelled out, split or hidden in another."""

from types import SimpleNamespace

import pytest

from moderation.engine.matches import Category
from moderation.engine.text.views import views_of
from moderation.engine.words import wordlist as module
from moderation.engine.words.entries import Entry, Form
from moderation.engine.words.leetspeak import is_leetspeak_for, runs_of, skeleton
from moderation.engine.words.misspelled import Misspellings, misspellings_of
from moderation.engine.words.spelled_out import spelled_out_words
from moderation.engine.words.wordlist import Wordlist, is_piece, may_be_misspelled, may_be_split


def entry(word, score=0.75, **fields):
    return Entry(word, Category.OTHER, score, **fields)


# --- Leetspeak


@pytest.mark.parametrize(
    ("word", "written", "is_it"),
    [
        ("gizmo", "gizmo", True),
        ("gizmo", "g1zm0", True),
        ("gizmo", "9!2mo", True),
        ("gizmo", "giiizzmo", True),
        ("gizmo", "gzmo", False),
        ("gizmo", "gizmos", False),
        ("gizmo", "gizm", False),
        ("boss", "bos", False),
        ("boss", "b0$$", True),
        ("boss", "bosss", True),
        ("zalil", "zaliil", True),
        ("sis", "515", False),
        ("sass", "5a55", True),
        ("sas", "5a5", False),
        ("sas", "5a$", False),
        ("sass", "5a$5", True),
        ("ass", "a55", False),
        ("asss", "a555", False),
        ("assss", "a5555", True),
        ("as", "4$", False),
        ("ass", "4$$", False),
        ("ass", "@$$", False),
        ("asss", "@$$$", True),
        ("bass", "b4$5", True),
        ("lol", "1o1", False),
    ],
)
def test_signs_and_repeated_letters_stand_for_letters(word, written, is_it):
    assert is_leetspeak_for(word, written) is is_it


def test_words_are_compared_without_repetition():
    assert skeleton("b0$$") == skeleton("bosss") == "bos"
    assert runs_of("bosss") == (("b", 1), ("o", 1), ("s", 3))


# --- Misspellings


@pytest.mark.parametrize(
    ("word", "score", "slips"),
    [
        ("damn", 0.4, {"dman"}),
        ("damn", 0.9, {"dman", "danm", "dmn"}),
        ("gizmo", 0.4, {"gzimo", "gimzo", "gzmo", "gizm"}),
        ("mamona", 0.4, {"mmaona", "maomna", "mamnoa", "mamna", "mamon"}),
        ("otter", 0.4, {"otter", "otetr", "ottr"}),
    ],
)
def test_slips_are_swapped_neighbours_and_missing_vowels(word, score, slips):
    assert set(misspellings_of(word, score)) == slips


@pytest.fixture(scope="module")
def misspellings():
    words = {
        "gizmo": 0.75, "gadget": 0.75, "widget": 0.74, "fog": 0.9, "dust": 0.9, "mote": 0.4,
        "moot": 0.9, "dusty": 0.9, "b1ke": 0.9,
    }  # fmt: skip
    return Misspellings(words.items())


@pytest.mark.parametrize(
    ("token", "word"),
    [
        ("gzimo", "gizmo"),
        ("gzmo", "gizmo"),
        ("dsut", "dust"),
        ("mooot", None),
        ("motoe", None),
        ("gizmo", None),
        ("mygadgets", "gadget"),
        ("mywidgets", None),
        ("gizmoes", None),
        ("xxgizmoxx", "gizmo"),
        ("gizmo99", "gizmo"),
        ("9gizmo", "gizmo"),
        ("zzgizmo", "gizmo"),
        ("zgizmo", None),
        ("gizmoqz", "gizmo"),
        ("tcgizmotc", "gizmo"),
        ("tygizmoty", None),
        ("tgizmot", None),
        ("zgizmoz", "gizmo"),
        ("xxgizmo99", "gizmo"),
        ("gizmo99999", None),
        ("gizmo9999", "gizmo"),
        ("zzdustyzz", "dusty"),
        ("fogg", None),
        ("zzfogzz", None),
        ("mygadget" + "s" * 32, "gadget"),
        ("mygadget" + "s" * 33, None),
    ],
)
def test_a_token_is_read_as_the_word_that_is_meant(misspellings, token, word):
    assert misspellings.read(token) == word


def test_of_two_words_with_one_slip_the_stronger_is_meant():
    shared = {"coast": 0.9, "caost": 0.4}
    assert Misspellings(shared.items()).read("cast") == "coast"
    assert Misspellings({"coast": 0.4, "caost": 0.9}.items()).read("cast") == "caost"


def test_inside_a_token_the_longest_word_counts():
    assert Misspellings([("dust", 0.9), ("dustbin", 0.4)]).read("zzdustbinzz") == "dustbin"
    for gadget, widget, meant in ((0.8, 0.9, "widget"), (0.9, 0.8, "gadget")):
        words = Misspellings([("gadget", gadget), ("widget", widget)])
        assert {words.read("gadgetwidget"), words.read("widgetgadget")} == {meant}


# --- Spelled out


@pytest.mark.parametrize(
    ("letters", "found"),
    [
        ("gizmo", [(0, 5, "gizmo")]),
        ("xxgizmoxx", [(2, 7, "gizmo")]),
        ("dust", [(0, 4, "dust")]),
        ("adustk", [(1, 5, "dust")]),
        ("xdust", []),
        ("dustx", []),
        ("2dusti", [(1, 5, "dust")]),
        ("dusth", []),
        ("fog", [(0, 3, "fog")]),
        ("ufog", [(1, 4, "fog")]),
        ("kfog", []),
        ("fogu", []),
        ("weakly", [(0, 6, "weakly")]),
        ("xweakly", []),
        ("dustfog", [(0, 4, "dust"), (4, 7, "fog")]),
        ("fo", []),
        ("dustbin", [(0, 7, "dustbin")]),
        ("duxdust", []),
    ],
)
def test_a_run_of_letters_is_made_of_listed_words(letters, found):
    scores = {"gizmo": 0.6, "dust": 0.6, "dustbin": 0.9, "fog": 0.9, "weakly": 0.59}
    listed = {word: SimpleNamespace(word=word, score=score) for word, score in scores.items()}
    beginnings = {word[:3] for word in listed}
    spans = spelled_out_words(letters, listed, beginnings)
    assert [(start, end, one.word) for start, end, one in spans] == found


# --- Lists


def found(words, text):
    """Return what a list finds in a text: the text found, the word and its form."""
    hits = words.find(views_of(text))
    return {(view.text[h.start : h.end], h.entry.word, h.form.name) for view, h in hits}


def test_a_list_of_signs_and_scripts_finds_them_whole():
    words = Wordlist([entry("c++"), entry("笨蛋"), entry("a-b c"), entry("blue gizmo")])
    assert found(words, "in c++ 你是个笨蛋吧") == {
        ("c++", "c++", "WRITTEN"),
        ("笨蛋", "笨蛋", "WRITTEN"),
    }
    assert found(words, "abc++ or c++d") == {("c++", "c++", "WRITTEN")}
    assert found(words, "xa-b c or a-b cx") == set()
    assert found(words, "blue, gizmo") == {("blue, gizmo", "blue gizmo", "WRITTEN")}
    assert found(Wordlist([]), "blue gizmo") == set()
    assert not Wordlist([])
    assert Wordlist([entry("c++")])


@pytest.mark.parametrize(
    ("text", "span", "is_one"),
    [
        ("ab", (0, 2), True),
        ("xab", (1, 3), False),
        ("abx", (0, 2), False),
        ("xabx", (1, 3), False),
        (" ab ", (1, 3), True),
        ("x+b", (1, 3), True),
        ("a+x", (0, 2), True),
    ],
)
def test_a_sign_or_word_is_whole_where_no_word_goes_on(text, span, is_one):
    assert module._is_whole(text, *span) is is_one


def test_of_equal_words_the_stronger_counts_and_accents_make_two():
    words = Wordlist([entry("gizmo", 0.4), entry("gizmo", 0.9), entry("gizmo", 0.5)])
    assert words.look_up("gizmo").score == 0.9
    accents = Wordlist([entry("schon", 0.9), entry("schön", 0.3)])
    for written, score in (("schon", 0.9), ("schön", 0.3)):
        hits = [hit.entry for _, hit in accents.find(views_of(f"das ist {written}"))]
        assert [(one.word, one.score) for one in hits] == [(written, score)]


@pytest.mark.parametrize(
    ("token", "word", "form"),
    [
        ("gizmo", "gizmo", Form.WRITTEN),
        ("g1zm0", "gizmo", Form.DISGUISED),
        ("gizmo2026", "gizmo", Form.DISGUISED),
        ("gizmo20267", None, None),
        ("fog1", "fog", Form.DISGUISED),
        ("literal", "literal", Form.WRITTEN),
        ("mystemmed", "stem", Form.DISGUISED),
        ("gizmoid", None, None),
        ("gismo", None, None),
    ],
)
def test_a_token_is_read_as_listed_or_disguised(token, word, form):
    words = Wordlist(
        [
            entry("gizmo"),
            entry("fog"),
            entry("literal", kind="literal"),
            entry("stem", kind="stem"),
        ],
        frozenset({"gismo"}),
    )
    for _ in range(2):
        reading = words.read(token)
        assert (reading and reading[0].word, reading and reading[1]) == (word, form)


def test_a_slip_is_a_little_less_certain():
    words = Wordlist([entry("gizmo", 0.9)], with_misspellings=True)
    assert (words.look_up("gzimo").word, words.look_up("gzimo").score) == ("gizmo", 0.8)
    assert Wordlist([entry("gizmo", 0.9)]).look_up("gzimo") is None
    exact = Wordlist([entry("gizmo", 0.9, kind="exact")], with_misspellings=True)
    assert exact.look_up("gzimo") is None


def test_the_strongest_stem_in_a_token_counts():
    words = Wordlist([entry("gizm", 0.4, kind="stem"), entry("dust", 0.9, kind="part")])
    assert words.look_up("gizmodustx").word == "dust"


def test_each_token_is_read_once_until_too_many_are_known(monkeypatch):
    words, asked = Wordlist([entry("gizmo")]), []
    read = words._read
    monkeypatch.setattr(words, "_read", lambda token: asked.append(token) or read(token))
    monkeypatch.setattr(module, "CACHED_TOKENS", 3)
    for token in ("gizmo", "other", "gizmo", "other"):
        words.read(token)
    assert asked == ["gizmo", "other"]
    for token in ("third", "fourth", "gizmo", "other"):
        words.read(token)
    assert asked == ["gizmo", "other", "third", "fourth", "gizmo", "other"]


@pytest.mark.parametrize(
    ("token", "is_one"),
    [("tch", True), ("f", True), ("ggot", True), ("a", False), ("hub", False), ("tchs", True)],
)
def test_a_piece_is_no_word_that_anybody_writes(token, is_one):
    assert is_piece(token) is is_one


@pytest.mark.parametrize(
    ("one", "misspelled", "split"),
    [
        (entry("gizmo", 0.6), True, True),
        (entry("gizmo", 0.59), True, False),
        (entry("fog", 0.9), True, False),
        (entry("fogg", 0.9), True, True),
        (entry("gizmo", kind="exact"), False, False),
        (entry("gizmo", kind="literal"), False, False),
        (entry("gizmo", entry_id="1"), True, False),
        (entry("señor"), False, True),
        (entry("b1ke"), False, True),
    ],
)
def test_which_words_may_be_misspelt_or_split(one, misspelled, split):
    assert (may_be_misspelled(one.word, one), may_be_split(one)) == (misspelled, split)


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("a giz mo", set()),
        ("a gizm o", {("gizm o", "gizmo", "DISGUISED")}),
        ("you giz mo", {("giz mo", "gizmo", "DISGUISED")}),
        ("gizm  o", set()),
        ("gizm-o", set()),
        ("'gizm o", set()),
    ],
)
def test_a_blank_may_split_a_word(text, hits):
    found_ = found(Wordlist([entry("gizmo")]), text)
    assert {hit for hit in found_ if " " in hit[0]} == hits
