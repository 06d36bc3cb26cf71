import pytest

from moderation.models import ModerationLog
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import DecisionKind, Report, ReviewItem
from tests import factories
from tests.reviews.calling import key_client, post
from tests.reviews.moments import NOON
from tests.reviews.reading import tallies, told

pytestmark = pytest.mark.django_db

RUDE = {"message_id": "m1", "reporter_id": "r1", "reason": "rude"}
NEVER_CHECKED = {**RUDE, "content": "Hello", "user_id": "u9", "channel_id": "general"}


@pytest.fixture
def app(project):
    return key_client(project, "check", name="the app")


@pytest.fixture
def clean(project):
    return factories.make_log(project, factories.CLEAN, user_id="u1", message_id="m1", now=NOON)


def test_a_report_of_harmless_content_opens_an_item(app, clean):
    answer = post(app, "reports", RUDE)
    item = ReviewItem.objects.get()
    assert answer.status_code == 201
    assert answer.json()["review_id"] == str(item.pk)
    assert (item.source, item.report_count) == ("report", 1)


def test_reported_content_is_flagged_and_counted(app, clean):
    post(app, "reports", RUDE)
    clean.refresh_from_db()
    assert (clean.status, clean.is_approved) == ("flagged", True)
    assert tallies() == {"total": 1, "approved": 0, "flagged": 1, "open_reviews": 1}


def test_a_report_joins_the_open_item_and_raises_it(app, item):
    post(app, "reports", RUDE)
    joined = ReviewItem.objects.get()
    assert (joined.pk, joined.source, joined.report_count) == (item.pk, "engine", 1)
    assert joined.priority > item.priority
    assert joined.version == 2


def test_the_same_reporter_counts_once(app, item):
    first, again = post(app, "reports", RUDE), post(app, "reports", RUDE)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert ReviewItem.objects.get().report_count == 1


def test_a_new_reason_of_the_same_person_is_stored_and_counts_once(app, item):
    first = post(app, "reports", RUDE)
    other = post(app, "reports", {**RUDE, "reason": "threat"})
    assert (first.status_code, other.status_code) == (201, 201)
    assert set(Report.objects.values_list("reason", flat=True)) == {"rude", "threat"}
    assert ReviewItem.objects.get().report_count == 1


def test_a_new_reason_after_the_decision_reaches_a_moderator(app, item, noor):
    post(app, "reports", RUDE)
    decide(item.pk, DecisionRequest(DecisionKind.APPROVE), noor, now=NOON)
    assert post(app, "reports", RUDE).status_code == 200
    assert not ReviewItem.objects.open().exists()
    assert post(app, "reports", {**RUDE, "reason": "threat"}).status_code == 201
    again = ReviewItem.objects.open().get()
    assert (again.source, again.report_count) == ("report", 1)


def test_a_report_of_an_edited_text_reaches_a_moderator(app, project, item, noor):
    post(app, "reports", RUDE)
    decide(item.pk, DecisionRequest(DecisionKind.APPROVE), noor, now=NOON)
    text = "Hello, but otherwise"
    factories.make_log(project, text, user_id="u1", message_id="m1", now=NOON)
    answer = post(app, "reports", RUDE)
    assert (answer.status_code, answer.json()["revision"]) == (201, 2)
    assert ReviewItem.objects.open().get().source == "report"


def test_another_reporter_counts_again(app, item):
    post(app, "reports", RUDE)
    post(app, "reports", {**RUDE, "reporter_id": "r2"})
    assert ReviewItem.objects.get().report_count == 2
    assert told("review_update")[-1]["version"] == 3


def test_content_never_checked_is_checked_first(app):
    assert post(app, "reports", NEVER_CHECKED).status_code == 201
    assert ModerationLog.objects.get().user_id == "u9"
    assert Report.objects.get().review.source == "report"


def test_a_report_never_edits_what_was_checked(app, clean):
    post(app, "reports", {**NEVER_CHECKED, "content": "You fucking idiot, die"})
    clean.refresh_from_db()
    assert clean.content == "Hello world"


def test_an_unknown_message_without_content_is_not_found(app):
    assert post(app, "reports", RUDE).status_code == 404


def test_content_without_its_author_is_refused(app):
    body = {**RUDE, "content": "Hello", "channel_id": "general"}
    answer = post(app, "reports", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "user_id"


def test_a_new_reporter_opens_a_decided_content_again(app, item, noor):
    decide(item.pk, DecisionRequest(DecisionKind.APPROVE), noor, now=NOON)
    post(app, "reports", RUDE)
    assert ReviewItem.objects.open().get().source == "report"


def test_a_dismissed_report_leaves_the_content_as_it_was(app, clean, noor):
    post(app, "reports", RUDE)
    decide(ReviewItem.objects.get().pk, DecisionRequest(DecisionKind.DISMISS), noor, now=NOON)
    clean.refresh_from_db()
    assert (clean.status, clean.is_approved, clean.is_violation) == ("approved", True, False)


@pytest.mark.parametrize("scope", ["read", "review", "admin"])
def test_only_keys_that_check_may_report(project, clean, scope):
    assert post(key_client(project, scope), "reports", RUDE).status_code == 403


def test_a_report_cannot_reach_another_project(clean):
    charlie = key_client(factories.make_project("elsewhere"), "check")
    assert post(charlie, "reports", RUDE).status_code == 404


@pytest.mark.parametrize("field", ["message_id", "reporter_id", "reason"])
def test_a_report_names_message_reporter_and_reason(app, clean, field):
    answer = post(app, "reports", {**RUDE, field: ""})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
