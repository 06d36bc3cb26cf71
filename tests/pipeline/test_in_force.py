"""A change acts at once, and compiling a long list keeps nobody waiting."""

import threading
import time
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from moderation import queries
from moderation.engine.classify import classify
from moderation.rules import add_word, change_policy, change_word, remove_word
from tests.factories import make_project
from tests.messages import forget

module = import_module("moderation.queries.in_force")
WORD = {"word": "widget", "language": "*", "category": "other", "severity": "medium"}


@pytest.fixture
def project(db):
    forget()
    return make_project()


@pytest.fixture
def slow(monkeypatch):
    """Make compiling wait until the test lets it go on; tell when it began."""
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
    return bool(classify(text, queries.in_force(project).ruleset).matches)


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
        elsewhere.setattr(queries, "forget_in_force", lambda project: None)
        add_word(project, "noor", WORD)
    assert not finds(project)
    assert eventually(lambda: finds(project))


def test_an_unchanged_project_is_not_compiled_again(project, monkeypatch):
    before = queries.in_force(project)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0)
    assert queries.in_force(project) is before


@pytest.mark.django_db(transaction=True)
def test_a_long_list_is_compiled_aside(monkeypatch):
    project = make_project()
    forget()
    before = queries.in_force(project)
    monkeypatch.setattr(module, "LONG_LIST", 0)
    add_word(project, "noor", WORD)
    assert eventually(lambda: finds(project) and not module._compiling)
    assert queries.in_force(project) is not before


@pytest.fixture
def long_list(monkeypatch, request, transactional_db):
    """Make a project with a list that counts as long, which is compiled only when the test ends."""
    project = make_project()
    forget()
    word = add_word(project, "noor", {**WORD, "word": "gadget"})
    queries.in_force(project)
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
    assert queries.policy_of(project).preset == "strict"
    assert finds(project, "a gadget")


def test_the_whole_list_takes_the_place_of_what_was_laid_over_it(long_list, slow):
    project, _ = long_list
    add_word(project, "noor", WORD)
    assert queries.in_force(project).ruleset.blacklist.newer
    slow[1].set()
    assert eventually(lambda: not queries.in_force(project).ruleset.blacklist.newer)
    assert finds(project)


def test_a_word_that_expires_falls_out_of_a_long_list(long_list):
    project, _ = long_list
    soon = timezone.now() + timedelta(seconds=0.3)
    add_word(project, "noor", {**WORD, "expires_at": soon})
    assert finds(project)
    assert eventually(lambda: not finds(project))


@pytest.mark.django_db(transaction=True)
def test_a_project_that_compiles_keeps_no_other_waiting(slow):
    began, go_on = slow
    busy, calm = make_project("busy"), make_project("calm")
    go_on.set()
    queries.in_force(calm)
    go_on.clear()
    began.clear()
    thread = threading.Thread(target=lambda: (queries.in_force(busy), connection.close()))
    thread.start()
    assert began.wait(60)
    assert not finds(calm)
    go_on.set()
    thread.join()
