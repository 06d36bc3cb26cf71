"""The backtest pages: start, follow, cancel, read."""

import pytest

from moderation.models import PolicyVersion, SuggestedScore
from moderation.rules.compile import stored_policy
from reviews.evaluation import backtests
from reviews.models import Backtest
from tests.factories import make_log, make_project, sign_in

PAGE = "/p/forum/rules/backtests"
EVIL = "<img src=x onerror=alert(1)> cats"
RULE = {
    "type": "keyword", "name": "cats", "action": "flag", "priority": "5", "state": "off",
    "keywords": "cats", "days": "14",
}  # fmt: skip


@pytest.fixture
def page(project):
    make_log(project, EVIL)
    make_log(project, "Shut up idiot")
    return sign_in(project, "admin")


def text_of(answer):
    return answer.content.decode()


def policy_fields(page, **changed):
    shown = page.get("/p/forum/settings/policy").context["form"]
    values = {field.name: field.value() for field in shown}
    return {name: value for name, value in {**values, **changed}.items() if value not in (None, "")}


def test_a_rule_that_is_not_saved_is_tried_watched_and_read(page):
    started = page.post(f"{PAGE}/rule", RULE)
    backtest = Backtest.objects.get()
    assert started.headers["Location"] == f"{PAGE}/{backtest.pk}"
    running = text_of(page.get(f"{PAGE}/{backtest.pk}"))
    assert 'hx-trigger="load delay:1s"' in running
    backtests.run(backtest)
    piece = page.get(f"{PAGE}/{backtest.pk}", headers={"HX-Request": "true"})
    assert "hx-trigger" not in text_of(piece)
    assert (piece.context["result"]["counts"]["hits"], backtest.days) == (1, 14)
    assert EVIL not in text_of(piece)
    assert "<mark" in text_of(piece)


def test_labels_of_clients_are_told(page, project):
    SuggestedScore.objects.create(
        project=project, text="bad cats", language="en", engine_version="1", suggested_by="coral",
        scores={"TOXICITY": {"summaryScore": {"value": 1}}},
    )  # fmt: skip
    page.post(f"{PAGE}/rule", RULE)
    backtest = Backtest.objects.get()
    backtests.run(backtest)
    text = text_of(page.get(f"{PAGE}/{backtest.pk}"))
    assert "1 text labelled by clients: precision 1.00, recall 1.00." in text
    result = {name: value for name, value in backtest.result.items() if name != "suggested"}
    Backtest.objects.update(result=result)  # as an earlier version stored it
    assert "labelled by clients" not in text_of(page.get(f"{PAGE}/{backtest.pk}"))


def test_a_running_backtest_is_cancelled(page):
    page.post(f"{PAGE}/rule", RULE)
    backtest = Backtest.objects.get()
    answer = page.post(f"{PAGE}/{backtest.pk}/cancel", follow=True)
    backtests.run(backtest)
    assert (backtest.state, "Cancelled" in text_of(answer)) == ("cancelled", True)


def test_a_second_one_leads_to_the_one_that_runs(page):
    page.post(f"{PAGE}/rule", RULE)
    second = page.post(f"{PAGE}/rule", RULE)
    assert second.headers["Location"] == f"{PAGE}/{Backtest.objects.get().pk}"


def test_a_rule_that_makes_no_sense_comes_back_with_what_is_wrong(page):
    fields = {**RULE, "type": "regex", "pattern": "a(?=b)"}
    refused = page.post(f"{PAGE}/rule", fields)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["pattern"])
    assert not Backtest.objects.exists()


def test_a_policy_is_previewed_on_a_week_and_put_in_force(page, project):
    page.post(f"{PAGE}/policy", policy_fields(page, thresholds__flag="0.89"))
    backtest = Backtest.objects.get()
    backtests.run(backtest)
    shown = page.get(f"{PAGE}/{backtest.pk}")
    assert (backtest.days, backtest.result["changes"]) == (7, {"flag>warn": 1})
    assert [(one.label, one.now) for one in shown.context["changed"]] == [("Flag at", "0.89")]
    assert PolicyVersion.objects.filter(project=project).count() == 1
    page.post(f"{PAGE}/{backtest.pk}/apply")
    project.refresh_from_db()
    assert stored_policy(project).thresholds.flag == 0.89


def test_the_list_names_them(page):
    assert "No backtests yet" in text_of(page.get(PAGE))
    page.post(f"{PAGE}/rule", RULE)
    assert "Running, 0 %" in text_of(page.get(PAGE))


def test_a_backtest_of_another_project_is_as_absent_as_none(page):
    page.post(f"{PAGE}/rule", RULE)
    stranger = sign_in(make_project("valley"), "owner")
    backtest = Backtest.objects.get()
    elsewhere = f"/p/valley/rules/backtests/{backtest.pk}"
    assert stranger.get(elsewhere).status_code == 404
    assert stranger.post(f"{elsewhere}/cancel").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_who_is_no_admin_starts_none(page, project, role):
    other = sign_in(project, role)
    assert [other.get(PAGE).status_code, other.post(f"{PAGE}/rule", RULE).status_code] == [403, 403]
