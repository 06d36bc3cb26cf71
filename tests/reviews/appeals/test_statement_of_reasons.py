"""Statements of reasons have the fields of DSA art. 17 and say what really happened."""

import pytest

from moderation.models import Author, Ban
from moderation.models.logs import ModerationLog
from moderation.sanctions.by_staff import issue_ban
from reviews.appeals import ask
from reviews.appeals.answer import Answer, decide_appeal
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import DecisionKind
from tests import factories
from tests.reviews.calling import key_client
from tests.reviews.moments import NOON

pytestmark = pytest.mark.django_db

FIELDS = {
    "decision_visibility", "end_date_visibility_restriction", "decision_monetary",
    "decision_provision", "end_date_service_restriction", "decision_account", "decision_ground",
    "decision_ground_reference_url", "illegal_content_legal_ground",
    "illegal_content_explanation", "incompatible_content_ground",
    "incompatible_content_explanation", "incompatible_content_illegal", "category",
    "category_specification", "content_type", "content_language", "content_date",
    "application_date", "territorial_scope", "decision_facts", "source_type", "source_identity",
    "automated_detection", "automated_decision", "redress", "appeal_url", "appeal_deadline",
    "statement_url", "in_force", "user_id", "content_id", "ban_id", "message_id", "language",
}  # fmt: skip


@pytest.fixture
def reader(project):
    return key_client(project, "read", name="a reader")


def statement(client, log, query=""):
    answer = client.get(f"/api/v1/logs/{log.pk}/statement{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def said(told):
    """Return all of a statement but its links, which are random enough to hold any name."""
    return str({name: value for name, value in told.items() if not name.endswith("_url")})


def test_the_statement_of_an_automatic_block(project, reader):
    log = factories.make_log(project, "I will kill you", user_id="u1", now=NOON)
    told = statement(reader, log)
    assert set(told) >= FIELDS
    assert told["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_DISABLED"]
    assert (told["automated_detection"], told["automated_decision"]) == (
        "Yes", "AUTOMATED_DECISION_FULLY",
    )  # fmt: skip
    assert (told["source_type"], told["category"]) == (
        "SOURCE_VOLUNTARY", "STATEMENT_CATEGORY_VIOLENCE",
    )  # fmt: skip
    assert (told["content_language"], told["appeal_deadline"][:10]) == ("en", "2030-10-31")
    assert told["appeal_url"].startswith("http://testserver/appeal/")
    assert "threat" in told["incompatible_content_ground"]
    assert len(told["redress"]) == 2


def test_a_persons_ruling_on_what_the_engine_flagged_is_partly_automatic(item, noor, reader):
    decide(item.pk, DecisionRequest(DecisionKind.REJECT, reason_code="insult"), noor, now=NOON)
    told = statement(reader, item.log)
    assert told["automated_decision"] == "AUTOMATED_DECISION_PARTIALLY"
    assert told["category"] == "STATEMENT_CATEGORY_CYBER_VIOLENCE"
    assert noor.name not in said(told)


def test_a_persons_ruling_on_what_others_reported_is_not_automatic(project, noor, reader):
    item = factories.make_item(project, factories.CLEAN, now=NOON)
    item.log.reports.create(project=project, reporter_id="reporter7", reason="rude", review=item)
    decide(item.pk, DecisionRequest(DecisionKind.REJECT), noor, now=NOON)
    told = statement(reader, item.log)
    assert (told["automated_decision"], told["automated_detection"], told["source_type"]) == (
        "AUTOMATED_DECISION_NOT_AUTOMATED", "No", "SOURCE_TYPE_OTHER_NOTIFICATION",
    )  # fmt: skip
    assert "reporter7" not in said(told)


@pytest.mark.parametrize(
    ("type_", "channel_id", "provision"),
    [
        ("temporary", "general", "PARTIAL_SUSPENSION"),
        ("temporary", "", "TOTAL_SUSPENSION"),
        ("permanent", "general", "PARTIAL_TERMINATION"),
        ("permanent", "", "TOTAL_TERMINATION"),
    ],
)
def test_the_statement_of_a_ban(project, reader, type_, channel_id, provision):
    hours = 24 if type_ == "temporary" else None
    ban = issue_ban(
        Author(project, "u1", channel_id),
        type=type_,
        hours=hours,
        reason="rude",
        actor="noor",
        now=NOON,
    )
    told = reader.get(f"/api/v1/bans/{ban.pk}/statement").json()
    assert set(told) >= FIELDS
    assert told["decision_provision"] == f"DECISION_PROVISION_{provision}"
    assert told["automated_decision"] == "AUTOMATED_DECISION_NOT_AUTOMATED"
    assert bool(told["end_date_service_restriction"]) is bool(hours)
    assert "noor" not in said(told)


def test_a_ban_of_the_ladder_is_automatic(project, reader):
    for number in range(3):
        factories.make_log(project, f"{factories.BLOCKED} {number}", user_id="u1", now=NOON)
    told = reader.get(f"/api/v1/bans/{Ban.objects.get().pk}/statement").json()
    assert told["automated_decision"] == "AUTOMATED_DECISION_FULLY"
    assert "3 active strikes" in told["decision_facts"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "rules"), ("es", "normas"), ("ur", "اصول"), ("ur-Latn", "usool"), ("xx", "rules")],
)
def test_a_statement_speaks_the_language_that_is_asked_for(project, reader, language, said):
    log = factories.make_log(project, factories.BLOCKED, now=NOON)
    assert said in statement(reader, log, f"?language={language}")["incompatible_content_ground"]


def test_a_restriction_that_was_taken_back_is_stated_as_such(project, noor, reader):
    log = factories.make_log(project, factories.BLOCKED, now=NOON)
    appeal, _ = ask.appeal(log, "A joke.", now=NOON)
    decide_appeal(appeal.pk, Answer("overturned", "Sorry."), noor, now=NOON)
    told = statement(reader, log)
    assert (told["in_force"], told["decision_visibility"]) == (False, [])


@pytest.mark.parametrize("content", [factories.CLEAN, factories.FLAGGED])
def test_what_nothing_restricts_has_no_statement(project, reader, content):
    log = factories.make_log(project, content, now=NOON)
    assert reader.get(f"/api/v1/logs/{log.pk}/statement").status_code == 404


def test_statements_of_another_project_are_as_absent_as_none(project, db):
    charlie = key_client(factories.make_project("elsewhere"), "admin")
    log = factories.make_log(project, factories.BLOCKED, now=NOON)
    assert charlie.get(f"/api/v1/logs/{log.pk}/statement").status_code == 404
    assert ModerationLog.objects.get().pk == log.pk
