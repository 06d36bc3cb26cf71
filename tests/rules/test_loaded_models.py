"""A project's own model judges once it is active, in every process, and can be rolled back."""

import threading
import time

import pytest
from django.db import connection

from moderation import rules
from moderation.delivery import relay
from moderation.lib.errors import Conflict, NotFound
from moderation.models import AuditEntry, ModelVersion, ModerationLog
from moderation.pipeline.moderate import analyze
from moderation.pipeline.replay import replay
from moderation.rules.active import active_ruleset
from moderation.rules.loaded_models import shadow_count
from tests.messages import forget, project, send
from tests.taught import CALM, DATA, TEXT, WORSE, taught

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bundled(settings):
    settings.TOXICITY_MODEL = "bundled"


@pytest.fixture
def arena():
    return project()


def store(of, weights=None, data=DATA):
    return rules.store_model(of, "tests", weights or taught(), data)


def activate(of, **options):
    """Store and activate a model; return its number."""
    return rules.activate_model(of, "tests", store(of).number, **options).number


def verdict(of, text=TEXT):
    return str(analyze(text, active_ruleset(of)).verdict.kind)


def states():
    return dict(ModelVersion.objects.order_by("number").values_list("number", "state"))


# --- Active


def test_a_model_in_shadow_says_nothing(arena):
    store(arena)
    assert verdict(arena) == "allow"
    assert send(arena, TEXT).log.model_version == 0


def test_an_active_model_judges_under_its_name(arena):
    activate(arena)
    log = send(arena, TEXT).log
    assert (log.verdict, log.moderator_type, log.moderator_name, log.model_version) == (
        "flag", "ai", "Project model 1", 1,
    )  # fmt: skip
    assert [(match["text"], match["source"]) for match in log.matches] == [("zorg", "model")]


def test_another_projects_messages_are_judged_as_before(arena):
    activate(arena)
    assert verdict(project("other")) == "allow"


def test_what_another_process_activated_acts_within_a_second(arena, monkeypatch):
    number = store(arena).number
    assert verdict(arena) == "allow"
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("moderation.rules.words.invalidate", lambda _project: None)
        rules.activate_model(arena, "tests", number)
    ends_at = time.monotonic() + 10
    while verdict(arena) == "allow" and time.monotonic() < ends_at:
        time.sleep(0.02)
    assert verdict(arena) == "flag"


@pytest.mark.django_db(transaction=True)
def test_other_threads_judge_by_it_at_once():
    arena = project()
    assert verdict(arena) == "allow"
    activate(arena)
    heard = []
    thread = threading.Thread(target=lambda: (heard.append(verdict(arena)), connection.close()))
    thread.start()
    thread.join()
    assert heard == ["flag"]


def test_the_newest_in_shadow_takes_the_place_of_the_one_before(arena):
    store(arena)
    store(arena)
    assert states() == {1: "retired", 2: "shadow"}


def test_a_worse_model_is_activated_only_by_force(arena):
    number = store(arena, data=WORSE).number
    with pytest.raises(Conflict, match="did worse"):
        rules.activate_model(arena, "tests", number)
    assert states() == {1: "shadow"}
    assert rules.activate_model(arena, "tests", number, is_forced=True).state == "active"


def test_unknown_and_active_models_are_refused(arena):
    with pytest.raises(NotFound, match="no model 7"):
        rules.activate_model(arena, "tests", 7)
    number = activate(arena)
    with pytest.raises(Conflict, match="active already"):
        rules.activate_model(arena, "tests", number)


# --- Back


def test_rolling_back_goes_from_model_to_model_down_to_the_bundled_one(arena):
    activate(arena)
    activate(arena)
    assert rules.roll_back_model(arena, "tests").number == 1
    assert (states(), verdict(arena)) == ({1: "active", 2: "retired"}, "flag")
    assert rules.roll_back_model(arena, "tests") is None
    assert (states(), verdict(arena)) == ({1: "retired", 2: "retired"}, "allow")
    with pytest.raises(Conflict, match="nothing to go back to"):
        rules.roll_back_model(arena, "tests")


def test_no_way_back_leads_in_a_circle(arena):
    first = activate(arena)
    second = activate(arena)
    rules.activate_model(arena, "tests", first)
    assert rules.roll_back_model(arena, "tests").number == second
    assert rules.roll_back_model(arena, "tests") is None


def test_who_did_it_is_in_the_audit_log(arena):
    activate(arena)
    rules.roll_back_model(arena, "tests")
    entries = AuditEntry.objects.filter(action__startswith="model.").order_by("pk")
    assert [(entry.action, entry.actor, entry.data["model"]) for entry in entries] == [
        ("model.trained", "tests", 1),
        ("model.activated", "tests", 1),
        ("model.rolled_back", "tests", 1),
    ]
    assert entries[2].data["to"] is None


# --- What does not fit


def test_a_model_of_another_bundled_model_is_not_asked(arena):
    activate(arena)
    ModelVersion.objects.update(base="another")
    forget()
    assert (verdict(arena), active_ruleset(arena).model) == ("allow", None)
    ModelVersion.objects.update(state="retired")
    with pytest.raises(Conflict, match="another bundled model"):
        rules.activate_model(arena, "tests", 1)


def test_a_damaged_model_does_not_take_the_checks_with_it(arena, caplog):
    activate(arena)
    ModelVersion.objects.update(weights=b"short")
    forget()
    assert verdict(arena) == "allow"
    assert "cannot be read" in caplog.text


def test_beside_another_model_it_is_not_asked(arena, settings):
    activate(arena)
    settings.TOXICITY_MODEL = "off"
    forget()
    assert (verdict(arena), send(arena, TEXT).log.model_version) == ("allow", 0)


# --- Shadow


def counted(of, number=1):
    relay.run_once([])
    count = shadow_count(of, number)
    return count.checks, count.pairs


def test_a_shadow_counts_what_it_would_have_said(arena):
    store(arena)
    for number, text in enumerate((TEXT, TEXT, CALM, "You fucking idiot, die")):
        send(arena, text, user_id=f"author {number}")
    assert counted(arena) == (4, [("allow", "flag", 2)])
    assert set(ModerationLog.objects.values_list("verdict", flat=True)) == {"allow", "block"}


def test_a_shadow_is_compared_with_the_model_that_judges(arena):
    activate(arena)
    store(arena, taught(weight=-40.0))
    send(arena, TEXT)
    assert counted(arena, 2) == (1, [("flag", "allow", 1)])


def test_what_is_judged_without_being_stored_is_not_counted(arena):
    store(arena)
    verdict(arena)
    assert counted(arena) == (0, [])


def test_a_shadow_that_fails_costs_its_count_alone(arena, monkeypatch, caplog):
    store(arena)
    monkeypatch.setattr("moderation.pipeline.shadow_model.find_by_model", lambda *_: 1 / 0)
    assert send(arena, TEXT).log.verdict == "allow"
    assert counted(arena) == (0, [])
    assert "A model in shadow failed" in caplog.text


# --- Replay


def test_content_is_replayed_by_the_model_of_its_day(arena):
    before = send(arena, TEXT, user_id="one").log
    activate(arena)
    during = send(arena, TEXT, user_id="two").log
    rules.roll_back_model(arena, "tests")
    found = [replay(log) for log in (before, during)]
    assert [one.is_same for one in found] == [True, True]
    assert [str(one.verdict.kind) for one in found] == ["allow", "flag"]
    assert "model 1 judged it" in " ".join(found[1].notes)


@pytest.mark.parametrize("change", [{"base": "another"}, None], ids=["another base", "gone"])
def test_a_model_that_cannot_judge_again_is_no_other_verdict(arena, change):
    activate(arena)
    log = send(arena, TEXT).log
    ModelVersion.objects.update(**change) if change else ModelVersion.objects.all().delete()
    found = replay(log)
    assert (found.verdict, found.differences) == (None, {})
    assert found.notes[0].startswith("Model 1 of the project")
