"""What holds for every text and every score."""

from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.engine.decide import decide
from moderation.engine.matches import Category, Classification
from moderation.engine.normalization import fold, plain, without_surrogates
from moderation.engine.policy import PRESETS
from tests.engine.judging import BALANCED, found_in, verdict_on

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=120)
WORDS = st.sampled_from(
    ["fuck", "1d10t", "f*ck", "pa\u200bgal", "a@b.co", "you", "k i l l", "\U0001f600"]
)
BAD_TEXT = st.lists(st.one_of(WORDS, ANY_TEXT), max_size=8).map(" ".join)
SCORES = st.floats(0, 1)
RELAXED = settings(max_examples=150, deadline=None)


def verdict_at(score, policy=BALANCED):
    categories = {Category.HARASSMENT: score}
    return decide(Classification(language="en", categories=categories, score=score), policy)


@RELAXED
@given(BAD_TEXT)
def test_offsets_cut_the_reported_text(text):
    found = found_in(text)
    assert all(text[match.start : match.end] == match.text for match in found.matches)
    assert all(text[pii.start : pii.end] == pii.text for pii in found.pii)


@RELAXED
@given(BAD_TEXT)
def test_no_text_breaks_a_part_of_the_engine(text):
    assert found_in(text).failed == ()


@RELAXED
@given(BAD_TEXT)
def test_the_same_text_is_judged_the_same(text):
    assert found_in(text) == found_in(text)
    assert verdict_on(text) == verdict_on(text)


@RELAXED
@given(ANY_TEXT)
def test_folding_twice_changes_nothing_more(text):
    once = fold(without_surrogates(text)).text
    assert fold(once).text == once


@RELAXED
@given(ANY_TEXT)
def test_each_letter_of_a_view_has_its_place_in_the_text(text):
    view = plain(fold(without_surrogates(text)))
    assert len(view.text) == len(view.origin)
    assert list(view.origin) == sorted(view.origin)


@given(SCORES, SCORES, st.sampled_from(sorted(PRESETS)))
def test_a_higher_score_is_never_treated_more_mildly(first, second, preset):
    low, high = sorted((first, second))
    policy = PRESETS[preset]
    assert verdict_at(low, policy).kind.rank <= verdict_at(high, policy).kind.rank


@given(SCORES)
def test_severity_follows_the_verdict_of_a_score(score):
    verdict = verdict_at(score)
    assert verdict.severity.rank == verdict.kind.rank


@RELAXED
@given(BAD_TEXT)
def test_scores_stay_between_zero_and_one(text):
    found = found_in(text)
    assert 0 <= found.score <= 1
    assert all(0 <= score <= 1 for score in found.detoxify_scores.values())
