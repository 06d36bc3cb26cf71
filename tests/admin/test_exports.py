"""Lists become files: whole ones, harmless ones, noted in the audit log, and not for everybody."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from moderation.accounts.keys import create_key
from moderation.accounts.members import set_role
from moderation.models import ApiKey, AuditEntry, ModerationLog
from tests.admin.rows import make_item, make_project, person, say
from tests.lib.test_spreadsheets import csv_rows, xlsx_rows

pytestmark = pytest.mark.django_db
LIST = "admin:moderation_moderationlog_changelist"
REVIEWS = "admin:reviews_reviewitem_changelist"


def ask(page, *rows, form="csv", view=LIST, query="", **more):
    data = {"action": f"export_{form}", "_selected_action": [row.pk for row in rows], **more}
    return page.post(reverse(view) + query, data)


def body(answer):
    return b"".join(answer.streaming_content)


def table(answer):
    head, *rows = csv_rows(body(answer))
    return [dict(zip(head, row, strict=True)) for row in rows]


def told(page, answer):
    assert answer.status_code == 302
    return [str(message) for message in page.get(answer.url).context["messages"]]


@pytest.fixture
def noor(client):
    """Return somebody of the staff who may see logs, signed in."""
    user = person("noor")
    user.user_permissions.add(Permission.objects.get(codename="view_moderationlog"))
    client.force_login(user)
    return user


def test_csv_has_the_whole_row(page, arena):
    log = say(arena, content="flagword " * 30)
    answer = ask(page, log)
    [row] = table(answer)
    assert answer["Content-Disposition"].startswith('attachment; filename="moderationlog-')
    assert (row["message_id"], row["project"], row["verdict"]) == ("m1", "arena", log.verdict)
    assert row["content"] == log.content
    assert row["created_at"].endswith("Z")


def test_xlsx_has_the_same_cells(page, arena):
    head, row = xlsx_rows(body(ask(page, say(arena, content="hello"), form="xlsx")))
    assert row[head.index("content")] == "hello"


def test_formula_in_content_is_disarmed(page, arena):
    log = say(arena, content="=HYPERLINK(1)", user_id="@zed")
    [row] = table(ask(page, log))
    assert (row["content"], row["user_id"]) == ("'=HYPERLINK(1)", "'@zed")


def test_only_what_was_selected_is_exported(page, arena):
    log = say(arena)
    say(arena, "m2", user_id="yan")
    assert [row["message_id"] for row in table(ask(page, log))] == ["m1"]


def test_all_that_the_filters_leave_is_exported(page, arena):
    log = say(arena)
    say(arena, "m2", "hello", user_id="yan")
    answer = ask(page, log, query="?verdict=allow", select_across="1")
    assert [row["message_id"] for row in table(answer)] == ["m2"]


def test_export_is_noted_in_the_audit_log_of_each_project(page, arena):
    den = make_project("den")
    logs = [say(arena), say(arena, "m2", user_id="yan"), say(den)]
    body(ask(page, *logs, query="?status=flagged"))
    noted = AuditEntry.objects.filter(action="rows.exported", actor="root")
    assert {entry.project.slug: entry.data["rows"] for entry in noted} == {"arena": 2, "den": 1}
    assert noted[0].object_type == "moderationlog"
    assert (noted[0].data["form"], noted[0].data["filters"]) == ("csv", {"status": ["flagged"]})


def test_too_many_rows_are_refused_in_words_and_nothing_is_noted(page, arena, monkeypatch):
    monkeypatch.setattr("moderation.admin.exporting.MOST_EXPORTED", 1)
    logs = [say(arena), say(arena, "m2", user_id="yan")]
    [message] = told(page, ask(page, *logs))
    assert message.startswith("An export has at most 1 rows, and these are more")
    assert not AuditEntry.objects.filter(action="rows.exported").exists()


def test_limit_is_ten_thousand_rows():
    from moderation.admin.exporting import MOST_EXPORTED  # noqa: PLC0415 (Django is ready here)

    assert MOST_EXPORTED == 10_000


def test_admin_of_the_project_may_export_its_rows(client, noor, arena):
    set_role(arena, noor, "admin", actor="tests")
    assert len(table(ask(client, say(arena)))) == 1


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_lesser_roles_are_not_offered_an_export(client, noor, arena, role):
    set_role(arena, noor, role, actor="tests")
    log = say(arena)
    assert 'value="export_csv"' not in client.get(reverse(LIST)).content.decode()
    assert ask(client, log).status_code in {200, 302}
    assert not AuditEntry.objects.filter(action="rows.exported").exists()


def test_rows_of_a_foreign_project_are_left_out(client, noor, arena):
    set_role(arena, noor, "admin", actor="tests")
    logs = [say(arena), say(make_project("den"), "foreign")]
    text = body(ask(client, *logs)).decode()
    assert "m1" in text
    assert "foreign" not in text


def test_secrets_are_no_columns(page, arena):
    key, raw = create_key(arena, name="bot", scopes=["check"], actor="tests")
    text = body(ask(page, key, view="admin:moderation_apikey_changelist")).decode()
    assert ApiKey.objects.get().digest not in text
    assert raw not in text


def test_review_comes_with_its_content(page, arena):
    item = make_item(arena)
    [row] = table(ask(page, item, view=REVIEWS))
    assert row["log content"] == item.log.content


def test_export_costs_few_queries(page, arena, django_assert_max_num_queries):
    logs = [say(arena, f"m{number}", user_id=f"u{number}") for number in range(20)]
    # Session, user, the list's own count and rows, keys, projects, savepoint, audit, rows.
    with django_assert_max_num_queries(13):
        body(ask(page, *logs))
    assert ModerationLog.objects.count() == 20
