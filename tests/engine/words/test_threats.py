"""Threats, wishes and pushing to self-harm, by their grammar; German and French ones anywhere."""

import pytest

from tests.engine.judging import verdict_on

SAID = [
    "tod den juden",
    "Tod allen Muslimen",
    "vergast die Juden",
    "Ausländer gehören vergast",
    "Juden raus",
    "Ausländer raus!",
    "ich werde dich töten",
    "ich bring dich um",
    "Ich bring dich um, du Sau",
    "ich stech dich ab",
    "häng dich auf",
    "geh sterben",
    "mort aux juifs",
    "mort aux arabes",
    "Mort à tous les musulmans",
    "les juifs au four",
    "je vais te tuer",
    "on va te buter",
    "je vais te crever",
    "suicide-toi",
    "va te pendre",
    "cut your wrists",
    "go slit your wrists",
    "go drink some bleach",
    "please go jump in front of a train",
    "take your own life loser",
    "tírate de un puente",
    "bebe lejía",
    "zeher kha lo",
]
HARMLESS = [
    "Der Tod, den er starb, war leicht",
    "Tod den Zecken im Garten",
    "die Juden feiern heute Pessach",
    "ich bringe dich um acht Uhr hin",
    "ich bring dich um die Ecke",
    "Ich bring dich um Mitternacht heim",
    "häng dich rein",
    "hängt die Bilder auf",
    "Ausländer raus aus der Statistik zu rechnen ist falsch",
    "mort aux rats",
    "mort aux enchères",
    "il est mort aux États-Unis",
    "les juifs fêtent la Pâque",
    "je vais te tuer à FIFA",
    "on va te massacrer aux échecs",
    "il va te suivre",
    "don't cut your wrists on the glass",
    "I used to cut my wrists of bread dough",
    "cut your wrist strap shorter",
    "did you cut your wrists on the fence?",
    "we jump off a bridge into the river every summer",
    "if your friends jump off a bridge, would you?",
    "do us a favour and vote",
    "jump in front of the camera",
    "take your life seriously",
    "take all your pills with water",
    "tírate a la piscina",
    "bebe agua",
    "zeher kha liya us ne film mein",
]


@pytest.mark.parametrize("text", SAID)
def test_a_threat_reaches_a_person(text):
    assert verdict_on(text, score_request=None).kind.rank >= 2


@pytest.mark.parametrize("text", HARMLESS)
def test_its_neighbours_do_not(text):
    assert verdict_on(text, score_request=None).kind.rank <= 1
