"""What holds for every text and every score."""

import re
import time

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from moderation.engine.custom_rules.ruleset import BlacklistEntry, build_ruleset
from moderation.engine.matches import Category, Classification, Source
from moderation.engine.text.fold import fold, without_surrogates
from moderation.engine.text.views import views_of
from moderation.engine.verdict.decide import decide
from moderation.engine.verdict.policy import PRESETS
from tests.engine.judging import BALANCED, found_in, verdict_on

# Thousands of texts run the same lines, and twice as long where coverage is measured.
pytestmark = pytest.mark.no_cover

#: Letters that look upside down, and an override, are read backwards.
IS_TURNED = re.compile("[\u202eɐqɔpǝɟƃɥᴉıɾʞɯɹʇʌʍʎƆƎℲ⅁˥⅄∀Ԁ┴⊥∩ᴚ]")
ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=120)
WORDS = st.sampled_from(
    ["fuck", "1d10t", "f*ck", "pa\u200bgal", "a@b.co", "you", "k i l l", "\U0001f600"]
)
BAD_TEXT = st.lists(st.one_of(WORDS, ANY_TEXT), max_size=8).map(" ".join)
#: Each holds something of the lists, of the blacklist or of a person.
HELD = st.sampled_from(
    [
        "you idiot", "1d10t", "f*ck", "8!+(h", "u b i t c h", "i will kill you", "teri maa ki",
        "eres tonto", "a wid\u200bget", "the blue gadget", "+92-300-1234567", "a@b.co",
        "4111 1111 1111 1111", "at 10.0.0.7", "ssn 123-45-6789", "go (um", "tu kutta hai",
        "you fool",
    ]
)  # fmt: skip
LISTING = build_ruleset(
    blacklist=[
        BlacklistEntry(word, word, Category.OTHER, 0.75) for word in ("widget", "blue gadget")
    ]
)
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


def seconds_for(text):
    """Return the processor's time for the text, the better of two tries."""
    taken = []
    for _ in range(2):
        started = time.thread_time()
        assert found_in(text).failed == ()
        taken.append(time.thread_time() - started)
    return min(taken)


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec=None, categories=None), min_size=1, max_size=8))
def test_ten_times_the_length_takes_no_more_than_a_few_times_ten(unit):
    whole = (unit * 10_000)[:10_000]
    # Were the time to grow with the square of the length, it would be a hundred times.
    assert seconds_for(whole) < 30 * seconds_for(whole[:1_000])


@RELAXED
@given(ANY_TEXT)
def test_folding_twice_changes_nothing_more(text):
    assume(not IS_TURNED.search(text))
    once = fold(without_surrogates(text)).text
    assert fold(once).text == once


@RELAXED
@given(ANY_TEXT)
def test_each_letter_of_a_view_has_its_place_in_the_text(text):
    view = views_of(without_surrogates(text)).main[-1]
    assert len(view.text) == len(view.origin)
    assert all(0 <= place < len(text) for place in view.origin)
    assume(not IS_TURNED.search(text))
    assert list(view.origin) == sorted(view.origin)


def is_covered(old, found, moved):
    """Say whether a match as strong stands where the old one stood, or around it."""
    start, end = old.start + moved, old.end + moved
    return any(
        new.start < end and start < new.end and new.score >= old.score for new in found.matches
    )


@RELAXED
@given(HELD, BAD_TEXT, st.booleans())
def test_a_match_stays_when_another_line_is_added(text, other, is_before):
    alone = found_in(text, LISTING)
    added = found_in(f"{other}\n{text}" if is_before else f"{text}\n{other}", LISTING)
    moved = len(other) + 1 if is_before else 0
    held = [match for match in alone.matches if match.source is not Source.SPAM]
    assert held or alone.pii
    assert all(is_covered(match, added, moved) for match in held)
    places = {(pii.type, pii.start, pii.end) for pii in added.pii}
    assert {(pii.type, pii.start + moved, pii.end + moved) for pii in alone.pii} <= places


@RELAXED
@given(BAD_TEXT, st.sampled_from(sorted(PRESETS)))
@example("fuck \x10 1 a@b.co fuck fuck fuck \x12", "balanced")
def test_a_further_bad_word_is_never_judged_more_mildly(text, preset):
    policy = PRESETS[preset]
    worse = verdict_on(f"{text}\nfuck", policy)
    assert verdict_on(text, policy).kind.rank <= worse.kind.rank


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
