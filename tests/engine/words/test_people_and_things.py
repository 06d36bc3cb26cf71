"""Words for people that describe a thing, and what people are, accuse nobody."""

import pytest

from tests.engine.judging import verdict_on

OF_THINGS = [
    "I hate Indian food",
    "I hate white wine",
    "I hate black olives",
    "I hate Chinese class",
    "I hate women's shoes, they hurt",
    "I hate Arab spring takes",
    "kill the white queen",
    "kill all the white flies on my tomato",
    "death to the black aphids",
    "exterminate the black ants",
    "kill the Indian boss in level 3",
    "black socks stink",
    "the black shirt is dirty, throw it out",
    "the white walkers must die",
    "white is better here, black's pawns are weak and will die",
]
OF_PEOPLE = [
    "I hate Indians",
    "I hate all Muslims",
    "I hate white people",
    "I hate women",
    "kill every Jew",
    "death to Arabs",
    "fuck Mexicans",
    "we hate gays",
    "exterminate the blacks",
    "blacks are stupid",
    "black men are thugs",
    "black beasts are lazy and dirty",
    "women should be beaten",
    "put all the Muslims in camps",
]
STATED = [
    "you are a woman",
    "you are jewish",
    "you're a girl?",
    "is she a lesbian",
    "eres una mujer",
    "so you are Muslim",
]
TOLD = [
    "Muslim man stabbed outside mosque",
    "Refugees drown in the Mediterranean",
    "ek hindu aadmi ka qatal hua",
]
SCOLDED = [
    "what a stupid bug",
    "what a stupid idea",
    "pathetic loading times",
    "an idiotic design decision",
    "moronic error messages everywhere",
    "fuck cancer",
    "fuck Mondays",
]
OF_OTHERS = [
    "You can't just say all Muslims are terrorists, that's wrong",
    "If you think gay people are disgusting, you should leave",
    "Why do people think gay people are disgusting?",
    "He thinks women are inferior. I don't.",
    "they want to kill all Muslims, we must stop them",
    "never again should anyone kill Jews",
    "decir que las mujeres son inferiores es machismo",
]


@pytest.mark.parametrize("text", OF_THINGS + STATED + TOLD)
def test_it_accuses_nobody(text):
    assert verdict_on(text).kind == "allow"


@pytest.mark.parametrize("text", OF_PEOPLE)
def test_said_of_people_it_does(text):
    assert verdict_on(text).kind in {"flag", "block"}


@pytest.mark.parametrize("text", SCOLDED)
def test_a_thing_may_be_scolded(text):
    assert verdict_on(text).kind in {"allow", "warn"}


@pytest.mark.parametrize("text", OF_OTHERS)
def test_what_others_think_is_flagged_at_most(text):
    assert verdict_on(text).kind in {"allow", "warn", "flag"}
