"""A score that arrives after the answer can only open a review."""

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from django.db import connections, transaction

from moderation import rules
from moderation.engine.model.detoxify.scorer import LEVELS, Detoxify
from moderation.engine.model.scorer import Scores
from moderation.models import ModerationLog, OutboxEvent, Strike
from moderation.pipeline import late_scores
from moderation.pipeline.late_scores import PrecomputedScorer, _background, review_late
from moderation.pipeline.moderate import moderate
from moderation.rules import scorer
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import DecisionKind, ReviewItem
from tests import factories
from tests.messages import BLOCKED, NOON, project, submission, words

PLAIN = "go and jump in a lake"
PATIENT = 60.0
GRAVE = 0.9


def late(probability=GRAVE):
    scores = Scores({"toxicity": probability, "insult": probability})
    return PrecomputedScorer(scores, "Detoxify", LEVELS, LEVELS)


def moderated(arena, content=PLAIN, **fields):
    """Return a message without its model's answer, and its log."""
    sent = submission(arena, content, **fields)
    return sent, moderate(sent, NOON).log


def reviewed(sent, log, scores=None):
    """Return the id of the review that the late score opened, and the log afterwards."""
    opened = review_late(sent, log.pk, log.revision, scores or late(), NOON)
    return opened, ModerationLog.objects.get(pk=log.pk)


@pytest.mark.django_db
def test_a_late_score_opens_a_review_and_changes_nothing_that_was_answered():
    sent, log = moderated(project())
    opened, now = reviewed(sent, log)
    assert ReviewItem.objects.get().pk == opened
    assert (now.verdict, now.action, now.is_approved, now.is_violation) == (
        "allow", "approved", True, False,
    )  # fmt: skip
    assert (Strike.objects.count(), now.strike_count) == (0, 0)


@pytest.mark.django_db
def test_the_content_then_says_what_the_model_found():
    sent, log = moderated(project())
    _, now = reviewed(sent, log)
    assert (now.status, now.reasons, now.severity) == ("flagged", ["insult"], "medium")
    assert (now.moderator_type, now.moderator_name, now.stage) == ("ai", "Detoxify", "model")
    assert [(row["source"], row["text"]) for row in now.matches] == [("model", PLAIN)]


@pytest.mark.django_db
def test_the_review_is_published():
    sent, log = moderated(project())
    OutboxEvent.objects.all().delete()
    opened, _ = reviewed(sent, log)
    update, review = OutboxEvent.objects.order_by("type")
    assert (update.type, update.data["review_id"], update.data["status"]) == (
        "moderation_update", str(opened), "flagged",
    )  # fmt: skip
    assert update.tally == {"approved": -1, "flagged": 1}
    assert (review.type, review.data["review_id"]) == ("review_update", str(opened))
    assert update.data["timestamp"] == "2026-03-02T12:00:00.000Z"
    assert {update.created_at, review.created_at} == {NOON}


@pytest.mark.django_db
def test_it_flags_by_a_rule_about_the_author_too():
    arena = project()
    sent, log = moderated(arena)
    about = {"name": "zed", "type": "user", "action": "flag", "config": {"user_ids": ["zed"]}}
    rules.create_rule(arena, "tests", about)
    opened, now = reviewed(sent, log, late(0.0))
    assert (ReviewItem.objects.get().pk, now.reasons) == (opened, ["rule:zed"])


@pytest.mark.django_db
@pytest.mark.parametrize("changed", [{"revision": 2}, {"user_id": "ana"}, {"content_hash": "x"}])
def test_another_message_in_its_place_is_left_alone(changed):
    sent, log = moderated(project())
    ModerationLog.objects.filter(pk=log.pk).update(**changed)
    assert review_late(sent, log.pk, 1, late(), NOON) is None


def edit(sent, _log):
    moderate(submission(sent.project, "another text", message_id=sent.message_id), NOON)


def delete(_sent, log):
    log.delete()


def anonymize(_sent, log):
    ModerationLog.objects.filter(pk=log.pk).update(user_id="nobody", content="", content_hash="")


def decide_by_hand(sent, log):
    sam = factories.make_caller(sent.project, "moderator")
    with transaction.atomic():
        item, _ = factories.open_item(log, now=NOON)
    decide(item.pk, DecisionRequest(DecisionKind.APPROVE), sam, now=NOON)


def review_already(sent, log):
    reviewed(sent, log)


def nothing(_sent, _log):
    pass


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "meanwhile", "probability", "policy"),
    [
        (PLAIN, nothing, 0.69, {}),
        (PLAIN, edit, GRAVE, {}),
        (PLAIN, delete, GRAVE, {}),
        (PLAIN, anonymize, GRAVE, {}),
        (PLAIN, decide_by_hand, GRAVE, {}),
        (PLAIN, review_already, GRAVE, {}),
        ("flagword", nothing, GRAVE, {}),
        (BLOCKED, nothing, GRAVE, {}),
        (PLAIN, nothing, GRAVE, {"review_verdicts": []}),
    ],
)
def test_nothing_is_opened_where_it_would_change_nothing(content, meanwhile, probability, policy):
    arena = project(**policy)
    words(arena)
    sent, log = moderated(arena, content)
    meanwhile(sent, log)
    before = ReviewItem.objects.count()
    assert review_late(sent, log.pk, log.revision, late(probability), NOON) is None
    assert ReviewItem.objects.count() == before


@pytest.mark.django_db
def test_trusted_authors_are_left_alone():
    arena = project()
    rules.trust_author(arena, "tests", "zed")
    sent, log = moderated(arena)
    assert reviewed(sent, log)[0] is None


@dataclass
class Slow:
    """A network that answers once it may."""

    free: threading.Event

    def score(self, texts):
        self.free.wait(PATIENT)
        return [{"toxicity": GRAVE, "insult": GRAVE} for _ in texts]


@pytest.fixture
def slow(monkeypatch):
    """Judge by a model that hangs until the fixture's event is set."""
    free = threading.Event()
    free.set()
    model = Detoxify(lambda: Slow(free))
    model.wait_until_loaded()
    free.clear()
    monkeypatch.setattr(scorer, "_scorer", lambda _name: model)
    yield free, model
    free.set()


@pytest.mark.django_db(transaction=True)
def test_a_message_whose_model_hangs_is_answered_and_looked_at_once_it_wakes(slow):
    free, model = slow
    outcome = moderate(submission(project(model_wait_ms=0), PLAIN), NOON)
    assert (outcome.log.degraded, outcome.log.verdict, outcome.review_id) == (
        ["model"], "allow", None,
    )  # fmt: skip
    free.set()
    # Whatever was late before is done with when a later text is; the second looks queue as well.
    model._batcher.submit("the next one", PATIENT).result(PATIENT)
    _background.submit(connections.close_all).result(PATIENT)
    assert ReviewItem.objects.get().log_id == outcome.log.pk


# --- Waiting for the score


class AtOnce:
    """Runs a job at once instead of in the background; remembers that it did."""

    def __init__(self):
        self.jobs = 0

    def submit(self, job, *arguments):
        self.jobs += 1
        job(*arguments)


@pytest.fixture
def answered(monkeypatch, django_capture_on_commit_callbacks):
    """Return a way to store a message whose late score is there; it returns the number of looks."""
    background = AtOnce()
    monkeypatch.setattr(late_scores, "_background", background)
    monkeypatch.setattr(late_scores, "close_old_connections", lambda: None)
    model = SimpleNamespace(name="Detoxify", levels=LEVELS, spam_levels=LEVELS, may="flag")
    monkeypatch.setattr(late_scores, "current_scorer", lambda: model)

    def store(future):
        sent, log = moderated(project())
        with django_capture_on_commit_callbacks(execute=True):
            late_scores.schedule(future, sent, log)
        return background.jobs

    return store


def scores_of(probability):
    future = Future()
    future.set_result(Scores({"toxicity": probability, "insult": probability}))
    return future


@pytest.mark.django_db
def test_a_grave_score_that_arrives_opens_a_review(answered):
    assert answered(scores_of(GRAVE)) == 1
    assert ReviewItem.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("probability", "looks"), [(LEVELS.flag, 1), (LEVELS.flag - 0.001, 0)])
def test_only_a_score_that_would_flag_is_looked_at(answered, probability, looks):
    assert answered(scores_of(probability)) == looks


def cancelled():
    future = Future()
    future.cancel()
    return future


def failed():
    future = Future()
    future.set_exception(RuntimeError("broken"))
    return future


@pytest.mark.django_db
@pytest.mark.parametrize("make", [lambda: None, cancelled, failed, Future])
def test_a_score_that_never_arrives_opens_nothing(answered, make):
    assert answered(make()) == 0


@pytest.mark.django_db
def test_a_model_that_is_gone_by_then_opens_nothing(answered, monkeypatch):
    monkeypatch.setattr(late_scores, "current_scorer", lambda: None)
    assert answered(scores_of(GRAVE)) == 0


@pytest.mark.django_db
def test_a_look_that_fails_is_logged_and_stops_nobody(answered, monkeypatch, caplog):
    monkeypatch.setattr(late_scores, "review_late", lambda *_: 1 / 0)
    assert answered(scores_of(GRAVE)) == 1
    assert "A late score could not be used" in caplog.messages
