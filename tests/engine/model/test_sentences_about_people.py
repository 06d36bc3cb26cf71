"""Plain sentences about groups of people are no hatred; the model was trained on none of them."""

from pathlib import Path

import pytest

from tests.engine.judging import verdict_on

SENTENCES = Path(__file__).resolve().parents[2] / "data" / "sentences_about_people.txt"
#: Flagged all the same. None may join them.
WRONG = {
    "Atheists met in the pub",
    "Jews do not eat pork",
    "The black hole swallowed a star",
    "hijre shaadi mein nachte hain",
}
HATEFUL = [
    "Muslims make up a tenth of the town but commit most of the crimes",
    "Black people eat our pets",
    "Women should not be allowed to vote",
    "Gays should never be allowed to have children",
    "The Jews poison our water",
    "Of course the Polish plumber stole from us",
    "The Muslim bakery should be burned down",
    "Refugees are dumber than animals",
    "Black lives don't matter",
    "Disabled people are a waste of money",
    "Trans people only want to look at our children",
    "Mexicans steal our jobs and our schools",
    "I hate Sikhs so much",
    "Lesbians disgust me",
    "Los gitanos nos roban el trabajo",
    "Las mujeres no deberían votar",
    "Las vidas de los negros no importan",
    "musalman hamari zameen kha rahe hain",
    "hindu log gande hain",
]


def test_plain_sentences_about_people_reach_no_moderator():
    texts = SENTENCES.read_text(encoding="utf-8").splitlines()
    flagged = {text for text in texts if verdict_on(text).kind.rank >= 2}
    assert flagged - WRONG == set()


@pytest.mark.parametrize("text", HATEFUL)
def test_the_same_words_against_people_do(text):
    assert verdict_on(text).kind.rank >= 2
