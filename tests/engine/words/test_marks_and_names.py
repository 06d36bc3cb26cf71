"""Signs, colours and braces inside words, words glued into names, and what only looks like them."""

import pytest

from tests.engine.judging import verdict_on

SAID = [
    "f{u}ck you",
    "sh{i}t, you are a b{i}tch",
    "f|u|ck you",
    "b|i|t|c|h",
    "f&4uck you",
    "&4f&ru&cck you",
    "^1f^2u^3ck you",
    "fu;ck you",
    "fu:ck you",
    "fu$ck you",
    "bi|tch",
    "cu%nt",
    ":regional_indicator_f::regional_indicator_u::regional_indicator_c::regional_indicator_k:",
    "stupidbitch_69",
    "StupidBitch69",
    "youareanidiot",
    "umoron",
    "whatanasshole",
    "filthywhore",
]
HARMLESS = [
    "foo{i}bar = f{n}",
    "sizes s|m|l|xl",
    "pick a|b|c or foo|bar|b|c",
    "|a|s|s|",
    "| f | u | c | k |",
    "caf&eacute; and R&B, AT&T, black&decker",
    "x^2y^3z",
    "for dic,k in pairs: dic,k,v = d",
    "for key,dic in pairs",
    "a,ss,b,cd",
    "Sh, it is late",
    "/bin/sh:it ran",
    "therapists",
    "thetherapist",
    "laputa",
    "ThisIsASlugForAPage",
    "mydocument_69",
    "whatagreatidea",
    ":regional_indicator_g::regional_indicator_b:",
    "n;ame",
]


@pytest.mark.parametrize("text", SAID)
def test_the_word_is_read(text):
    assert verdict_on(text).kind in ("flag", "block")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_it_passes(text):
    assert verdict_on(text).kind == "allow"
