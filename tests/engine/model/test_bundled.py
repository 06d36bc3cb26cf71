"""The bundled model: what it says, where, and that it stays small."""

from importlib import resources

import pytest

from moderation.engine.matches import ALL_LABELS, Source
from moderation.engine.model.bundled import FILE, HEADS, bundled_model
from moderation.engine.model.features import MOST_TOKENS, features_of
from moderation.engine.model.scorer import ScorerInput
from moderation.engine.text.views import views_of
from tests.engine.judging import MODEL, found_in, verdict_on

#: No bundled list has a word of these.
UNLISTED = (
    "gay people disgust me and make me sick",
    "los inmigrantes nos roban todo, que se vayan",
)


def scores_of(text):
    return bundled_model().score(ScorerInput(text, views_of(text)))


def test_its_file_is_small():
    size = len(resources.files("moderation.engine.data").joinpath(FILE).read_bytes())
    assert size <= 5_000_000


def test_it_gives_probabilities_by_detoxifys_labels():
    for text in ("", " ", "hello", "\ud800", "😀" * 500, "you disgust me " * 900, *UNLISTED):
        scores = scores_of(text)
        assert set(scores.labels) == set(HEADS) - {"spam"} <= set(ALL_LABELS)
        assert all(0 <= share <= 1 for share in (*scores.labels.values(), scores.spam))
        assert all(0 <= span.start < span.end <= len(text) for span in scores.explain().toxicity)


@pytest.mark.parametrize("text", UNLISTED)
def test_it_finds_what_no_list_has_and_says_where(text):
    assert not found_in(text).matches
    found, verdict = found_in(text, score_request=MODEL), verdict_on(text)
    assert verdict.is_violation
    assert (verdict.moderator_type, verdict.moderator_name) == ("ai", "Bundled model")
    for match in found.matches:
        assert match.source is Source.MODEL
        assert text[match.start : match.end] == match.text
        assert len(match.text) < len(text)


@pytest.mark.parametrize(
    "text",
    [
        "I live next door to a gay couple and they are lovely",
        "Lesbos is a Greek island",
        "Jewish community centre opens its doors",
        "My grandmother is deaf and she tells the best stories",
        "los musulmanes de mi barrio son muy amables",
        "mere muslim dost bohat ache hain",
    ],
)
def test_whom_a_text_speaks_of_makes_it_neither_bad_nor_good(text):
    assert not verdict_on(text).is_violation


@pytest.mark.parametrize(
    "text", ["অংশ", "হংকং", "कुछ", "मुझे", "शुभकामनाएं", "আমি ভালো আছি", "हिन्दी", "ひらがな", "😀"]
)
def test_it_says_nothing_of_letters_that_it_cannot_read(text):
    assert verdict_on(text).kind == "allow"


def test_spam_by_its_content():
    text = "Congratulations! You have won a free prize. Call now to claim your cash reward"
    assert "spam" in verdict_on(text).reasons
    assert not verdict_on("shall we call your mother now or after lunch").is_violation


def test_a_word_with_a_small_share_of_the_evidence_is_not_marked():
    text = "you disgust me and you make everybody here sick, please leave this town for good"
    spans = scores_of(text).explain().toxicity
    assert [text[span.start : span.end] for span in spans] == ["disgust", "sick"]


@pytest.mark.parametrize("count", [3, 480, 481, 1_600])
def test_of_a_flood_of_disguises_both_ends_are_read_as_meant(count):
    text = "1d10t " * count
    seen = ScorerInput(text, views_of(text), found_in(text).matches)
    words = features_of(seen).words
    assert words == ("idiot",) * min(count, 2 * MOST_TOKENS)
