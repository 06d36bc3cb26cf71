"""Extortion, doxxing, grooming and threats without a listed word, and what only looks like them."""

import pytest

from tests.engine.judging import verdict_on

SAID = [
    "I have your webcam video, send bitcoin or everyone sees it",
    "pay me 500 dollars or I send your nudes to your parents",
    "I will tell your wife everything unless you pay",
    "si no me pagas publico tus fotos",
    "I've got your IP, I'm going to swat you",
    "send me a nude or we're over",
    "13 yr old girl looking for sex",
    "any girls under 15 wanna trade pics",
    "looking for girls under 16 to chat",
    "selling cp dm me",
    "nudes bhejo",
    "let's keep this a secret from your parents, send me a pic of you",
    "you won't live to see christmas",
    "I'm coming to your house with a bat",
    "one bullet is enough for you",
    "I know which school your kids go to",
    "I'll make sure you never walk again",
    "mujhe pata hai tum kahan rehte ho, dekh lunga",
    "get raped noobs",
    "ojalá se muera tu madre",
    "tujhe cancer ho jaye",
    "race war now",
    "14/88",
    "we must secure the existence of our people and a future for white children",
    "We should put all disabled people in a camp",
    "You have the IQ of a potato",
    "you are dumber than a bag of rocks",
    "what an absolute waste of space",
    "tienes menos cerebro que un mosquito",
    "someone should unalive her",
    "kill yo self",
    "go commit die",
    "sewerslide yourself",
    "just end ur life",
    "bhnchd",
]
HARMLESS = [
    "git commit die-roll feature",
    "the battery will end ur life time estimate",
    "I have your video, send me the link to the folder",
    "pay me 500 dollars or send it by bank transfer",
    "looking for girls aged 12 to 15 for our soccer team",
    "my 13 year old girl is looking for a guitar teacher",
    "selling CP2077 for PS4, dm me",
    "don't tell your mom about the surprise party",
    "I'm coming to your house with a cake",
    "we will find you a better seat",
    "which school do your kids go to?",
    "order #1488 shipped",
    "73 and 88 de W1AW",
    "the company's days of paper are numbered",
    "this race was now or never",
    "potatoes have no IQ",
    "remove kebab from the skewer",
    "I know where you live, can I pick you up at 8?",
    "Did you want to kill yourself when you were a teen?",
    "los mosquitos deberían morir todos",
]


@pytest.mark.parametrize("text", SAID)
def test_it_is_found(text):
    assert verdict_on(text).kind in {"flag", "block"}


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_it_is_allowed(text):
    assert verdict_on(text).kind == "allow"
