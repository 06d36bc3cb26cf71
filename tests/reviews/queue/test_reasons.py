import pytest

from moderation.engine.matches import Category
from moderation.models import ModerationLog
from reviews.queue.reasons import reason_name, reasons_for, suggested_code


@pytest.mark.parametrize(
    ("reasons", "reported", "code"),
    [
        (["threat", "insult"], [], "threat"),
        (["duplicate"], [], "spam"),
        (["repeat_offender", "profanity"], [], "profanity"),
        (["toxicity"], [], "insult"),
        ([], ["Hate speech"], "hate_speech"),
        ([], ["it is rude"], "other"),
        ([], [], "other"),
    ],
)
def test_the_strongest_reason_suggests_itself(reasons, reported, code):
    assert suggested_code(ModerationLog(reasons=reasons), reported) == code


def test_there_are_nine_each_with_its_digit():
    assert [reason.key for reason in reasons_for("spam")] == [1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_all_codes_are_categories_of_the_engine():
    codes = {reason.code for reason in [*reasons_for("other"), *reasons_for("profanity")]}
    assert codes <= set(Category)


def test_profanity_takes_the_last_place_where_it_suggests_itself():
    assert reasons_for("profanity")[-1].name == "Profanity"
    assert reasons_for("threat")[-1].name == "Other"


def test_a_reason_that_only_the_api_gives_has_a_name_too():
    assert reason_name("house_rule_4") == "House rule 4"
