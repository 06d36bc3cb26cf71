"""Ordinary words, names and places of any language are never read as disguises."""

import json
from pathlib import Path

import pytest

from moderation.engine.text.homographs import homographs
from moderation.engine.text.ordinary import is_ordinary
from tests.engine.judging import found_in, verdict_on, words_in

SAMPLE = json.loads(
    (Path(__file__).parents[2] / "data" / "common_words.json").read_text(encoding="utf-8")
)
#: Insults that other languages borrowed or share, which are found in any text.
INSULTS = frozenset(
    {"fuck", "fucking", "idiot", "idiota", "idiots", "idioot", "porno", "porn", "puta", "dick"}
    | {"ngga", "khinzir", "loser", "shit", "bitch"}
)
#: Words that are listed in one language and innocent in another: without context they flag.
HOMOGRAPHS = frozenset(homographs())

#: Tried for every change; CI tries all.
OFTEN = {"ar", "de", "fr", "hi", "pt", "ru"}


@pytest.mark.parametrize(
    "language",
    [
        language if language in OFTEN else pytest.param(language, marks=pytest.mark.slow)
        for language in SAMPLE["words"]
    ],
)
def test_no_common_word_is_blocked_and_hardly_any_flagged(language):
    words = SAMPLE["words"][language].split()
    kinds = {word: verdict_on(word, score_request=None).kind.rank for word in words}
    flagged = {word for word, rank in kinds.items() if rank >= 2} - INSULTS
    assert flagged <= HOMOGRAPHS
    # 0.1 % of the 5,000 commonest.
    assert len(flagged) <= 5
    assert not [word for word, rank in kinds.items() if rank == 3 and word not in INSULTS]


@pytest.mark.parametrize(
    "sentence", ["My name is {}.", "{} lives next door", "we drove to {} today"]
)
def test_names_and_towns_are_allowed_in_plain_sentences(sentence):
    texts = [sentence.format(name) for name in SAMPLE["names"]]
    assert [text for text in texts if verdict_on(text, score_request=None).kind != "allow"] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Vengo dalla stazione", []),
        ("tu dalla hai", ["dalla"]),
        ("Det är slut på mjölken", []),
        ("she is such a slut", ["slut"]),
        ("Il est trop tard pour ça", []),
    ],
)
def test_a_word_of_two_languages_is_read_in_the_language_of_the_text(text, words):
    assert words_in(text) == words


def test_a_word_of_two_languages_flags_alone_and_blocks_in_its_own():
    assert verdict_on("slut", score_request=None).kind == "flag"
    assert verdict_on("you are a slut", score_request=None).kind == "block"


def test_a_sound_alike_needs_roman_urdu_around_it():
    assert words_in("tu bilkul bevakuuf hai")
    assert not words_in("the bevakuuf door")


@pytest.mark.parametrize("word", ["stazione", "können", "मिलते", "работа", "marija", "lisboa"])
def test_the_set_has_words_names_and_places(word):
    assert is_ordinary(word)


@pytest.mark.parametrize("word", ["b1tch", "fuckk", "idi0t", "shiiit", "qwzxv"])
def test_the_set_has_no_disguises(word):
    assert not is_ordinary(word)


def test_a_listed_word_is_found_though_it_is_ordinary_elsewhere():
    assert [match.word for match in found_in("you idiot").matches] == ["idiot"]


@pytest.mark.parametrize(
    "text",
    [
        "slut på kön",
        "slut på dagen",
        "snart slut på ölen",
        "Slut för i dag",
        "tack och slut",
        "mit fag er matematik",
        "engelsk er mit fag",
        "à plus tard",
        "le train a du retard",
        "cum ești azi",
        "sehr hell hier",
    ],
)
def test_a_short_sentence_shows_its_language_by_words_and_letters(text):
    assert words_in(text) == []


@pytest.mark.parametrize(
    "text",
    ["such a slut", "slut go home", "she's a slut", "yöu slut", "Åsa is a slut", "slut for me",
     "fag go die", "dirty fag boy", "what a retard", "dïrty slut", "you slut på"],
)  # fmt: skip
def test_no_letter_of_another_language_excuses_a_word_in_its_own(text):
    assert words_in(text)
    assert verdict_on(text).kind != "allow"


@pytest.mark.parametrize(
    "text",
    [
        "Kike plays football",
        "Kike scored twice",
        "my friend Kike is here",
        "Kike es mi primo",
        "Thanks Kike!",
        "Dick is my uncle",
        "Randi called me",
        "Kike will come tomorrow",
        "I saw Kike yesterday",
        "Kike juega al fútbol",
        "Say hi to Kike",
        "Kike and Maria got married",
        "Uncle Dick sent a card",
        "Ask Randi about it",
    ],
)
def test_a_first_name_in_a_plain_sentence_is_one(text):
    assert words_in(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dick Johnson", []),
        ("so Dick Miller came by", []),
        ("Moby Dick", []),
        ("J. Dick", ["dick"]),
        ("dick Johnson", ["dick"]),
        ("Dick johnson", ["dick"]),
        ("Mr Johnson, Dick", ["dick"]),
        ("Dick Idiot", ["dick", "idiot"]),
        ("Dick Xqzzv", ["dick"]),
    ],
)
def test_a_name_beside_a_name_is_one(text, words):
    assert words_in(text) == words


@pytest.mark.parametrize(
    "text",
    ["you kike", "kike plays football", "Kike scum", "kill the Kike", "Fucking Kike",
     "a Kike moved in", "you Dick", "suck my Dick", "Randi hai tu", "the Kike plays dumb",
     "hey Kike go die", "KIKE PLAYS"],
)  # fmt: skip
def test_a_slur_in_the_place_of_a_name_is_one(text):
    assert words_in(text)
    assert verdict_on(text, score_request=None).kind != "allow"


@pytest.mark.parametrize(
    ("harmless", "coarse"),
    [
        ("gypsy moth trap", "gypsy skirt whore"),
        ("my gypsy jazz guitar lesson", "gypsy punk bitch"),
        ("a new hoe for the vegetable garden", "you dirty hoe"),
        ("I bought a hoe and a rake", None),
        ("sharpen the hoe for weeding", None),
        ("The bastard son of Charles II", "you bastard son of a whore"),
        ("a bastard son of Henry I", "bastard son of whore i hate you"),
        ("Jon Snow is a bastard of Winterfell", "they are bastards of the house next door"),
        ("Il-ktieb huwa fuq il-mejda", "fuq you"),
        ("il-ktieb fuq ix-xkaffa", "fuq it bro"),
        ("nimxi fuq l-art", "fuq in hell"),
    ],
)
def test_what_stands_beside_a_word_shows_its_ordinary_meaning(harmless, coarse):
    assert verdict_on(harmless).kind == "allow"
    # Whether it only warns, as an exclamation ("fuq it bro"), is the model's business.
    assert coarse is None or verdict_on(coarse).kind.rank >= 1
