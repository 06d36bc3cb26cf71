"""A rule or a policy on past content, against what moderators ruled of it."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from moderation import rules
from moderation.accounts.callers import Caller
from moderation.lib.errors import Conflict
from moderation.models import AuditEntry, ModerationLog, Rule
from moderation.rules.labels import store_suggestion
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.undo import undo
from reviews.evaluation import backtests
from reviews.evaluation.backtests import jobs, labels, replay
from reviews.models import Backtest, DecisionKind, ReviewItem
from tests.factories import make_item, make_log
from tests.messages import project as other_project
from tests.reviews.calling import key_client, post

RULE = {
    "name": "cats",
    "type": "keyword",
    "action": "reject",
    "config": {"keywords": ["cats"]},
}
POLICY = {"thresholds": {"flag": 0.8}}
RULINGS = {
    "cats are idiots": DecisionKind.REJECT,
    "cats and idiot dogs": DecisionKind.REJECT,
    "idiot cats welcome": DecisionKind.APPROVE,
    "cats? idiot!": DecisionKind.DISMISS,
    "Shut up idiot": DecisionKind.REJECT,
}


@pytest.fixture
def talk(project, noor):
    """Content with rulings, some without, some old, and some of another project."""
    for text, ruling in RULINGS.items():
        item = make_item(project, text)
        decide(item.pk, DecisionRequest(ruling), noor, now=timezone.now())
    make_log(project, "lovely cats")
    make_log(project, "Hello world")
    long_ago = make_log(project, "cats of long ago")
    ModerationLog.objects.filter(pk=long_ago.pk).update(
        created_at=timezone.now() - timedelta(days=40)
    )
    make_log(other_project("elsewhere"), "cats of others")
    return project


def result_of(project, **fields):
    draft = rules.draft_rule({**RULE, **fields})
    steps = backtests.run_backtest(
        project,
        backtests.rule_candidate(project, draft),
        kind="rule",
        days=30,
        now=timezone.now(),
        rest=0,
    )
    return backtests.with_texts(project, list(steps)[-1].result)


def test_a_rule_is_measured_against_decisions(talk):
    found = result_of(talk)
    assert found["counts"] == {
        "total": 7, "not_kept": 0, "changed": 5, "hits": 5, "agreed": 2, "disagreed": 1,
        "undecided": 2, "missed": 1,
    }  # fmt: skip
    assert (found["precision"], found["recall"]) == (0.6667, 0.6667)
    assert found["changes"] == {"flag>block": 4, "allow>block": 1}
    assert found["after"]["verdicts"] == {"allow": 1, "warn": 0, "flag": 1, "block": 5}


def suggest(project, text, value, *, days_ago=0, **said):
    """Store what a client says a text should have had."""
    scores = {"TOXICITY": {"summaryScore": {"value": value}}, **said}
    store_suggestion(
        Caller(project=project, name="coral"), text, scores, scored={}, language="en",
        community="", token="", context={}, now=timezone.now() - timedelta(days=days_ago),
    )  # fmt: skip


def test_labels_of_clients_are_measured_by_themselves(talk):
    before = result_of(talk)
    assert before["suggested"]["total"] == 0
    for text, value in (("bad cats", 1), ("good cats", 0), ("bad dogs", 0.5), ("good dogs", 0.4)):
        suggest(talk, text, value)
    suggest(talk, "cats of long ago", 1, days_ago=31)
    suggest(other_project("beyond"), "cats of others", 1)
    found = result_of(talk)
    assert found["suggested"] == {
        "total": 4,
        "before": {
            "hits": 0, "agreed": 0, "disagreed": 0, "undecided": 0, "missed": 2,
            "precision": None, "recall": 0.0,
        },
        "after": {
            "hits": 2, "agreed": 1, "disagreed": 1, "undecided": 0, "missed": 1,
            "precision": 0.5, "recall": 0.5,
        },
    }  # fmt: skip
    assert {**found, "suggested": 0, "since": 0} == {**before, "suggested": 0, "since": 0}


def test_of_several_labels_of_a_text_the_newest_counts(talk):
    for value in (1, 0, 1, 0):
        suggest(talk, "cats", value)
    after = result_of(talk)["suggested"]["after"]
    assert (after["hits"], after["disagreed"]) == (1, 1)


def test_a_label_may_stand_on_a_span(talk):
    span = {"spanScores": [{"begin": 0, "end": 4, "score": {"value": 0.9}}]}
    suggest(talk, "cats", 0, INSULT=span)
    assert result_of(talk)["suggested"]["after"]["agreed"] == 1


def test_labels_are_read_in_batches(talk, monkeypatch):
    monkeypatch.setattr(labels, "BATCH", 2)
    monkeypatch.setattr(labels, "MOST", 5)
    for number in range(7):
        suggest(talk, f"cats {number}", 1)
    assert result_of(talk)["suggested"]["total"] == 5


def test_examples_show_where_it_matched_and_what_was_ruled(talk):
    examples = {example["text"]: example for example in result_of(talk)["examples"]}
    shown = examples["idiot cats welcome"]
    assert (shown["group"], shown["decision"]) == ("disagreed", "approve")
    assert (shown["verdict_without"], shown["verdict"]) == ("flag", "block")
    assert [match["text"] for match in shown["matches"]] == ["cats"]
    assert examples["Shut up idiot"]["group"] == "missed"


def test_an_approving_rule_foretells_approvals(talk):
    found = result_of(talk, action="approve")
    assert (found["counts"]["agreed"], found["counts"]["disagreed"]) == (1, 2)
    assert found["after"]["verdicts"]["block"] == 0


def test_a_shadow_or_inactive_rule_is_tried_as_if_it_acted(talk):
    assert result_of(talk, shadow=True, is_active=False)["counts"]["changed"] == 5


def test_a_stored_result_keeps_no_text_of_its_own(talk, ada):
    backtest = started(talk, ada)
    backtests.run(backtest)
    assert "cats" not in str(backtest.result)
    ModerationLog.objects.filter(content="lovely cats").delete()
    shown = backtests.with_texts(talk, backtest.result)["examples"]
    assert "lovely cats" not in {example["text"] for example in shown}
    assert len(shown) == len(backtest.result["examples"]) - 1


def test_a_ruling_that_was_taken_back_counts_no_more(talk, noor):
    item = ReviewItem.objects.get(log__content="idiot cats welcome")
    undo(item.pk, noor, now=timezone.now())
    assert result_of(talk)["precision"] == 1.0


def test_content_that_was_not_kept_is_left_out(talk):
    ModerationLog.objects.filter(content="lovely cats").update(content="lovely ****")
    counts = result_of(talk)["counts"]
    assert (counts["not_kept"], counts["total"], counts["hits"]) == (1, 6, 4)


def test_batches_leave_nothing_out(talk, monkeypatch):
    monkeypatch.setattr(replay, "BATCH", 2)
    assert result_of(talk)["counts"]["total"] == 7


def test_only_the_newest_contents_are_looked_at_and_it_says_so(talk, monkeypatch):
    monkeypatch.setattr(replay, "MOST", 3)
    found = result_of(talk)
    assert (found["counts"]["total"], found["is_complete"]) == (3, False)


def test_a_policy_is_shown_before_and_after(talk):
    policy = rules.changed_policy(talk, POLICY)
    trial = backtests.policy_candidate(talk, policy)
    steps = backtests.run_backtest(talk, trial, kind="policy", days=30, now=timezone.now(), rest=0)
    found = list(steps)[-1].result
    assert found["changes"] == {"flag>warn": 4}
    assert (found["before"]["reviews"], found["after"]["reviews"]) == (5, 1)
    assert (found["before"]["precision"], found["recall"]) == (0.75, 0.3333)
    assert {example["group"] for example in found["examples"]} == {"flag>warn"}
    assert talk.policies.count() == 1


@pytest.mark.parametrize(("own", "rest"), [(0.01, 0.02), (0.005, 0.06)])
def test_work_that_had_to_share_the_processor_rests_longer(own, rest):
    assert replay.rest_of(0.01, own, replay.GENTLE) == pytest.approx(rest)


# --- As a job


def started(talk, ada, days=30):
    draft = rules.draft_rule(RULE)
    return backtests.start_rule(ada, draft, days=days, now=timezone.now())


def test_one_backtest_of_a_project_runs_at_a_time(talk, ada):
    first = started(talk, ada)
    with pytest.raises(Conflict) as refusal:
        started(talk, ada)
    assert refusal.value.extra == {"backtest_id": str(first.pk)}
    backtests.run(first)
    assert started(talk, ada).state == "running"


def test_one_that_died_with_its_process_hinders_none(talk, ada):
    dead = started(talk, ada)
    Backtest.objects.update(updated_at=timezone.now() - timedelta(minutes=1))
    started(talk, ada)
    dead.refresh_from_db()
    assert dead.state == "failed"


def test_a_cancelled_backtest_stops_after_its_batch(talk, ada, monkeypatch):
    monkeypatch.setattr(replay, "BATCH", 2)
    backtest, batches = started(talk, ada), []
    run_backtest = jobs.run_backtest

    def cancelled_meanwhile(*args, **kwargs):
        for progress in run_backtest(*args, **kwargs):
            batches.append(progress)
            backtests.cancel(backtest, "ada")
            yield progress

    monkeypatch.setattr(jobs, "run_backtest", cancelled_meanwhile)
    backtests.run(backtest)
    assert (backtest.state, backtest.result, len(batches)) == ("cancelled", None, 1)
    assert AuditEntry.objects.filter(action="backtest.cancelled").count() == 1


def test_a_failure_is_told(talk, ada, monkeypatch, caplog):
    backtest = started(talk, ada)
    monkeypatch.setattr(jobs, "run_backtest", None)
    backtests.run(backtest)
    assert (backtest.state, caplog.records[-1].message) == ("failed", "A backtest failed")


@pytest.mark.django_db(transaction=True)
def test_it_runs_aside_while_its_progress_is_read(talk, ada):
    backtest = started(talk, ada)
    backtests.run_aside(backtest)
    for thread in threading.enumerate():
        if thread.name == f"backtest {backtest.pk}":
            thread.join(timeout=60)
    backtest.refresh_from_db()
    assert (backtest.state, backtest.done, backtest.percent) == ("done", 7, 100)


# --- Over HTTP


@pytest.fixture
def client(talk):
    return key_client(talk, "admin")


def test_a_rule_is_backtested_over_http(client):
    answer = post(client, "rules/backtest", {"rule": RULE, "days": 30})
    assert answer.status_code == 200
    found = answer.json()
    assert (found["counts"]["hits"], found["precision"], found["days"]) == (5, 0.6667, 30)
    assert not Rule.objects.exists()


def test_a_stored_rule_is_backtested_by_its_id(client, talk):
    rule = rules.create_rule(talk, "tests", {**RULE, "shadow": True})
    found = post(client, "rules/backtest", {"rule": str(rule.pk)}).json()
    assert (found["counts"]["hits"], found["before"]["verdicts"]["block"]) == (5, 0)


def test_a_policy_is_backtested_over_http(client):
    found = post(client, "policy/backtest", {"policy": POLICY, "days": 7}).json()
    assert (found["kind"], found["changes"]) == ("policy", {"flag>warn": 4})


BAD = {
    "no rule": ("rules/backtest", {}),
    "a rule that is none": ("rules/backtest", {"rule": {"name": "x"}}),
    "too many days": ("rules/backtest", {"rule": RULE, "days": 91}),
    "days as a text": ("rules/backtest", {"rule": RULE, "days": "many"}),
    "a hostile pattern": (
        "rules/backtest",
        {"rule": {**RULE, "type": "regex", "config": {"pattern": "(a+)+\\1"}}},
    ),
    "a list": ("rules/backtest", [1]),
    "no policy": ("policy/backtest", {}),
    "a policy that is none": ("policy/backtest", {"policy": "strict"}),
    "a wrong policy": ("policy/backtest", {"policy": {"thresholds": {"warn": 3}}}),
}


@pytest.mark.parametrize(("path", "body"), BAD.values(), ids=BAD)
def test_what_makes_no_sense_is_refused(client, path, body):
    assert client.post(f"/api/v1/{path}", body, "application/json").status_code == 422
    assert not Backtest.objects.exists()


def test_who_would_rather_wait_gets_a_row_to_look_at(client, talk):
    headers = {"Prefer": "respond-async"}
    body = {"rule": RULE}
    answer = client.post(
        "/api/v1/rules/backtest", body, content_type="application/json", headers=headers
    )
    assert (answer.status_code, answer.json()["state"]) == (202, "running")
    place = answer.headers["Location"]
    assert post(client, "rules/backtest", body).status_code == 409
    assert client.get(place).json()["done"] == 0
    backtests.run(Backtest.objects.get())
    assert client.get(place).json()["result"]["counts"]["hits"] == 5
    assert client.delete(place).json()["success"] is False


def test_a_backtest_is_cancelled_over_http(client, talk, ada):
    place = f"/api/v1/backtests/{started(talk, ada).pk}"
    assert client.delete(place).json()["success"] is True
    assert client.get(place).json()["state"] == "cancelled"


def test_who_watches_one_that_died_is_told(client, talk, ada):
    place = f"/api/v1/backtests/{started(talk, ada).pk}"
    Backtest.objects.update(updated_at=timezone.now() - timedelta(minutes=1))
    assert client.get(place).json()["state"] == "failed"


def test_a_backtest_of_another_project_is_as_absent_as_none(client, talk, ada):
    foreign = key_client(other_project("valley"), "admin")
    for pk in (started(talk, ada).pk, uuid.uuid4()):
        assert foreign.get(f"/api/v1/backtests/{pk}").status_code == 404
        assert foreign.delete(f"/api/v1/backtests/{pk}").status_code == 404
