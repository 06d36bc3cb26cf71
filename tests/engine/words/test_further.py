"""The lists of further languages: off unless the policy names them, and fair to plain texts."""

import json
from pathlib import Path

import pytest

from moderation.engine.classify import classify
from moderation.engine.custom_rules.ruleset import build_ruleset
from moderation.engine.data import rows
from moderation.engine.verdict.decide import decide
from moderation.engine.verdict.policy import Policy
from moderation.engine.words.further import INNOCENT_FILE, WORDS_FILE, further_languages
from tests.engine.judging import verdict_on as judged

SENTENCES = json.loads(
    (Path(__file__).parents[2] / "data" / "plain_sentences.json").read_text(encoding="utf-8")
)
LANGUAGES = ["de", "fr", "it", "pt"]
ALL = ("en", "es", "ur-Latn", *LANGUAGES)
LICENCES = {"CC0-1.0"}
#: What each list must find, and the verdict.
FOUND = {
    "de": [("So ein Mist, verdammt", "warn"), ("Du bist ein Vollidiot", "flag"),
           ("Halt die Fresse, du Hurensohn", "block"), ("ich bring dich um", "block"),
           ("Scheiß Ausländer", "block"), ("Geh sterben", "block"),
           ("Du A r s c h l o c h", "flag"), ("4rschl0ch", "flag"), ("Ich will sterben", "flag")],
    "fr": [("quelle merde", "warn"), ("espèce d'imbécile", "flag"), ("Nique ta mère", "block"),
           ("va te faire foutre", "block"), ("je vais te tuer", "block"), ("sale arabe", "block"),
           ("suicide-toi", "block"), ("c o n n a r d", "flag"), ("connard", "flag"),
           ("Je veux mourir", "flag")],
    "it": [("che cazzo succede", "warn"), ("sei un cretino", "flag"), ("Vaffanculo", "block"),
           ("ti ammazzo", "block"), ("sporco ebreo", "block"), ("suicidati", "block"),
           ("str0nzo", "flag"), ("testa di cazzo", "block"), ("Voglio morire", "flag")],
    "pt": [("que merda", "warn"), ("seu otário", "flag"), ("vai tomar no cu", "block"),
           ("vou te matar", "block"), ("preto de merda", "block"), ("se mata", "block"),
           ("1mbec1l", "flag"), ("filho da puta", "block"), ("Quero morrer", "flag")],
}  # fmt: skip
#: Ordinary texts with words that look like listed ones.
INNOCENT = {
    "de": ["Der Assessor liest im Dickicht.", "Der Witz ist zum Totlachen.",
           "Muscheln mit Zwiebeln", "Die Anleitung ist idiotensicher.", "die Mongolei im Winter",
           "Er arbeitet schlampig.", "ein Seidenspinner an der Wand"],
    "fr": ["Nous habitons au fond d'un cul-de-sac.", "Je suis mort de rire.",
           "un pneu crevé sur l'autoroute", "une salopette bleue",
           "Il va mourir de froid, ce chat.", "un filet de morue au four", "l'empire mongol",
           "con te partirò"],
    "it": ["insalata di finocchi e arance", "il cavallo di Troia", "una sega elettrica",
           "Sto morendo di fame", "Muoio dal ridere", "scopare il pavimento", "una crepa nel muro",
           "burro e marmellata", "Ti vengo a prendere alle otto."],
    "pt": ["O computador tem boa reputação.", "picanha na brasa", "um bicho de estimação",
           "Ele está morrendo de fome", "peito de frango grelhado", "a fila do banco",
           "O telemóvel vai morrer.", "uma piranha no rio", "cuba libre"],
}  # fmt: skip


def verdict_on(text, *languages):
    ruleset = build_ruleset(languages=("en", "es", "ur-Latn", *languages))
    return str(decide(classify(text, ruleset), Policy()).kind)


def test_every_list_is_there_with_its_licence_and_its_tiers():
    assert sorted(further_languages()) == LANGUAGES
    scores = {(language, score) for _, score, _, language, *_ in rows(WORDS_FILE)}
    assert {score for _, score in scores} == {"0.4", "0.6", "0.75", "0.9"}
    assert all((language, "0.9") in scores for language in LANGUAGES)
    assert {row[-1] for row in rows(WORDS_FILE)} == LICENCES
    assert {row[1] for row in rows(INNOCENT_FILE)} == {*LANGUAGES}


def test_a_word_is_listed_once_in_a_language():
    words = [(word, language) for word, _, _, language, *_ in rows(WORDS_FILE)]
    assert len(words) == len(set(words)) > 800


CASES = [(language, *case) for language, cases in FOUND.items() for case in cases]


@pytest.mark.parametrize(("language", "text", "expected"), CASES)
def test_a_list_finds_its_words_where_the_policy_names_it(language, text, expected):
    assert verdict_on(text, language) == expected


def test_a_region_makes_no_difference():
    assert verdict_on("vai tomar no cu", "pt-BR") == "block"


@pytest.mark.parametrize("text", ["Du Wichser", "connard", "Vaffanculo", "seu otário"])
def test_without_its_name_a_list_is_off(text):
    assert verdict_on(text) == "allow"


@pytest.mark.parametrize("language", LANGUAGES)
def test_innocent_texts_are_allowed_with_all_lists(language):
    texts = [*INNOCENT[language], *SENTENCES[language]]
    assert [text for text in texts if verdict_on(text, *LANGUAGES) != "allow"] == []


@pytest.mark.parametrize("language", SENTENCES)
def test_sentences_of_other_languages_are_allowed_with_all_lists(language):
    held = [text for text in SENTENCES[language] if verdict_on(text, *LANGUAGES) != "allow"]
    assert held == []


@pytest.mark.parametrize("text", ["Con mucho gusto", "the dog will bite", "un fiume negro", "Mané"])
def test_a_list_leaves_the_words_of_others_alone(text):
    assert verdict_on(text, *LANGUAGES) == "allow"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Missgeburt", "block"), ("de", "Spast", "flag"), ("fr", "enculé", "block"),
        ("fr", "sale pute", "block"), ("it", "sei proprio una troia", "flag"),
        ("it", "puttana", "flag"), ("pt", "você é um otário", "flag"), ("pt", "fdp", "block"),
        ("de", "Das ist doch scheiße", "warn"), ("pt", "merda, perdi o ônibus", "warn"),
    ],
)  # fmt: skip
def test_the_bundled_model_lowers_no_word_that_it_has_not_learned(language, text, expected):
    ruleset = build_ruleset(languages=(*Policy().languages, language))
    assert judged(text, ruleset=ruleset).kind == expected
