"""load_demo: a sign-in that nobody can guess, thirty believable days, safe to repeat."""

import io
import json
import shlex
import shutil
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from moderation.accounts.key_lookup import caller_of_key
from moderation.delivery import relay
from moderation.events.counters import totals_of
from moderation.models import (
    ApiKey,
    AuditEntry,
    Ban,
    BlacklistWord,
    LogRevision,
    Membership,
    ModerationLog,
    OutboxEvent,
    Project,
)
from reviews.models import Appeal, Claim, Decision, Report, ReviewItem, ReviewNote
from tests.databases import shared_rows
from tests.messages import row_counts

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
#: A Saturday afternoon; the same moment gives the same history.
LOADED_AT = "2026-03-07T15:20:00Z"


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """Load the demo once for all tests here; each test's changes are taken back."""
    place = tmp_path_factory.mktemp("var")
    with shared_rows(django_db_blocker):
        with override_settings(VAR_DIR=place), time_machine.travel(LOADED_AT, tick=False):
            call_command("load_demo", stdout=io.StringIO())
        yield place


@pytest.fixture
def now():
    with time_machine.travel(LOADED_AT, tick=False):
        yield timezone.now()


@pytest.fixture
def var(loaded, db, now, settings, tmp_path):
    shutil.copytree(loaded, tmp_path, dirs_exist_ok=True)
    settings.VAR_DIR, settings.OPEN_PROJECT = tmp_path, "demo"
    return tmp_path


@pytest.fixture
def demo(var):
    return json.loads((var / "demo.json").read_text())


@pytest.fixture
def nothing(var):
    """Take everything away, as if the database were new."""
    delete_all()


# --- The sign-in


def test_sign_in_is_written_for_its_owner_alone(demo, var):
    assert set(demo) == {"url", "username", "password", "api_key", "project", "people"}
    assert (var / "demo.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in var.iterdir()] == ["demo.json"]


def test_passwords_and_key_of_the_file_work(demo):
    noor, teo = demo["people"]
    assert User.objects.get(username="admin", is_superuser=True).check_password(demo["password"])
    assert User.objects.get(username="noor").check_password(noor["password"])
    assert User.objects.get(username="teo").check_password(teo["password"])
    assert caller_of_key(demo["api_key"]).scopes == {"check", "read", "review"}
    assert set(Membership.objects.values_list("user__username", "role")) == {
        ("admin", "owner"), ("noor", "moderator"), ("teo", "moderator"),
    }  # fmt: skip


def test_a_second_load_changes_nothing(var, command):
    before, file = row_counts(), (var / "demo.json").read_text()
    passwords = list(User.objects.order_by("pk").values_list("password", flat=True))
    command("load_demo")
    assert row_counts() == before
    assert (var / "demo.json").read_text() == file
    assert list(User.objects.order_by("pk").values_list("password", flat=True)) == passwords


def test_a_lost_file_is_made_again_with_new_passwords_and_a_new_key(demo, var, command):
    before = ModerationLog.objects.count()
    (var / "demo.json").unlink()
    command("load_demo")
    again = json.loads((var / "demo.json").read_text())
    assert again["password"] != demo["password"]
    assert again["people"][1]["password"] != demo["people"][1]["password"]
    assert ApiKey.objects.filter(revoked_at=None).count() == 1
    assert ModerationLog.objects.count() == before


@pytest.mark.standalone
def test_a_lost_database_is_loaded_anew_and_the_same_moment_gives_the_same(var, command):
    first = facts()
    delete_all()
    command("load_demo")
    assert facts() == first


@pytest.mark.parametrize("name", ["admin", "noor", "teo"])
def test_an_account_of_a_stranger_is_left_alone(nothing, var, command, name):
    (var / "demo.json").unlink()
    User.objects.create_superuser(name, password="the-strangers-own")
    with pytest.raises(CommandError, match=f"'{name}' is a person here already"):
        command("load_demo")
    assert User.objects.get().check_password("the-strangers-own")
    assert not Project.objects.exists()
    assert list(var.iterdir()) == []


def test_printed_curl_line_needs_no_key_where_the_demo_is_open(demo, command, client, monkeypatch):
    monkeypatch.setenv("PORT", "8123")
    words = shlex.split(command("load_demo").splitlines()[-1])
    assert words[2] == "http://127.0.0.1:8123/api/v1/moderation/check"
    path = words[2].removeprefix("http://127.0.0.1:8123")
    answer = client.post(path, words[-1], content_type="application/json")
    assert (answer.status_code, answer.json()["verdict"]) == (200, "flag")


def test_the_passwords_are_printed_on_a_machine_for_trying_only(demo, command, settings):
    settings.DEBUG = True
    assert f"Sign in as admin, {demo['password']}" in command("load_demo")
    settings.DEBUG = False
    assert demo["password"] not in command("load_demo")


def test_printed_curl_line_reads_the_key_where_no_project_is_open(demo, command, settings):
    settings.OPEN_PROJECT = ""
    said = command("load_demo")
    assert "X-API-Key: $(python3" in said
    assert demo["password"] not in said
    assert demo["people"][0]["password"] not in said
    assert demo["api_key"] not in said


# --- The thirty days


def test_chat_is_long_varied_and_in_three_languages(var, now):
    logs = ModerationLog.objects.all()
    assert 2000 <= logs.count() <= 3000
    assert logs.values("content").distinct().count() > 900
    assert 90 <= logs.values("user_id").distinct().count() <= 160
    assert logs.values("channel_id").distinct().count() == 6
    languages = Counter(logs.values_list("language", flat=True))
    assert min(languages[tag] for tag in ("en", "es", "ur-Latn")) > 250
    assert not logs.filter(created_at__gt=now).exists()


def test_days_nights_and_weekends_differ(var):
    hours = Counter(at.hour for at in ModerationLog.objects.values_list("created_at", flat=True))
    assert hours[19] > 4 * hours[4]
    assert (
        len({at.date() for at in ModerationLog.objects.values_list("created_at", flat=True)}) > 29
    )


def test_everything_is_stamped_in_order_of_time(var, now):
    told = list(OutboxEvent.objects.order_by("id").values_list("created_at", flat=True))
    assert all(earlier <= later for earlier, later in pairwise(told))
    assert told[0] < now - timedelta(days=29)
    assert told[-1] <= now
    rulings = AuditEntry.objects.filter(action="review.decided")
    assert rulings.order_by("id").first().created_at < now - timedelta(days=28)


def test_queue_has_open_items_of_each_kind_and_age(var, now):
    waiting = ReviewItem.objects.open()
    assert 25 <= waiting.count() <= 40
    assert {"engine", "report", "escalation", "appeal"} == set(
        waiting.values_list("source", flat=True)
    )
    assert waiting.filter(created_at__gt=now - timedelta(minutes=30)).count() >= 3
    assert waiting.filter(created_at__lt=now - timedelta(hours=10)).count() >= 3
    assert waiting.filter(report_count__gt=1).exists()
    reasons = {reason for item in waiting.select_related("log") for reason in item.log.reasons}
    assert {"harassment", "personal_info", "spam", "threat"} <= reasons


def test_both_moderators_are_at_work_on_an_item(var, now):
    held = Claim.objects.filter(expires_at__gt=now)
    assert set(held.values_list("holder_name", flat=True)) == {"noor", "teo"}


@pytest.mark.parametrize("name", ["noor", "teo"])
def test_moderator_has_ruled_in_every_way(var, name):
    rulings = Counter(Decision.objects.filter(decided_by=name).values_list("ruling", flat=True))
    assert min(rulings[ruling] for ruling in ("approve", "reject", "dismiss")) >= 3
    assert sum(rulings.values()) > 60


def test_rulings_were_taken_back_passed_on_and_answered(var):
    rulings = Decision.objects.all()
    assert rulings.exclude(undone_at=None).count() >= 2
    assert rulings.filter(ruling="escalate").count() >= 3
    assert rulings.filter(decided_by="admin").exists()
    assert rulings.exclude(note="").count() > 50


def test_bans_of_every_kind_exist(var, now):
    bans = Ban.objects.all()
    assert bans.active(now).filter(type="temporary").exists()
    assert bans.active(now).filter(user_id="market_marv", issued_by="admin").exists()
    assert bans.active(now).filter(type="permanent", issued_by="system").exists()
    assert bans.filter(lift_reason="expired").exists()
    assert bans.filter(user_id="diego", lifted_by="teo", lift_reason__contains="private").exists()


def test_no_ban_is_left_whose_time_is_over(var, now):
    assert not Ban.objects.over(now - timedelta(minutes=1)).exists()


def test_edits_reports_notes_and_words_exist(var):
    assert LogRevision.objects.count() >= 3
    assert Report.objects.filter(log__verdict="allow").count() >= 10
    assert Report.objects.filter(reporter_id="grumpy_ferret").count() >= 5
    assert ReviewNote.objects.count() >= 10
    assert BlacklistWord.objects.filter(word="coinrush").exists()


def test_authors_appeal_and_others_answer(var):
    told = Counter(Appeal.objects.values_list("status", "outcome"))
    assert told == {
        ("decided", "overturned"): 2, ("decided", "upheld"): 1, ("open", ""): 2,
    }  # fmt: skip
    assert not Appeal.objects.filter(self_reviewed=True).exists()


def test_raid_was_cleared_in_bulk(var):
    rulings = Decision.objects.filter(note__startswith="Raid")
    assert rulings.count() >= 30
    assert rulings.values("decided_at").distinct().count() <= 4


def test_counters_equal_the_rows(var):
    relay.run_once([])
    rows = Counter(ModerationLog.objects.values_list("status", flat=True))
    totals = totals_of(Project.objects.get())
    assert totals == {
        "total": rows.total(),
        **{status: rows[status] for status in ("approved", "rejected", "flagged")},
        "open_reviews": ReviewItem.objects.open().count(),
    }


def delete_all():
    AuditEntry.objects.all().delete()
    Project.objects.all().delete()
    User.objects.all().delete()


def facts():
    """Return what the history consists of, but for ids."""
    logs = ModerationLog.objects.order_by("created_at", "message_id")
    rulings = Decision.objects.order_by("decided_at", "review__log__message_id")
    return [
        list(logs.values_list("message_id", "user_id", "content", "status", "created_at")),
        list(rulings.values_list("ruling", "decided_by", "note", "undone_at", "decided_at")),
        list(Ban.objects.order_by("issued_at", "user_id").values_list("user_id", "expires_at")),
    ]
