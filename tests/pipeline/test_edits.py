"""The same message again, and the same message with other content."""

from datetime import timedelta

import pytest

from moderation.delivery import relay
from moderation.events.counters import totals_of
from moderation.lib.errors import MessageTaken
from moderation.models import LogRevision, ModerationLog, OutboxEvent, Strike
from tests.messages import BLOCKED, send

MINUTE = timedelta(minutes=1)


def test_a_repeat_is_answered_from_what_is_stored(arena):
    first = send(arena, BLOCKED, message_id="m1")
    again = send(arena, BLOCKED, message_id="m1", after=MINUTE)
    assert (again.is_duplicate, again.log.pk, again.log.judged_at) == (
        True, first.log.pk, first.log.judged_at,
    )  # fmt: skip
    assert (ModerationLog.objects.count(), Strike.objects.count()) == (1, 1)


def test_a_repeat_publishes_nothing(arena):
    send(arena, BLOCKED, message_id="m1")
    before = OutboxEvent.objects.count()
    send(arena, BLOCKED, message_id="m1", after=MINUTE)
    assert OutboxEvent.objects.count() == before


def test_a_repeat_shows_the_present_status(arena):
    send(arena, "flagword", message_id="m1")
    ModerationLog.objects.update(status="rejected", is_approved=False)
    again = send(arena, "flagword", message_id="m1")
    assert (again.log.status, again.log.is_approved) == ("rejected", False)


def test_an_edit_is_the_next_revision_of_the_same_content(arena):
    first = send(arena, "Hello world", message_id="m1")
    edit = send(arena, "flagword", message_id="m1", after=MINUTE)
    assert (edit.log.pk, edit.log.revision, edit.log.verdict) == (first.log.pk, 2, "flag")
    assert edit.is_duplicate is False
    assert edit.log.created_at < edit.log.judged_at


def test_an_edit_keeps_the_earlier_revision(arena):
    for content in ("Hello world", "flagword", "warnword"):
        send(arena, content, message_id="m1")
    revisions = LogRevision.objects.order_by("revision").values_list(
        "revision", "content", "verdict"
    )
    assert list(revisions) == [(1, "Hello world", "allow"), (2, "flagword", "flag")]


def test_content_that_was_sent_before_the_last_edit_is_judged_again(arena):
    for content in ("Hello world", "flagword", "Hello world"):
        outcome = send(arena, content, message_id="m1")
    assert (outcome.is_duplicate, outcome.log.revision) == (False, 3)


def test_one_message_gives_one_strike_however_often_it_is_edited(arena):
    for number in range(4):
        outcome = send(arena, f"{BLOCKED} {number}", message_id="m1", after=number * MINUTE)
    assert (Strike.objects.count(), outcome.log.strike_count) == (1, 1)
    assert outcome.ban is None


def test_the_edited_message_is_no_earlier_violation_of_itself(arena):
    for number in range(7):
        outcome = send(arena, f"warnword {number}", message_id="m1")
    assert outcome.log.reasons == ["profanity"]


def test_an_edit_that_is_harmless_closes_the_review(arena):
    flagged = send(arena, "flagword", message_id="m1")
    mended = send(arena, "Hello world", message_id="m1", after=MINUTE)
    assert (flagged.review_id is None, mended.review_id) == (False, None)
    assert (mended.log.status, mended.log.is_violation) == ("approved", False)


def test_an_edit_that_stays_flagged_keeps_its_review(arena):
    first = send(arena, "flagword one", message_id="m1")
    second = send(arena, "flagword two", message_id="m1", after=MINUTE)
    assert first.review_id == second.review_id


def test_an_edited_content_counts_once_by_its_latest_revision(arena):
    for content in ("Hello world", "flagword", BLOCKED):
        send(arena, content, message_id="m1")
    send(arena, "Hello world", message_id="m2")
    relay.run_once([])
    assert totals_of(arena) == {
        "total": 2, "approved": 1, "rejected": 1, "flagged": 0, "open_reviews": 0,
    }  # fmt: skip


@pytest.mark.parametrize("field", ["user_id", "channel_id"])
def test_a_message_of_another_author_or_channel_is_refused(arena, field):
    send(arena, message_id="m1")
    with pytest.raises(MessageTaken):
        send(arena, message_id="m1", **{field: "other"})


def test_the_third_copy_within_a_minute_is_a_duplicate(arena):
    texts = [send(arena, "buy my course", after=timedelta(seconds=9 * n)) for n in range(3)]
    assert ["duplicate" in one.log.reasons for one in texts] == [False, False, True]


@pytest.mark.parametrize(
    "copies",
    [
        ("buy my course", "Buy My Course", "BUY MY COURSE"),
        ("buy my course", "buy  my\u200b course!", "buymycourse."),
        ("compra mi curso", "compra mí curso", "cómpra mi cursо"),
        ("मेरा कोर्स खरीदो", "मेरा कोर्स, खरीदो", "मेरा  कोर्स खरीदो!"),
        ("!!!", "!!!", "!!!"),
    ],
    ids=["case", "blanks", "accents", "devanagari", "punctuation alone"],
)
def test_near_identical_copies_are_duplicates(arena, copies):
    texts = [send(arena, copy, after=timedelta(seconds=n)) for n, copy in enumerate(copies)]
    assert "duplicate" in texts[2].log.reasons


@pytest.mark.parametrize(
    "texts",
    [
        ("see you at 5", "see you at 6", "see you at 7"),
        ("कि", "की", "कु"),
        ("😀", "😂", "🎉"),
        ("!", "?", "..."),
        ("c", "c+", "c++"),
    ],
)
def test_texts_that_say_something_else_are_no_copies(arena, texts):
    sent = [send(arena, text, after=timedelta(seconds=n)) for n, text in enumerate(texts)]
    assert "duplicate" not in sent[2].log.reasons


def test_copies_of_others_and_of_old_do_not_count(arena):
    send(arena, "buy my course", user_id="other")
    send(arena, "buy my course", after=-2 * MINUTE)
    send(arena, "buy my course")
    assert send(arena, "buy my course").log.verdict == "allow"
