"""Roman Urdu in its many spellings, and lines that mix languages."""

import pytest

from tests.engine.judging import found_in, verdict_on

SPELLINGS = [
    ("bewakoof", "bewaqoof", "bevakoof", "bewakuf", "bewqoof", "bewaquf"),
    ("kamina", "kameena", "kaminay", "kameene", "kamine"),
    ("chutiya", "chootia", "chutya", "chootiya", "chutiyaa"),
    ("harami", "haraami", "hrami"),
    ("haramzada", "haraamzada", "haramzaday", "haramzadeh"),
    ("kutte", "kuttay", "kuttey", "kuttee"),
    ("pagal", "pagaaal", "pgl", "paagal", "pagel"),
    ("zaleel", "zalil", "zaliil"),
    ("jahil", "jaahil", "jahel", "jaahel"),
    ("bhenchod", "behenchod", "bhainchod", "bhen chod", "behnchod"),
    ("madarchod", "maadarchod", "madar chod", "maderchod"),
    ("gandu", "gaandu", "gandoo", "gaandoo"),
    ("randi", "raandi", "randee", "rundi"),
    ("kanjar", "kanjer", "kunjar"),
    ("laanti", "lanti", "laantee"),
    ("ullu ka patha", "ullu ka pattha", "ulu ka patha", "ullu ke pathay"),
    ("bharwa", "bharwe", "bhadwa", "bharway"),
    ("tharki", "tharkee", "thrki"),
    ("beghairat", "baighairat", "begairat", "bayghairat"),
    ("khanzeer", "khinzeer", "khinzir"),
    ("tujhe maar doon ga", "tujhe maar dunga", "tujhe mar dunga", "tujhe maar doonga"),
]
ONE_BY_ONE = [(word, spelling) for word, *others in SPELLINGS for spelling in (word, *others)]
MIXED = [
    ("bro tu bilkul bewakoof hai, stop it", "bewakoof"),
    ("you are such a kamina yaar", "kamina"),
    ("hola amigo, you are an idiot", "idiot"),
    ("ye player totally moron hai", "moron"),
    ("eres un idiota, samajh aayi?", "idiota"),
    ("shut up yaar, kutte ki aulad", "kutte"),
    ("callate, you piece of shit", "piece of shit"),
    ("main tumhe maar dunga, I swear", "maar dunga"),
    ("te voy a matar bro, no joke", "te voy a matar"),
    ("gg noob, chutiya kahin ka, vete a casa", "chutiya"),
    ("lol pendejo, kya bakwas hai ye", "pendejo"),
    ("bhai ye b3wak00f log, same as always", "bewak"),
]
CLEAN_MIXED = [
    "bhai kya scene hai, let's go to the mall",
    "hola yaar, kab aa rahe ho to the party",
    "gracias bro, mera kaam ho gaya",
    "ok chalo see you kal subah, no problem amigo",
]


@pytest.mark.parametrize(("word", "spelling"), ONE_BY_ONE)
def test_each_spelling_is_judged_as_the_first(word, spelling):
    first = verdict_on(f"tu {word} hai", score_request=None)
    verdict = verdict_on(f"tu {spelling} hai", score_request=None)
    assert verdict.kind.rank >= 2
    assert verdict.reasons[0] == first.reasons[0]


@pytest.mark.parametrize(("text", "word"), MIXED)
def test_no_language_hides_the_words_of_another(text, word):
    found = found_in(text)
    assert any(word in hit for hit in found.detected_words)
    assert verdict_on(text).kind.rank >= 1


@pytest.mark.parametrize("text", CLEAN_MIXED)
def test_clean_lines_that_mix_languages_are_allowed(text):
    assert verdict_on(text).kind == "allow"


@pytest.mark.parametrize(
    "text",
    [r"f\/ck you", r"c|_|nt", "f(_)ck you", r"/\sshole", r"|<ill yourself", r"|\|igger",
     r"f/\g", r"f\/cking idiot", "b|tch", r"w|-|ore"],
)  # fmt: skip
def test_a_drawn_letter_is_read(text):
    assert verdict_on(text, score_request=None).kind.rank >= 2


@pytest.mark.parametrize(
    "text",
    [r"and\/or", r"http:\/\/example.com", r"path\/to\/file", r"24\/7", r"¯\_(ツ)_/¯",
     "| a | b |", "x||y", "w/o you", r"s/a\/b/c/", r"/\/\ mountains", r"C:\/Users\/kunt",
     "|-|-|", r"\frac{a}{b}", "call f(_) first"],
)  # fmt: skip
def test_strokes_that_draw_no_letter_are_none(text):
    assert verdict_on(text, score_request=None).kind == "allow"


@pytest.mark.parametrize(
    "text",
    ["you as shole", "you id iot!", "you are such an id iot", "you stu pid idiot", "you cu nt",
     "you wan ker", "you bas tard", "eres un idi ota", "you are an as shole."],
)  # fmt: skip
def test_an_insult_of_two_words_is_read_where_the_reader_is_called_it(text):
    assert verdict_on(text, score_request=None).kind.rank >= 2


@pytest.mark.parametrize(
    "text",
    ["use the device id iot hub", "as shown", "the id IoT gave me", "the rapist",
     "who re-elected him", "the pen is broken", "as she wrote", "you id iot hub devices by serial",
     "he has an id", "id iot hub connection string", "you are as slow as me"],
)  # fmt: skip
def test_two_words_are_two_words(text):
    assert verdict_on(text, score_request=None).kind == "allow"
