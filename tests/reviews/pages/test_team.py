"""The lead's page: people, reasons, lanes past their target, and the heat map."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.rules import create_rule
from reviews.appeals.answer import Answer, decide_appeal
from reviews.appeals.ask import appeal
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import DecisionKind
from tests.factories import FLAGGED, make_item, make_log

pytestmark = pytest.mark.django_db
PAGE = "/p/forum/insights/team"


@pytest.fixture
def lead(browser_of, ada):
    return browser_of(ada)


def rejected(project, caller, reason, *, waited):
    now = timezone.now()
    item = make_item(project, FLAGGED, now=now - waited)
    decide(item.pk, DecisionRequest(DecisionKind.REJECT, reason), caller, now=now)
    return item


def test_decisions_are_counted_by_person_and_by_reason(lead, project, noor, omar):
    rejected(project, noor, "insult", waited=timedelta(hours=1))
    rejected(project, noor, "spam", waited=timedelta(hours=3))
    rejected(project, omar, "spam", waited=timedelta(minutes=10))
    team = lead.get(PAGE).context["team"]
    assert [(one.name, one.decisions) for one in team.people] == [("noor", 2), ("omar", 1)]
    assert team.people[0].median_seconds == pytest.approx(2 * 3600, abs=5)
    assert [(one.name, one.rejections) for one in team.reasons] == [("spam", 2), ("insult", 1)]


def test_an_overturned_rejection_counts_for_its_decider_not_for_who_answered(
    lead, project, noor, omar
):
    item = rejected(project, noor, "insult", waited=timedelta(hours=1))
    item.log.refresh_from_db()
    made, _ = appeal(item.log, "A joke.", now=timezone.now())
    decide_appeal(made.pk, Answer("overturned", "Sorry."), omar, now=timezone.now())
    [figures] = lead.get(PAGE).context["team"].people
    assert (figures.name, figures.overturned, figures.overturned_percent) == ("noor", 1, 100.0)


def test_the_heat_map_has_the_hour_in_which_a_review_was_opened(lead, project):
    now = timezone.now()
    make_item(project, FLAGGED, now=now)
    team = lead.get(PAGE).context["team"]
    assert team.opened[now.weekday()][now.hour] == 1
    assert sum(map(sum, team.opened)) == 1


CONTENT = "/p/forum/content"


def rows_at(lead, **query):
    return [log.pk for log in lead.get(CONTENT, query).context["page"].rows]


def test_agreement_is_on_the_same_or_nearly_the_same_text(lead, project, noor, omar):
    now = timezone.now()
    for text, caller, ruling in (
        (FLAGGED, noor, "reject"),
        (f"{FLAGGED}!", omar, "reject"),
        (f"{FLAGGED}?", omar, "approve"),
        ("you loser", noor, "reject"),
    ):
        item = make_item(project, text)
        decide(item.pk, DecisionRequest(DecisionKind(ruling)), caller, now=now)
    people = {one.name: one for one in lead.get(PAGE).context["team"].people}
    assert (people["noor"].agreed, people["noor"].compared) == (1, 2)
    assert (people["omar"].agreed, people["omar"].compared) == (1, 2)


def test_a_word_has_its_hits_and_what_became_of_them(lead, project, noor):
    rejected(project, noor, "insult", waited=timedelta(hours=1))
    make_item(project, FLAGGED)
    word = lead.get(PAGE).context["team"].words[0]
    assert word.hits == 2
    assert (word.decided, word.rejected, word.precision_percent) == (1, 1, 100.0)
    assert len(rows_at(lead, word=word.name)) == 2
    assert len(rows_at(lead, word=word.name, decision="reject")) == 1


def test_a_rule_has_its_hits(lead, project):
    rule = {"name": "ads", "type": "keyword", "action": "flag", "config": {"keywords": ["cheap"]}}
    create_rule(project, "tests", rule)
    log = make_log(project, "cheap watches")
    [figures] = lead.get(PAGE).context["team"].rules
    assert (figures.name, figures.hits) == ("ads", 1)
    assert rows_at(lead, rule="ads") == [log.pk]


def test_numbers_of_people_lead_to_their_rows(lead, project, noor, omar):
    mine = rejected(project, noor, "insult", waited=timedelta(hours=1))
    rejected(project, omar, "spam", waited=timedelta(hours=1))
    since = (timezone.now() - timedelta(hours=1)).isoformat()
    page = lead.get(PAGE).content.decode()
    assert f"{CONTENT}?decided_by=noor&amp;decided_after=" in page
    assert rows_at(lead, decided_by="noor", decided_after=since) == [mine.log_id]
    assert rows_at(lead, decision_reason="insult") == [mine.log_id]
    assert rows_at(lead, overturned="true") == []


def test_an_hour_of_the_heat_map_leads_to_its_reviews(lead, project):
    now = timezone.now()
    item = make_item(project, FLAGGED, now=now)
    key = f"{now.isoweekday()}-{now.hour}"
    assert f"opened_at={key}&amp;" in lead.get(PAGE).content.decode()
    assert rows_at(lead, opened_at=key) == [item.log_id]
    assert rows_at(lead, opened_at=f"{now.isoweekday()}-{(now.hour + 1) % 24}") == []
    assert lead.get(CONTENT, {"opened_at": "8-1"}).status_code == 422


def test_a_lane_past_its_target_links_to_its_rows(lead, project):
    assert "No lane is past its target" in lead.get(PAGE).content.decode()
    make_item(project, FLAGGED, now=timezone.now() - timedelta(hours=5))
    assert 'href="/p/forum/queue?lane=held"' in lead.get(PAGE).content.decode()


def test_the_window_is_kept_and_an_empty_one_says_so(lead, project, noor):
    rejected(project, noor, "insult", waited=timedelta(hours=1))
    assert lead.get(f"{PAGE}?window=48h").context["window"].key == "48h"
    assert lead.get(f"{PAGE}?window=odd").context["window"].key == "30d"


def test_a_moderator_has_no_such_page(desk):
    assert desk.get(PAGE).status_code == 403
    assert "insights/team" not in desk.get("/p/forum/insights").content.decode()
