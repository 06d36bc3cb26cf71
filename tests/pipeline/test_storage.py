"""The policy's `storage`: how much of a text is stored."""

import json

import pytest
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder

from moderation import rules
from moderation.delivery import relay
from moderation.models import ModerationLog
from moderation.pipeline import answers, replay, tasks
from moderation.pipeline.late_scores import review_late
from moderation.pipeline.moderate import moderate
from moderation.pipeline.submission import hash_of
from reviews.appeals import reports
from tests.messages import NOON, project, send, submission
from tests.pipeline.test_late_scores import late

pytestmark = pytest.mark.django_db
SECRET = "joe.bloggs@example.com"
TEXT = f"flagword, write to {SECRET} or die"
MASKED = TEXT.replace(SECRET, "•" * len(SECRET))
RULE = {"name": "addresses", "type": "regex", "action": "flag", "config": {"pattern": r"\S+@\S+"}}


@pytest.fixture
def arena(request):
    """A project with the test's `storage`, and a rule whose matches quote the text."""
    arena = project(storage=request.param)
    word = {"word": "flagword", "language": "*", "category": "insult", "severity": "high"}
    rules.add_word(arena, "tests", word)
    rules.create_rule(arena, "tests", RULE)
    return arena


def everything():
    """Return all rows of our tables as text."""
    models = [*apps.get_app_config("moderation").get_models()]
    models += apps.get_app_config("reviews").get_models()
    rows = [list(model.objects.values()) for model in models]
    return json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False)


def keep_only(storage):
    return pytest.mark.parametrize("arena", [storage], indirect=True)


keeps_everything = keep_only("full")
keeps_all_but_personal_data = keep_only("masked")
keeps_nothing = keep_only("hash")
keeps_less = pytest.mark.parametrize("arena", ["masked", "hash"], indirect=True)


@keeps_everything
def test_the_text_is_kept_as_it_was_sent(arena):
    log = send(arena, TEXT).log
    assert ModerationLog.objects.get().content == TEXT == log.content
    assert SECRET in everything()


@keeps_all_but_personal_data
def test_personal_data_is_masked_letter_by_letter(arena):
    send(arena, TEXT)
    log = ModerationLog.objects.get()
    assert (log.content, log.content_hash) == (MASKED, hash_of(TEXT))
    assert {row["text"] for row in log.pii} == {"•" * len(SECRET)}
    assert all(row["text"] == MASKED[row["start"] : row["end"]] for row in log.matches)
    assert "flagword" in log.detected_words


@keeps_all_but_personal_data
def test_without_personal_data_the_whole_text_is_kept(arena):
    send(arena, "flagword, and nothing else")
    assert ModerationLog.objects.get().content == "flagword, and nothing else"


@keeps_all_but_personal_data
def test_where_nobody_knows_what_is_personal_nothing_is_kept(arena, monkeypatch):
    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr("moderation.engine.classify.find_pii", broken)
    send(arena, TEXT)
    log = ModerationLog.objects.get()
    assert (log.content, log.degraded) == ("", ["pii"])
    assert SECRET not in everything()


@keeps_nothing
def test_of_the_text_its_hash_is_kept(arena):
    send(arena, TEXT)
    log = ModerationLog.objects.get()
    assert (log.content, log.content_hash, log.detected_words) == ("", hash_of(TEXT), [])
    spans = {(row["start"], row["end"], row["text"]) for row in [*log.matches, *log.pii]}
    assert spans >= {(0, len("flagword"), "")}
    assert {row["text"] for row in [*log.matches, *log.pii]} == {""}


@keeps_less
def test_the_answer_still_names_the_words(arena):
    answer = answers.answer_of(send(arena, TEXT))
    assert "flagword" in answer["detected_words"]
    assert SECRET in {found["text"] for found in answer["pii"]}
    assert all(found["text"] == TEXT[found["start"] : found["end"]] for found in answer["matches"])


@keeps_less
def test_the_verdict_is_the_same(arena):
    less = send(arena, TEXT).log
    other = project("other", storage="full")
    word = {"word": "flagword", "language": "*", "category": "insult", "severity": "high"}
    rules.add_word(other, "tests", word)
    rules.create_rule(other, "tests", RULE)
    full = send(other, TEXT).log
    assert (less.verdict, less.reasons, less.score) == (full.verdict, full.reasons, full.score)


@keeps_less
def test_no_way_in_leaves_the_secret_anywhere(arena):
    send(arena, TEXT, message_id="m1")
    send(arena, f"edited, flagword {SECRET}", message_id="m1")
    tasks.run(tasks.accept(submission(arena, f"queued {SECRET}")).pk)
    reported = reports.NewReport(
        message_id="seen by nobody", reporter_id="ana", reason="spam", note="",
        content=f"flagword reported {SECRET}", user_id="zed", channel_id="general",
    )  # fmt: skip
    reports.report(arena, reported, now=NOON)
    relay.run_once()
    assert ModerationLog.objects.count() == 3
    assert SECRET not in everything()


@keeps_less
def test_a_late_look_quotes_no_more(arena):
    sent = submission(arena, f"see {SECRET}")
    log = moderate(sent, NOON).log
    review_late(sent, log.pk, log.revision, late(), NOON)
    assert SECRET not in everything()


@keeps_less
def test_a_repeat_is_known_by_its_hash(arena):
    first = send(arena, TEXT, message_id="m1")
    again = send(arena, TEXT, message_id="m1")
    assert (again.is_duplicate, again.log.pk) == (True, first.log.pk)
    copies = [send(arena, "gg everyone").log for _ in range(3)]
    assert [bool(log.standing.get("is_duplicate")) for log in copies] == [False, False, True]


@keeps_less
def test_what_was_not_kept_is_not_replayed(arena):
    send(arena, TEXT)
    (told,) = replay.replay_all(ModerationLog.objects.all())
    assert (told.verdict, "not stored" in told.notes[0]) == (None, True)
