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
    "Life is a bitch",
    "karma's a bitch",
    "Frustration can be a bitch !",
    "Mondays can be a real bitch",
    "this exam was a bitch",
    "payback is such a bitch",
    "the traffic is a bitch today",
    "that bolt is a bitch to remove",
    "it's a bitch to clean",
    "this sweater is a bastard to wash",
]
SET_PHRASES = [
    "Son of a bitch, I dropped my keys",
    "resting bitch face",
    "stop bitching about the weather",
    "bitch please, I woke up like this",
    "He's a lucky bastard",
    "who gives a fuck",
    "hostia puta qué susto",
]
OF_SOMEBODY = [
    "Stupid printer, you are an idiot",
    "you stupid printer thief",
    "stupid computer nerd",
    "she is a stupid machine",
    "kill that stupid machine operator",
    "the bitch next door broke my printer",
    "our server was a bitch",
    "you son of a bitch",
    "son of a bitch, I will find you",
    "you bitch please die",
    "who gives a fuck about you bitch",
    "eres una hija de la gran puta",
    "she's a bitch to clean up after",
    "my computer teacher is a bitch",
    "he is a bitch to everyone",
    "that is a bitch",
    "life with her is a joke, she is a bitch",
    "you are such a bitch to move my things",
    "dumb bitch broke my phone",
    "bitch update your app",
    "Stupid women cannot drive a car",
    "stupid immigrants and their cars",
    "eres una mierda de persona",
]


@pytest.mark.parametrize("text", OF_THINGS)
def test_a_thing_is_scolded_with_a_warning(text):
    assert verdict_on(text).kind == "warn"


@pytest.mark.parametrize("text", SET_PHRASES)
def test_a_set_phrase_calls_nobody_anything(text):
    assert verdict_on(text).kind == "warn"


@pytest.mark.parametrize("text", OF_SOMEBODY)
def test_somebody_is_not(text):
    assert verdict_on(text).kind.rank >= 2
