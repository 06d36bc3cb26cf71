"""Detoxify judges when it can; checks are answered whatever state it is in."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from moderation.engine.classify import classify
from moderation.engine.model.detoxify.network import NetworkError
from moderation.engine.model.detoxify.scorer import Detoxify
from moderation.engine.model.scorer import ScoreRequest, State
from moderation.engine.verdict.decide import decide
from tests.engine.judging import BALANCED, DEFAULT

PLAIN = "go and jump in a lake"
#: Long enough for any machine; nothing waits so long unless it is broken.
PATIENT = 60.0


class Stub:
    """A network that says how toxic it was told; "break" breaks it, and it can be made to hang."""

    def __init__(self, toxicity=0.8):
        self.toxicity = toxicity
        self.free = threading.Event()
        self.free.set()
        #: Set once a batch is being scored.
        self.began = threading.Event()

    def score(self, texts):
        self.began.set()
        self.free.wait(PATIENT)
        if "break" in texts:
            raise ValueError("broken")
        return [{"toxicity": self.toxicity, "insult": self.toxicity} for _ in texts]


@pytest.fixture
def network():
    stub = Stub()
    yield stub
    stub.free.set()


def ready(network):
    model = Detoxify(lambda: network)
    model.wait_until_loaded()
    return model


def judged(text, model, wait=PATIENT):
    found = classify(text, DEFAULT, score_request=ScoreRequest(model, wait))
    return found, decide(found, BALANCED)


def test_a_loaded_model_judges(network):
    found, verdict = judged(PLAIN, ready(network))
    assert (verdict.kind, verdict.moderator_name, verdict.reasons) == (
        "flag",
        "Detoxify",
        ("insult",),
    )
    assert found.failed == ()
    assert found.detoxify_scores["insult"] == 0.8


@pytest.mark.parametrize(
    ("toxicity", "kind"),
    [(0.49, "allow"), (0.5, "warn"), (0.69, "warn"), (0.7, "flag"), (1.0, "flag")],
)
def test_it_warns_from_its_own_threshold_on_and_never_blocks_alone(toxicity, kind):
    assert judged(PLAIN, ready(Stub(toxicity)))[1].kind == kind


def test_checks_are_answered_while_it_loads():
    loading = threading.Event()
    model = Detoxify(lambda: loading.wait(PATIENT) and Stub())
    found, verdict = judged("you fucking idiot", model)
    assert (model.state, found.failed, verdict.kind) == (State.LOADING, ("model",), "block")
    loading.set()
    model.wait_until_loaded()
    assert model.state == State.READY


def test_what_is_missing_is_one_line_and_no_failed_check(caplog):
    def nothing():
        raise NetworkError("The weights are missing: no x.ckpt.")

    model = ready_or_not(nothing)
    found, verdict = judged(PLAIN, model)
    assert (model.state, found.failed, verdict.kind) == (State.UNAVAILABLE, ("model",), "allow")
    assert [record.getMessage() for record in caplog.records] == [
        "Checks go on without Detoxify: The weights are missing: no x.ckpt."
    ]


def ready_or_not(load):
    model = Detoxify(load)
    model.wait_until_loaded()
    return model


def test_a_model_that_fails_is_unavailable_until_it_answers_again(network):
    model = ready(network)
    failed = [(judged("break", model)[0].failed, model.state) for _ in range(3)]
    assert failed == [(("model",), state) for state in ("ready", "ready", "unavailable")]
    assert judged(PLAIN, model)[0].failed == ()
    assert model.state == State.READY


def test_texts_with_lone_surrogates_reach_it_as_text(network):
    seen = []
    network.score = lambda texts: seen.extend(texts) or [{} for _ in texts]
    assert judged("half \ud83d pair", ready(network))[0].failed == ()
    assert seen[-1].encode()


def test_64_checks_at_once_are_all_answered_without_a_model_that_hangs(network):
    model = ready(network)
    network.free.clear()
    with ThreadPoolExecutor(64) as callers:
        found = list(callers.map(lambda at: judged(f"{PLAIN} {at}", model, 0.01), range(64)))
    assert {classification.failed for classification, _ in found} == {("model",)}
    assert {verdict.kind for _, verdict in found} == {"allow"}


def test_nobody_waits_behind_a_batch_that_took_longer_than_they_may(network):
    model = ready(network)
    network.free.clear()
    network.began.clear()
    judged(PLAIN, model, 0.01)
    assert network.began.wait(PATIENT)
    model._batcher._busy_since = 0.0
    # Who waits all the same is let go after a while, and has its score.
    release = threading.Timer(10, network.free.set)
    release.start()
    found = judged("as long as it takes", model)[0]
    release.cancel()
    assert (found.failed, found.late.done()) == (("model",), False)


def test_what_it_says_too_late_is_there_to_be_heard(network):
    model = ready(network)
    network.free.clear()
    late = judged(PLAIN, model, 0.0)[0].late
    network.free.set()
    assert late.result(PATIENT).labels["toxicity"] == 0.8


def test_with_a_full_queue_checks_go_on(network):
    model = ready(network)
    network.free.clear()
    model._batcher._capacity = 0
    found = judged(PLAIN, model)[0]
    assert (found.failed, found.late) == (("model",), None)
