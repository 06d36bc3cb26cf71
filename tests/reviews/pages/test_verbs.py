"""Remove, restore, queue and undo on a message wherever it is shown."""

import pytest

from moderation.models import AuditEntry, ModerationLog, Status, Strike
from reviews.models import Report, ReviewItem
from tests.factories import BLOCKED, CLEAN, FLAGGED, make_item, make_log

pytestmark = pytest.mark.django_db
PIECE = {"HX-Request": "true"}


def act(client, log, verb, headers=PIECE, **fields):
    path = f"/p/forum/content/{log.pk}/verbs"
    return client.post(path, {"verb": verb, **fields}, headers=headers)


def status_of(log):
    return ModerationLog.objects.get(pk=log.pk).status


@pytest.mark.parametrize(
    ("verb", "strikes"),
    [("remove", 1), ("remove_without_strike", 0), ("remove_and_strike", 1)],
)
def test_an_allowed_message_is_taken_down(desk, project, verb, strikes):
    log = make_log(project, CLEAN)
    page = act(desk, log, verb, reason_code="spam").content.decode()
    assert "Rejected: spam · The message was hidden" in page
    assert status_of(log) == Status.REJECTED
    assert Strike.objects.filter(log=log, revoked_at=None).count() == strikes


def test_a_wrong_block_is_restored_and_its_strike_taken_back(desk, project):
    log = make_log(project, BLOCKED)
    page = act(desk, log, "restore").content.decode()
    assert "The message is shown · 1 strike revoked" in page
    assert status_of(log) == Status.APPROVED


def test_undo_stands_beside_what_was_done(desk, project):
    log = make_log(project, CLEAN)
    page = act(desk, log, "remove", reason_code="insult").content.decode()
    assert 'value="undo"' in page
    act(desk, log, "undo")
    assert status_of(log) == Status.APPROVED


def test_a_message_is_put_into_the_queue_once_and_audited(desk, project):
    log = make_log(project, CLEAN)
    for _ in range(2):
        page = act(desk, log, "queue", reason_code="harassment").content.decode()
    item = ReviewItem.objects.get(log=log)
    assert f"/p/forum/queue/{item.pk}" in page
    report = Report.objects.get()
    assert (report.reporter_id, report.reason) == ("moderator:noor", "harassment")
    assert AuditEntry.objects.filter(action="content.queued", actor="noor").count() == 1


def test_without_javascript_a_verb_leads_to_the_messages_page(desk, project):
    log = make_log(project, CLEAN)
    answer = act(desk, log, "remove", headers=None, reason_code="spam")
    assert answer["Location"] == f"/p/forum/content/{log.pk}"


def test_an_item_that_a_colleague_holds_is_refused_in_words(desk, omar, project):
    from django.utils import timezone  # noqa: PLC0415

    from reviews.queue import claims  # noqa: PLC0415

    item = make_item(project, FLAGGED)
    claims.claim(item.pk, omar, now=timezone.now())
    page = act(desk, item.log, "remove", reason_code="spam").content.decode()
    assert "Omar holds this review" in page


@pytest.mark.parametrize("fields", [{"verb": "burn"}, {"verb": "remove", "reason_code": "mood"}])
def test_a_wrong_value_changes_nothing(desk, project, fields):
    log = make_log(project, CLEAN)
    answer = desk.post(f"/p/forum/content/{log.pk}/verbs", fields)
    assert answer.status_code == 422
    assert status_of(log) == Status.APPROVED


def test_a_viewer_has_no_verbs(signed_in, project):
    log = make_log(project, CLEAN)
    viewer = signed_in("viewer")
    assert act(viewer, log, "remove", reason_code="spam").status_code == 403
    assert "data-verbs" not in viewer.get(f"/p/forum/content/{log.pk}").content.decode()


def test_another_projects_message_is_as_absent_as_none(desk, project):
    from tests.factories import make_project  # noqa: PLC0415

    log = make_log(make_project("other"), CLEAN)
    assert act(desk, log, "restore").status_code == 404


@pytest.mark.parametrize(
    "path", ["content/{log.pk}", "authors?user_id={log.user_id}", "queue/{item.pk}"]
)
def test_each_page_with_messages_has_the_component(desk, project, path):
    make_log(project, CLEAN)
    item = make_item(project, FLAGGED, user_id="ana")
    page = desk.get(f"/p/forum/{path.format(log=item.log, item=item)}").content.decode()
    assert "/verbs" in page
