"""A coarse word about a thing warns; about somebody it is judged as ever."""

import pytest

from tests.engine.judging import verdict_on

OF_THINGS = [
    "Stupid printer jammed again",
    "This stupid printer never works",
    "the idiotic update deleted my files",
    "Why is this dumb elevator always broken",
    "I hate this stupid homework",
    "that moronic parking meter ate my coins",
    "bloody stupid umbrella broke",
    "the stupid login form rejects my password",
    "crappy router dropped the connection again",
    "this bitch of a printer ate the paper",
    "that bastard door hit my knee again",
    "your shitty phone camera",
    "esta estúpida impresora no funciona",
    "maldita impresora de mierda",
    "A puta da máquina",
]
OF_SOMEBODY = [
    "Stupid printer, you are an idiot",
    "you stupid printer thief",
    "stupid computer nerd",
    "she is a stupid machine",
    "kill that stupid machine operator",
    "the bitch next door broke my printer",
    "dumb bitch broke my phone",
    "bitch update your app",
    "Stupid women cannot drive a car",
    "stupid immigrants and their cars",
    "eres una mierda de persona",
]


@pytest.mark.parametrize("text", OF_THINGS)
def test_a_thing_is_scolded_with_a_warning(text):
    assert verdict_on(text).kind == "warn"


@pytest.mark.parametrize("text", OF_SOMEBODY)
def test_somebody_is_not(text):
    assert verdict_on(text).kind.rank >= 2
