"""Roman Urdu abuse that is short or inflected, beside what only looks like it."""

import pytest

from tests.engine.judging import found_in, verdict_on


@pytest.mark.parametrize(
    "text",
    [
        "bc yeh kya hai", "abe bc kya kar raha hai", "tu hi bata bc", "sun bc chup kar",
        "bc dimagh kharab kar diya", "bc aisa kya bol dia maine", "bollywood ki randi",
        "ye randiyo ke sath baitha hai", "tu to hijra hai", "saala hijra", "hijra kahin ka",
        "mard nahi hijra", "sun khusray", "behencho chup kar", "bosadi ke kya mehnat karta hai",
    ],
)  # fmt: skip
def test_it_is_flagged(text):
    assert verdict_on(text, score_request=None).kind in {"flag", "block"}


@pytest.mark.parametrize(
    "text",
    [
        "I love it bc you are there", "cry bc you miss someone", "mujhe pasand hai bc it was good",
        "main BC mein rehta hoon", "wo BC se aaya hai", "mera bhai Surrey BC gaya",
        "BC Hydro ka bill aa gaya", "300 BC mein Rome tha", "500 BC hai na yeh", "ABC ye kya hai",
        "Hi Randi, how are you?", "Thanks Randi", "dear Randi, I hope you are well",
        "My friend Randi is coming", "Randi is my sister", "Randi Zuckerberg ki kitab achi hai",
        "hijra community ke huqooq", "ek hijra dost hai meri", "khwaja sira ke huqooq",
    ],
)  # fmt: skip
def test_what_looks_like_it_is_allowed(text):
    assert verdict_on(text).kind == "allow"


def test_the_words_beside_an_abbreviation_show_what_it_means():
    assert [match.word for match in found_in("nahi bc tu hi jaa").matches] == ["bc"]
    assert not found_in("bc").matches
