"""import_from: what the four older services stored comes over once, and nothing else happens."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.utils import timezone

from moderation import rules
from moderation.events.counters import totals_of
from moderation.models import (
    AuditEntry,
    Ban,
    BlacklistWord,
    ModerationLog,
    OutboxEvent,
    Rule,
    Strike,
)
from reviews.management.older import store
from reviews.models import AuthorNote, Decision, ReviewItem
from reviews.reporting.hours import Span, count_hours, figures_by_hour
from reviews.reporting.summing import sum_hours
from tests.factories import sign_in
from tests.management.older_services import (
    AURAFLOW,
    AUTOMODERATE,
    BLOOM,
    CHAT_SERVICE,
    HASH,
    folder,
    sqlite_file,
)
from tests.messages import row_counts, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring(arena, command, tmp_path):
    """Return a function that imports a service's data and returns the report."""
    kinds = {
        "bloom": lambda: sqlite_file(tmp_path / "bloom.db", BLOOM),
        "auraflow": lambda: sqlite_file(tmp_path / "auraflow.db", AURAFLOW),
        "automoderate": lambda: sqlite_file(tmp_path / "automoderate.db", AUTOMODERATE),
        "moderation-service": lambda: folder(tmp_path / "dump", CHAT_SERVICE),
    }
    made = {}

    def run(service, *words):
        path = made.get(service) or made.setdefault(service, kinds[service]())
        return json.loads(command("import_from", service, path, *words, "--format", "json"))

    return run


ALL = [
    ("bloom", ()),
    ("auraflow", ("--only", "1")),
    ("automoderate", ("--only", "Forum")),
    ("moderation-service", ()),
]
each_service = pytest.mark.parametrize(("service", "words"), ALL, ids=[name for name, _ in ALL])


def rows(model, *fields):
    return list(model.objects.order_by("pk").values_list(*fields))


def new(report):
    return {kind: report[kind]["new"] for kind in store.KINDS.values() if report[kind]["new"]}


# --- All services


@each_service
def test_dry_run_counts_the_same_and_stores_nothing(bring, service, words):
    before = row_counts()
    dry = bring(service, *words, "--dry-run")
    assert row_counts() == before
    assert new(dry) == new(bring(service, *words))


@each_service
def test_second_import_changes_nothing(bring, service, words):
    first = bring(service, *words)
    before = row_counts()
    again = bring(service, *words)
    assert row_counts() == before
    assert new(again) == {}
    assert all(again[kind]["known"] >= first[kind]["new"] for kind in store.KINDS.values())


@each_service
def test_interrupted_import_goes_on(bring, service, words, monkeypatch):
    monkeypatch.setattr(store, "BATCH", 1)
    whole, steps = store.Importer.messages, []

    def breaks(importer, batch):
        steps.append(batch)
        if len(steps) == 2:
            raise OSError(28, "No space left on device")
        whole(importer, batch)

    monkeypatch.setattr(store.Importer, "messages", breaks)
    with pytest.raises(CommandError, match="No space left"):
        bring(service, *words)
    assert ModerationLog.objects.count() == 1
    bring(service, *words)
    again = bring(service, *words)
    assert new(again) == {}
    assert ModerationLog.objects.count() == again["messages"]["known"]


@each_service
def test_apps_hear_nothing_and_the_audit_log_does(bring, service, words):
    report = bring(service, *words)
    types = set(OutboxEvent.objects.values_list("type", flat=True))
    assert types <= {"rule_update"}
    entry = AuditEntry.objects.get(action="data.imported")
    assert entry.data == {"service": service, **new(report)}


@each_service
def test_totals_count_what_was_imported(bring, arena, service, words):
    bring(service, *words)
    totals = totals_of(arena)
    assert totals["total"] == ModerationLog.objects.count()
    for status in ("approved", "rejected", "flagged"):
        assert totals[status] == ModerationLog.objects.filter(status=status).count()
    assert totals["open_reviews"] == ReviewItem.objects.open().count()


@each_service
def test_figures_by_the_hour_count_what_was_imported(bring, arena, service, words):
    now = timezone.now()
    sum_hours(now)
    bring(service, *words)
    span = Span(now - timedelta(days=9_000), now)
    assert figures_by_hour(arena, span) == count_hours(arena, [span]) != {}


@each_service
def test_pages_show_what_was_imported(bring, arena, service, words):
    bring(service, *words)
    page = sign_in(arena, "admin")
    for path in ("content", "queue", "bans", "insights", "live"):
        assert page.get(f"/p/arena/{path}").status_code == 200
    for log in ModerationLog.objects.all():
        assert page.get(f"/p/arena/content/{log.pk}").status_code == 200
        assert page.get("/p/arena/authors", {"user_id": log.user_id}).status_code == 200


# --- Bloom


def test_bloom_messages_get_verdicts_and_reviews(bring):
    bring("bloom")
    assert rows(ModerationLog, "message_id", "verdict", "status", "is_approved", "score") == [
        ("b1", "allow", "approved", True, 0.0),
        ("b2", "flag", "flagged", False, 0.0),
        ("b3", "block", "rejected", False, 0.8),
        ("b4", "block", "approved", True, 0.6),
    ]
    assert rows(Decision, "ruling", "decided_by", "note") == [
        ("reject", "moderator (Bloom)", "clear case"),
        ("approve", "moderator (Bloom)", ""),
    ]
    assert ReviewItem.objects.open().get().log.message_id == "b2"


def test_bloom_bans_that_were_carried_out_hold_everywhere(bring, arena):
    report = bring("bloom")
    assert rows(Ban, "user_id", "channel_id", "type") == [("cy", "", "permanent")]
    assert sum(report["bans"]["left_out"].values()) == 2
    assert send(arena, user_id="cy").log.action == "user_banned"


# --- The moderation service


def test_words_of_the_service_come_without_its_admin_key(bring):
    report = bring("moderation-service")
    assert rows(BlacklistWord, "word", "severity", "added_by") == [
        ("zorgling", "high", "command line")
    ]
    assert report["words"]["left_out"]["not active"] == 1
    assert sum(report["words"]["left_out"].values()) == 2
    assert "the-admin-key" not in str(rows(Ban, "lifted_by", "issued_by"))


def test_violations_keep_the_hash_of_a_text_that_was_not_stored(bring):
    bring("moderation-service")
    log = ModerationLog.objects.get(message_id="v1")
    assert (log.content, log.content_hash, log.action) == ("", HASH, "blocked")


def test_strikes_go_on_counting_with_the_newest_violations_as_causes(bring, arena):
    bring("moderation-service")
    causes = Strike.objects.values_list("log__message_id", flat=True)
    assert set(causes) == {"v3", "v2"}
    assert {strike.expires_at.year for strike in Strike.objects.all()} == {2126}


def test_bans_of_the_service_hold_were_lifted_or_are_over(bring):
    report = bring("moderation-service")
    assert dict(rows(Ban, "user_id", "lift_reason")) == {"ana": "", "bo": "", "cy": "expired"}
    assert set(Ban.objects.filter(lifted_at=None).values_list("user_id", flat=True)) == {"ana"}
    assert report["bans"]["left_out"] == {"is temporary and has no banned_until": 1}


def test_ban_that_only_the_strikes_row_has_comes_too(arena, command, tmp_path):
    only_strikes = {"user_strikes": CHAT_SERVICE["user_strikes"]}
    command("import_from", "moderation-service", folder(tmp_path / "dump", only_strikes))
    assert rows(Ban, "user_id", "type") == [("ana", "temporary")]


# --- AuraFlow


def test_auraflow_community_comes_alone(bring):
    report = bring("auraflow", "--only", "1")
    assert rows(ModerationLog, "message_id", "verdict", "severity", "reasons") == [
        ("501", "allow", "none", []),
        ("502", "flag", "medium", ["harassment"]),
        ("auraflow-3", "block", "high", ["threat"]),
        ("auraflow-log-1", "block", "low", ["spam"]),
    ]
    assert report["messages"]["left_out"] == {
        "of other agents": 1,
        "has no action in output_text": 1,
    }
    assert rows(Ban, "user_id", "channel_id") == [("14", "")]
    assert rows(AuthorNote, "user_id", "text") == [("13", "AuraFlow counted 2 violations.")]


# --- AutoModerate


def test_automoderate_project_comes_alone(bring):
    report = bring("automoderate", "--only", "Forum")
    assert rows(ModerationLog, "message_id", "user_id", "verdict", "status", "rule_name") == [
        ("c1", "ana", "allow", "approved", None),
        ("c2", "bo", "flag", "flagged", None),
        ("c3", "ana", "flag", "rejected", "Slurs"),
        ("c4", "ana", "flag", "flagged", None),
    ]
    assert report["messages"]["left_out"] == {"is no text": 1}
    assert rows(Decision, "ruling", "decided_by", "note") == [
        ("reject", "mira (AutoModerate)", "an insult")
    ]


def test_automoderate_rules_run_in_the_same_order(bring):
    report = bring("automoderate", "--only", "p1")
    assert rows(Rule, "name", "action", "priority") == [("Slurs  rough", "flag", 101)]
    assert len(report["rules"]["left_out"]) == 1


# --- What the project says and what goes wrong


@pytest.mark.parametrize("storage", ["masked", "hash"])
def test_text_is_imported_only_if_the_policy_stores_it_in_full(bring, arena, storage):
    rules.change_policy(arena, "tests", {"storage": storage})
    bring("bloom")
    assert set(ModerationLog.objects.values_list("content", flat=True)) == {""}


def test_message_that_gavel_has_already_stays_as_it_is(bring, arena):
    send(arena, "Hello world", message_id="b3", user_id="cy", channel_id="default")
    report = bring("bloom")
    assert report["messages"]["known"] == 1
    assert ModerationLog.objects.get(message_id="b3").content == "Hello world"


def test_csv_exports_read_like_the_database(arena, command, tmp_path):
    dump = tmp_path / "dump"
    dump.mkdir()
    (dump / "moderation_actions.csv").write_text(
        "id,player_id,action,reason,performed_by,success,applied,created_at\n"
        "1,cy,ban,,manual,t,t,2026-02-01 09:00:01+00\n"
    )
    command("import_from", "bloom", str(dump))
    assert rows(Ban, "user_id", "reason") == [("cy", "not stated")]


@pytest.mark.parametrize(
    ("service", "words", "said"),
    [
        ("automoderate", (), "several projects: name one of Forum, Shop"),
        ("automoderate", ("--only", "Nowhere"), "must name one of the projects"),
        ("auraflow", (), "several communities"),
        ("bloom", ("--only", "x"), "no parts"),
    ],
)
def test_part_must_be_named_where_there_are_several(bring, service, words, said):
    with pytest.raises(CommandError, match=said):
        bring(service, *words)


def test_file_of_another_kind_is_refused(arena, command, tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(CommandError, match="neither an SQLite file nor a folder"):
        command("import_from", "bloom", str(tmp_path / "notes.txt"))
    with pytest.raises(CommandError, match="has none of the tables"):
        command("import_from", "bloom", str(tmp_path))
    with pytest.raises(CommandError, match="No such file"):
        command("import_from", "bloom", str(tmp_path / "nowhere"))
