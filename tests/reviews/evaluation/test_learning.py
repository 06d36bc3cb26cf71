"""What a project's own model learns from: what stands of people's rulings, each text once."""

from datetime import timedelta

import pytest

from moderation.lib.errors import Conflict
from moderation.models import LogRevision, ModerationLog
from reviews.appeals.answer import Answer, decide_appeal
from reviews.appeals.ask import appeal
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.undo import undo
from reviews.evaluation import learning
from reviews.evaluation.learning import training
from reviews.evaluation.learning.figures import Prediction, change_of, figures_of, is_worse
from reviews.evaluation.learning.training_set import key_of, ordinary_texts
from reviews.models import DecisionKind
from tests.factories import make_item, make_log
from tests.reviews.moments import NOON

pytestmark = pytest.mark.django_db
WORDS = ("table", "river", "window", "market", "morning", "seven", "orange", "letter", "garden")


@pytest.fixture(autouse=True)
def bundled(settings):
    settings.TOXICITY_MODEL = "bundled"


def ruled(project, caller, ruling, content="Shut up idiot", code="", after=0):
    """Bring a message before a moderator and rule on it; return the decided item."""
    now = NOON + timedelta(minutes=after)
    item = make_item(project, content, now=now)
    return decide(item.pk, DecisionRequest(ruling, reason_code=code), caller, now=now)


def found(project, since=None, *, with_keys=False):
    rulings = learning.training_set_of(project, since, with_keys=with_keys)
    return rulings.rejected, rulings.approved, dict(rulings.skipped)


# --- What counts


def test_approved_and_rejected_texts_are_counted_and_dismissed_ones_are_not(project, noor):
    ruled(project, noor, DecisionKind.REJECT, "Shut up idiot")
    ruled(project, noor, DecisionKind.APPROVE, "you loser")
    ruled(project, noor, DecisionKind.DISMISS, "Eres un idiota")
    assert found(project) == (1, 1, {"dismissed": 1})


def test_an_escalated_item_teaches_what_became_of_it(project, noor, ada):
    item = ruled(project, noor, DecisionKind.ESCALATE)
    assert found(project) == (0, 0, {})
    decide(item.pk, DecisionRequest(DecisionKind.APPROVE), ada, now=NOON)
    assert found(project) == (0, 1, {})


def test_a_ruling_that_was_taken_back_teaches_nothing(project, noor):
    item = ruled(project, noor, DecisionKind.REJECT)
    undo(item.pk, noor, now=NOON)
    assert found(project) == (0, 0, {})
    decide(item.pk, DecisionRequest(DecisionKind.APPROVE), noor, now=NOON)
    assert found(project) == (0, 1, {})


@pytest.mark.parametrize(("outcome", "counts"), [("overturned", (0, 1)), ("upheld", (1, 0))])
def test_an_appeal_counts_as_what_it_ended_as(project, noor, ada, outcome, counts):
    item = ruled(project, noor, DecisionKind.REJECT)
    log = ModerationLog.objects.get(pk=item.log_id)
    log.project = project
    asked, _ = appeal(log, "look again", now=NOON + timedelta(hours=1))
    answer = Answer(outcome, "we looked")
    decide_appeal(asked.pk, answer, ada, now=NOON + timedelta(hours=2))
    assert found(project) == (*counts, {})


def test_content_that_is_not_kept_is_skipped(project, noor):
    item = ruled(project, noor, DecisionKind.REJECT)
    ModerationLog.objects.filter(pk=item.log_id).update(content="Shut up *****")
    assert found(project) == (0, 0, {"not_kept": 1})


def test_the_revision_that_was_ruled_on_counts(project, noor):
    item = ruled(project, noor, DecisionKind.REJECT, "you loser")
    log = item.log
    make_log(project, "Hello world", user_id=log.user_id, message_id=log.message_id, now=NOON)
    assert [text.content for text in texts(project)] == ["you loser"]
    LogRevision.objects.all().delete()
    assert found(project) == (0, 0, {"not_kept": 1})


def texts(project):
    return learning.training_set_of(project, None, with_keys=False).texts


def test_a_text_that_was_ruled_on_often_counts_once_as_most_often(project, noor):
    for after, ruling in enumerate(
        (DecisionKind.REJECT, DecisionKind.REJECT, DecisionKind.APPROVE)
    ):
        ruled(project, noor, ruling, f"Shut up idiot {after}", after=after)
    assert found(project) == (1, 0, {"repeated": 2})


def test_personal_data_teaches_nothing_and_spam_is_told_apart(project, noor):
    ruled(project, noor, DecisionKind.REJECT, "Shut up idiot", "personal_info")
    ruled(project, noor, DecisionKind.REJECT, "you loser", "spam")
    rulings = learning.training_set_of(project, None, with_keys=False)
    assert (rulings.rejected, rulings.spam, dict(rulings.skipped)) == (1, 1, {"personal_data": 1})


def test_rulings_by_keys_count_only_if_asked_for(project, noor):
    item = ruled(project, noor, DecisionKind.REJECT)
    item.decisions.update(decider="key:3")
    assert found(project) == (0, 0, {"by_keys": 1})
    assert found(project, with_keys=True) == (1, 0, {})


def test_only_rulings_since_then_count(project, noor):
    ruled(project, noor, DecisionKind.REJECT, "Shut up idiot")
    ruled(project, noor, DecisionKind.APPROVE, "you loser", after=60)
    assert found(project, NOON + timedelta(minutes=30)) == (0, 1, {})


def test_other_projects_rulings_do_not_count(project, noor):
    from tests.factories import make_caller, make_project  # noqa: PLC0415

    other = make_project("other")
    ruled(other, make_caller(other, "moderator"), DecisionKind.REJECT)
    assert found(project) == (0, 0, {})


def test_what_nobody_reviewed_is_ordinary(project, noor):
    make_log(project, "Hello world", now=NOON)
    make_log(project, "HELLO   world!", now=NOON)
    ruled(project, noor, DecisionKind.APPROVE, "Shut up idiot")
    assert [text.key for text in ordinary_texts(project, texts(project))] == ["hello world"]


# --- What is held out


@pytest.mark.parametrize(
    "other", ["you LOSER 17!!", "You, loser 42", "y\u200bou loser 99", "ｙou loser 10"]
)
def test_texts_that_differ_only_in_writing_lie_in_the_same_part(other):
    assert key_of(other) == key_of("you loser 23")
    assert training.fold_of(key_of(other)) == training.fold_of(key_of("you loser 23"))


def community(project, caller, each=24):
    """Let one moderator reject what says "zorg" and approve what says "blint"."""
    for number in range(each):
        words = " ".join(WORDS[number * step % 9] for step in (1, 2, 4))
        for word, ruling in (("zorg", DecisionKind.REJECT), ("blint", DecisionKind.APPROVE)):
            how = "so " * (number // 9)
            content = f"you are {how}a total {word} and everybody at the {words} hates you"
            ruled(project, caller, ruling, content, "insult" if word == "zorg" else "", number)


def test_no_text_is_both_taught_and_held_out(project, noor, monkeypatch):
    community(project, noor)
    parts = []
    fit = training._fit
    monkeypatch.setattr(training, "_fit", lambda examples: parts.append(examples) or fit(examples))
    predict = training._Checker.predict
    held = []
    monkeypatch.setattr(
        training._Checker,
        "predict",
        lambda self, one, by: held.append((len(parts), one.text.key)) or predict(self, one, by),
    )
    rulings = learning.training_set_of(project, None, with_keys=False)
    learning.train(project, rulings, lambda done, of: None)
    taught = [{one.text.key for one in part} for part in parts]
    assert sorted(key for _, key in held) == sorted(text.key for text in rulings.texts)
    assert not [key for part, key in held if key in taught[part - 1]]


def test_a_model_tells_apart_what_its_moderators_do(project, noor):
    community(project, noor)
    rulings = learning.training_set_of(project, None, with_keys=False)
    trained = learning.train(project, rulings, lambda done, of: None)
    before, after = (trained.data["held_out"][way] for way in ("bundled", "fitted"))
    assert after["f1"] > before["f1"] + 0.3
    assert trained.data["heads"] == ["toxicity"]
    again = learning.train(project, rulings, lambda done, of: None)
    assert (again.weights, again.data) == (trained.weights, trained.data)


def test_too_few_of_a_kind_are_refused_with_the_counts(project, noor):
    ruled(project, noor, DecisionKind.REJECT)
    rulings = learning.training_set_of(project, None, with_keys=False)
    with pytest.raises(
        Conflict, match=r"1 texts rejected, 0 rejected as spam, 0 approved\. At least 20"
    ):
        learning.train(project, rulings, lambda done, of: None)


def test_beside_detoxify_there_is_nothing_to_train(project, settings):
    settings.TOXICITY_MODEL = "detoxify:original"
    with pytest.raises(Conflict, match="TOXICITY_MODEL is detoxify:original"):
        learning.train(project, learning.TrainingSet(), lambda done, of: None)


# --- Figures


def told(rejected, *said):
    return Prediction(rejected, *said)


def test_figures_are_of_each_way_of_judging():
    texts = [told(True, False, True, True, True), told(False, False, True, False, False)]
    figures = figures_of(texts)
    assert figures["bundled"] == {"precision": 0, "recall": 0, "f1": 0, "false_alarms": 0}
    assert figures["fitted"] == {
        "precision": 0.5, "recall": 1.0, "f1": 0.6667, "false_alarms": 1.0,
    }  # fmt: skip
    assert figures["with_fitted"]["f1"] == figures["with_bundled"]["f1"] == 1.0
    assert not is_worse(figures)


def test_a_lower_f1_with_the_rules_is_worse_whatever_the_model_says_alone():
    texts = [told(True, False, True, True, False), told(False, True, False, False, False)]
    assert is_worse(figures_of(texts))


def test_a_change_comes_with_what_chance_leaves_of_it():
    texts = [told(True, False, False, False, True)] * 30 + [told(False, *[False] * 4)] * 30
    change = change_of(texts)
    assert (change["f1"], change["low"] > 0.9) == (1.0, True)
    same = change_of([told(True, True, True, True, True), told(False, *[False] * 4)] * 9)
    assert (same["f1"], same["low"], same["high"]) == (0.0, 0.0, 0.0)
