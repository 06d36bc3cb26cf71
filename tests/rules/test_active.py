"""A change acts at once, and nobody waits while a long list is compiled."""

import threading
import time
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from moderation.engine import giving_way
from moderation.engine.classify import classify
from moderation.models import BlacklistWord, OutboxEvent
from moderation.rules import add_word, change_policy, change_word, remove_word
from moderation.rules.active import active_ruleset, policy_of
from tests.factories import make_project
from tests.messages import forget, key, member, send

pytestmark = pytest.mark.django_db
module = import_module("moderation.rules.active")
WORD = {"word": "widget", "language": "*", "category": "other", "severity": "medium"}


@pytest.fixture
def project():
    forget()
    return make_project()


@pytest.fixture
def slow(monkeypatch):
    """Make compiling wait for the test; return the events that it began and that it may go on."""
    began, go_on = threading.Event(), threading.Event()
    build = module.build

    def build_slowly(project):
        began.set()
        assert go_on.wait(60)
        return build(project)

    monkeypatch.setattr(module, "build", build_slowly)
    yield began, go_on
    go_on.set()


def finds(project, text="a widget"):
    return bool(classify(text, active_ruleset(project).compiled).matches)


def eventually(condition):
    ends_at = time.monotonic() + 10
    while time.monotonic() < ends_at and not condition():
        time.sleep(0.02)
    return condition()


def test_a_new_word_acts_on_the_next_message(project):
    assert not finds(project)
    add_word(project, "noor", WORD)
    assert finds(project)


def test_what_another_process_changed_acts_within_a_second(project, monkeypatch):
    assert not finds(project)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("moderation.rules.words.invalidate", lambda _project: None)
        add_word(project, "noor", WORD)
    assert not finds(project)
    assert eventually(lambda: finds(project))


def test_an_unchanged_project_is_not_compiled_again(project, monkeypatch):
    before = active_ruleset(project)
    monkeypatch.setattr(module, "CHECK_SECONDS", 0)
    assert active_ruleset(project) is before


@pytest.mark.django_db(transaction=True)
def test_only_a_list_that_nobody_waits_for_gives_way(monkeypatch):
    project, waited_for, build = make_project(), [], module.build

    def build_and_note(project):
        waited_for.append(threading.get_ident() in giving_way._urgent)
        return build(project)

    forget()
    monkeypatch.setattr(module, "build", build_and_note)
    active_ruleset(project)
    assert waited_for == [True]
    monkeypatch.setattr(module, "LONG_LIST", 0)
    add_word(project, "noor", WORD)
    assert eventually(lambda: finds(project) and not module._compiling)
    assert waited_for == [True, False]
    assert giving_way._urgent == set()


@pytest.mark.django_db(transaction=True)
def test_a_long_list_is_compiled_in_the_background(monkeypatch):
    project = make_project()
    forget()
    before = active_ruleset(project)
    monkeypatch.setattr(module, "LONG_LIST", 0)
    add_word(project, "noor", WORD)
    assert eventually(lambda: finds(project) and not module._compiling)
    assert active_ruleset(project) is not before


@pytest.fixture
def long_list(monkeypatch, request, transactional_db):
    """Make a project with a list that counts as long, which is compiled only when the test ends."""
    project = make_project()
    forget()
    word = add_word(project, "noor", {**WORD, "word": "gadget"})
    active_ruleset(project)
    _, go_on = request.getfixturevalue("slow")
    monkeypatch.setattr(module, "LONG_LIST", -1)
    yield project, word
    go_on.set()
    assert eventually(lambda: not module._compiling)


def test_a_new_word_acts_before_a_long_list_is_compiled(long_list):
    project, _ = long_list
    add_word(project, "noor", WORD)
    assert finds(project)
    assert finds(project, "a gadget")
    assert module._compiling


def test_a_removed_word_is_gone_before_a_long_list_is_compiled(long_list):
    project, word = long_list
    remove_word(word, "noor")
    assert not finds(project, "a gadget")


def test_a_changed_word_counts_as_changed_before_a_long_list_is_compiled(long_list):
    project, word = long_list
    change_word(word, "noor", {"word": "gizmo"})
    assert finds(project, "a gizmo")
    assert not finds(project, "a gadget")


def test_a_regular_expression_acts_before_a_long_list_is_compiled(long_list):
    project, _ = long_list
    add_word(project, "noor", {**WORD, "word": r"w-\d{3}", "is_regex": True})
    assert finds(project, "a W-123")


def test_a_policy_acts_before_a_long_list_is_compiled(long_list):
    project, _ = long_list
    change_policy(project, "noor", {"preset": "strict"})
    assert policy_of(project).preset == "strict"
    assert finds(project, "a gadget")


def test_the_compiled_list_replaces_the_changes_that_were_laid_over_it(long_list, slow):
    project, _ = long_list
    add_word(project, "noor", WORD)
    assert active_ruleset(project).compiled.blacklist.newer
    slow[1].set()
    assert eventually(lambda: not active_ruleset(project).compiled.blacklist.newer)
    assert finds(project)


def test_a_word_that_expires_leaves_a_long_list(long_list):
    project, _ = long_list
    soon = timezone.now() + timedelta(seconds=0.3)
    add_word(project, "noor", {**WORD, "expires_at": soon})
    assert finds(project)
    assert eventually(lambda: not finds(project))


@pytest.mark.django_db(transaction=True)
def test_other_projects_do_not_wait_for_one_that_compiles(slow):
    began, go_on = slow
    busy, calm = make_project("busy"), make_project("calm")
    go_on.set()
    active_ruleset(calm)
    go_on.clear()
    began.clear()
    thread = threading.Thread(target=lambda: (active_ruleset(busy), connection.close()))
    thread.start()
    assert began.wait(60)
    assert not finds(calm)
    go_on.set()
    thread.join()


def broken(_project):
    raise MemoryError


def notifications():
    return OutboxEvent.objects.filter(type="system_notification").count()


def test_a_list_that_cannot_be_compiled_leaves_the_earlier_one_in_force(project, monkeypatch):
    add_word(project, "noor", WORD)
    assert finds(project)
    with monkeypatch.context() as while_broken:
        while_broken.setattr(module, "build", broken)
        add_word(project, "noor", {**WORD, "word": "gadget"})
        assert finds(project)
        assert active_ruleset(project).is_stale
        add_word(project, "noor", {**WORD, "word": "gizmo"})
        assert (active_ruleset(project).is_stale, notifications()) == (True, 1)
        assert send(project, "a widget").log.degraded == ["ruleset"]
        answer = Client().get("/api/v1/health").json()
        assert (answer["status"], answer["stale_rulesets"]) == ("degraded", 1)
    add_word(project, "noor", {**WORD, "word": "gear"})
    assert (finds(project, "a gadget"), active_ruleset(project).is_stale) == (True, False)


def test_the_answer_of_a_write_and_the_page_tell_that_rules_are_not_in_force(project, monkeypatch):
    admin = Client(headers={"x-api-key": key(project, "admin")})
    words, asked = "/api/v1/blacklist/words", {"content_type": "application/json"}

    noor = member(project, "admin")

    def add(word):
        return admin.post(words, {**WORD, "word": word}, **asked)

    def page():
        signed_in = Client()
        signed_in.force_login(noor)
        return signed_in.get(f"/p/{project.slug}/rules").content.decode()

    assert add("widget").headers["Gavel-Ruleset"] == "in force"
    assert "Gavel-Ruleset" not in admin.get(words).headers
    note = "could not be compiled"
    assert note not in page()
    monkeypatch.setattr(module, "build", broken)
    answer = add("gadget")
    assert (answer.status_code, answer.headers["Gavel-Ruleset"]) == (201, "stale")
    assert note in page()


def test_after_a_start_the_built_in_lists_judge(project, monkeypatch):
    change_policy(project, "noor", {"preset": "strict"})
    forget()
    monkeypatch.setattr(module, "build", broken)
    ruleset = active_ruleset(project)
    assert (ruleset.is_stale, ruleset.policy.preset) == (True, "strict")
    assert finds(project, "you idiot")
    assert active_ruleset(project) is ruleset


def test_a_broken_list_is_not_compiled_again_because_a_word_has_expired(project, monkeypatch):
    soon = timezone.now() + timedelta(seconds=0.2)
    add_word(project, "noor", {**WORD, "expires_at": soon})
    active_ruleset(project)
    tries = []

    def break_again(project):
        tries.append(project)
        raise MemoryError

    monkeypatch.setattr(module, "build", break_again)
    add_word(project, "noor", {**WORD, "word": "gadget"})
    assert eventually(lambda: active_ruleset(project).is_stale and timezone.now() > soon)
    assert [active_ruleset(project).is_stale for _ in range(5)] == [True] * 5
    assert len(tries) == 1


@pytest.mark.parametrize("is_broken_for_long", [False, True])
def test_a_change_after_a_failed_start_is_not_taken_for_the_whole_list(
    long_list, slow, monkeypatch, is_broken_for_long
):
    project, _ = long_list
    BlacklistWord.objects.update(updated_at=timezone.now() - timedelta(hours=1))
    forget()
    with monkeypatch.context() as while_broken:
        while_broken.setattr(module, "build", broken)
        assert active_ruleset(project).is_stale
    if is_broken_for_long:
        monkeypatch.setattr(module, "build", broken)
    add_word(project, "noor", WORD)
    assert active_ruleset(project).is_stale
    slow[1].set()
    assert eventually(lambda: not module._compiling)
    assert active_ruleset(project).is_stale == is_broken_for_long
    assert finds(project, "a gadget") == (not is_broken_for_long)
