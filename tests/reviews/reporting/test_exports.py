"""Exports: the same rows by command, over HTTP and from the page, in each format."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from moderation.accounts.audit import write_audit
from moderation.models import AuditEntry, Ban, ModerationLog, Project
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import DecisionKind
from reviews.reporting import exports
from tests.api.clients import Api
from tests.factories import make_caller, make_item, make_log, make_project, sign_in
from tests.lib.test_spreadsheets import csv_rows, xlsx_rows
from tests.messages import key

pytestmark = pytest.mark.django_db
EXPORTS = "/p/arena/settings/exports"
EVIL = "=cmd|' /C calc'!A0 <b>idiot</b> شكرا"


@pytest.fixture
def arena():
    made = make_project()
    caller = make_caller(made, "admin", "noor")
    item = make_item(made, EVIL, user_id="zed")
    decide(item.pk, DecisionRequest(DecisionKind.REJECT), caller, now=timezone.now())
    make_log(make_project("den"), "another's")
    return made


def taken(project, tmp_path, kind, form, *more):
    file = tmp_path / f"out.{form}"
    words = ["--kind", kind, "--format", form, "--output", str(file), "--project", project.slug]
    call_command("export", *words, *more, stdout=io.StringIO())
    return file.read_bytes()


def test_each_kind_comes_in_each_format(arena, tmp_path):
    for kind in exports.KINDS:
        head, *rows = csv_rows(taken(arena, tmp_path, kind, "csv"))
        assert head == [column.name for column in exports.KINDS[kind].columns]
        # Each export adds to the audit log.
        assert len(xlsx_rows(taken(arena, tmp_path, kind, "xlsx"))) >= len(rows) + 1 > 0
        assert len(json.loads(taken(arena, tmp_path, kind, "json"))) >= len(rows)
        assert taken(arena, tmp_path, kind, "pdf").startswith(b"%PDF-")


def test_rows_are_the_projects_own_and_formulas_are_text(arena, tmp_path):
    [row] = json.loads(taken(arena, tmp_path, "content", "json"))
    assert (row["content"], row["status"], row["reasons"]) == (EVIL, "rejected", row["reasons"])
    assert isinstance(row["reasons"], list)
    [_, cells] = csv_rows(taken(arena, tmp_path, "content", "csv"))
    assert f"'{EVIL}" in cells
    [decision] = json.loads(taken(arena, tmp_path, "decisions", "json"))
    assert (decision["decision"], decision["decided_by"]) == ("reject", "noor")


@pytest.mark.parametrize("letter", ["漢", "\N{GRINNING FACE}", "ی", "W"], ids=ascii)
def test_a_pdf_holds_the_longest_values_that_a_project_can_have(letter, tmp_path):
    wide = make_project()
    Project.objects.filter(pk=wide.pk).update(name=letter * 200)
    wide.refresh_from_db()
    item = make_item(wide, f"idiot {letter * 9000}", user_id=letter * 200)
    ModerationLog.objects.update(channel_id=letter * 200)
    caller = make_caller(wide, "admin", letter * 150)
    request = DecisionRequest(DecisionKind.REJECT, note=letter * 2000)
    decide(item.pk, request, caller, now=timezone.now())
    Ban.objects.create(
        project=wide, user_id=letter * 200, channel_id=letter * 200, type="permanent",
        reason=letter * 1000, lift_reason=letter * 1000, issued_by=letter * 200,
        lifted_by=letter * 200, issued_at=timezone.now(), lifted_at=timezone.now(),
    )  # fmt: skip
    facts = {"reason": letter * 1000}
    write_audit(wide, letter * 200, "ban.issued", f"author:{letter * 200}", facts)
    for kind in exports.NAMES:
        assert taken(wide, tmp_path, kind, "pdf").startswith(b"%PDF-")


def test_the_transparency_report_comes_figure_by_figure(arena, tmp_path):
    figures = json.loads(taken(arena, tmp_path, "transparency", "json"))
    told = {row["figure"]: row["value"] for row in figures}
    assert {"content.total", "content.by_verdict.allow"} <= told.keys()
    assert taken(arena, tmp_path, "transparency", "pdf").startswith(b"%PDF-")
    assert csv_rows(taken(arena, tmp_path, "transparency", "csv"))[0] == ["figure", "value"]


@pytest.mark.parametrize("since", ["2999-01-01", "9999-12-31"])
def test_a_transparency_report_that_begins_after_its_end_is_refused(arena, tmp_path, since):
    with pytest.raises(CommandError, match="since: must be before until"):
        taken(arena, tmp_path, "transparency", "csv", "--since", since)


def test_since_and_until_bound_the_rows(arena, tmp_path):
    today = timezone.now().date()
    tomorrow = str(today + timedelta(days=1))
    for bounds, count in (
        (["--since", tomorrow], 0), (["--until", str(today)], 0),
        (["--since", str(today), "--until", tomorrow], 1),
    ):  # fmt: skip
        assert len(json.loads(taken(arena, tmp_path, "content", "json", *bounds))) == count


def test_command_leaves_a_private_file_an_audit_entry_and_no_part(arena, tmp_path):
    taken(arena, tmp_path, "bans", "csv")
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o600
    entry = AuditEntry.objects.get(action="rows.exported")
    assert (entry.actor, entry.object_type, entry.data["form"]) == ("command line", "bans", "csv")


def test_command_says_in_one_line_what_is_wrong(arena, tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "MOST_IN_PDF", 0)
    with pytest.raises(CommandError, match="narrow it with since"):
        taken(arena, tmp_path, "content", "pdf")
    with pytest.raises(CommandError, match="2026-13-01"):
        taken(arena, tmp_path, "content", "csv", "--since", "2026-13-01")
    with pytest.raises(CommandError, match="No such file"):
        taken(arena, tmp_path / "nowhere", "content", "csv")
    assert list(tmp_path.iterdir()) == []


def test_over_http(arena, monkeypatch):
    api = Api(key(arena, "admin"))
    made = api.post("exports", {"kind": "content", "format": "json"})
    assert (made.status_code, made.json()["rows"], made.json()["status"]) == (201, 1, "ready")
    assert api.get("exports").json()["results"] == [made.json()]
    place = f"exports/{made.json()['id']}"
    assert api.get(place).json() == made.json()
    answer = api.get(f"{place}/download")
    assert answer["Content-Disposition"] == 'attachment; filename="arena-content.json"'
    assert len(json.loads(b"".join(answer))) == 1
    foreign = Api(key(make_project("valley"), "admin"))
    assert {foreign.get(path).status_code for path in (place, f"{place}/download")} == {404}
    monkeypatch.setattr("reviews.reporting.download.MOST_ROWS", 0)
    assert api.post("exports", {"kind": "content"}).status_code == 422


@pytest.mark.parametrize(
    "asked",
    [{}, {"kind": "x"}, {"kind": "bans", "format": "xml"}, {"kind": "bans", "since": "yesterday"}],
    ids=str,
)
def test_senseless_orders_are_422(arena, asked):
    assert Api(key(arena, "admin")).post("exports", asked).status_code == 422


def test_from_the_page(arena):
    page = sign_in(arena, "admin")
    today = str(timezone.now().date())
    asked = {"kind": "content", "form": "csv", "since": today, "until": today}
    answer = page.post(EXPORTS, asked)
    assert len(csv_rows(b"".join(answer))) == 2
    wrong = page.post(EXPORTS, {**asked, "form": "xml", "since": "x"})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {"form", "since"})
    assert sign_in(arena, "moderator").get(EXPORTS).status_code == 403


def test_the_page_covers_what_was_found_if_asked(arena):
    page = sign_in(arena, "admin")
    make_log(arena, "you idiot, write to john@example.com")
    asked = {"kind": "content", "form": "json", "is_covered": "on"}
    texts = [row["content"] for row in json.loads(b"".join(page.post(EXPORTS, asked)))]
    assert texts[-1] == "you •••, write to •••"
    assert page.get(EXPORTS).context["form"].initial == {"is_covered": True}
