"""Who tells of violence wishes nobody any: news and history beside the same words as a wish."""

import pytest

from tests.engine.judging import verdict_on

TOLD = [
    "Airstrikes kill 40 Palestinians in Gaza",
    "Russian missiles kill Ukrainians every day",
    "The bombs killed Jews and Poles alike",
    "Gunmen kill Muslims in Christchurch",
    "Gunmen killed 51 Muslims in Christchurch",
    "Terrorists kill Hindus in Pahalgam",
    "Masked gunmen shot Sikhs outside a temple",
    "BREAKING: Bombs kill Christians in Lahore church",
    "Israeli forces kill 12 Palestinians in raid",
    "Boko Haram kidnapped Christian schoolgirls",
    "The shooter murdered eleven Jews at a synagogue in Pittsburgh",
    "Nazis gassed Jews in Treblinka",
    "The Nazis murdered six million Jews",
    "police shoot black people more often than white people",
    "12 Afghans died in the earthquake",
    "Los nazis asesinaron a seis millones de judíos",
]
WISHED = [
    "I hope airstrikes kill all Palestinians",
    "The army should kill Muslims",
    "Let the missiles kill the Jews",
    "More gunmen should shoot Muslims",
    "We need bombs to kill the Muslims",
    "the Nazis should have killed more Jews",
    "they should have killed all the Armenians",
    "ojalá los misiles maten a los judíos",
    "bomb the Muslims",
    "kill Palestinians",
    "lets kill the Armenians",
    "murder all the Tutsis",
    "we should gas the Rohingya",
]
OF_THINGS_AND_ANIMALS = [
    "vacuum cleaners suck dust",
    "vampires suck blood",
    "don't be silly",
    "silly question: how do I reset it?",
    "Kutiya ne chhe pillay diye hain",
    "Hamari kutiya bimar hai",
]


@pytest.mark.parametrize("text", TOLD)
def test_telling_of_violence_is_allowed(text):
    assert verdict_on(text).kind == "allow"


@pytest.mark.parametrize("text", WISHED)
def test_wishing_it_is_not(text):
    assert verdict_on(text).kind in {"flag", "block"}


@pytest.mark.parametrize("text", OF_THINGS_AND_ANIMALS)
def test_words_of_things_and_animals_accuse_nobody(text):
    assert verdict_on(text).kind == "allow"
