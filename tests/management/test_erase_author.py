"""An author is erased wherever they are stored; what remains is named."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError
from django.utils import timezone

from moderation import rules
from moderation.accounts.audit_chain import append_to_chain
from moderation.delivery import relay
from moderation.events.counters import totals_of
from moderation.models import (
    AuditAnchor,
    AuditEntry,
    Author,
    Ban,
    Counter,
    ModerationLog,
    OutboxEvent,
    SuggestedScore,
)
from moderation.models.rules import RulesetSnapshot
from moderation.sanctions.by_staff import issue_ban
from reviews.appeals.ask import appeal
from reviews.appeals.reports import NewReport, report
from reviews.models import Report
from tests import factories

pytestmark = pytest.mark.django_db

#: No name of a field, word or person is part of it.
ANA = "xq-ana-77"
SECRET = "xylophone"


@pytest.fixture
def arena(transactional_db):
    """A project in which the author did everything that leaves a trace, beside somebody else."""
    arena = factories.make_project("arena")
    now = timezone.now()
    factories.make_log(arena, f"Hello {SECRET}", user_id=ANA, message_id="m1", now=now)
    factories.make_log(arena, f"Hello again {SECRET}", user_id=ANA, message_id="m1", now=now)
    factories.make_item(arena, f"Shut up idiot {SECRET}", user_id=ANA, now=now)
    blocked = factories.make_log(arena, f"{factories.BLOCKED} {SECRET}", user_id=ANA, now=now)
    appeal(blocked, f"No {SECRET}", now=now)
    other = factories.make_log(arena, "Hello", user_id="ben", message_id="m2", now=now)
    plea = NewReport(message_id="m2", reporter_id=ANA, reason="rude", note=SECRET)
    report(arena, plea, now=now)
    rules.trust_author(arena, "tests", ANA)
    ban(arena, now - timedelta(hours=3))
    relay.run_once([])
    OutboxEvent.objects.filter(audience="outside").update(sent_at=now)
    assert other.user_id == "ben"
    return arena


def ban(arena, now, hours=1):
    return issue_ban(
        Author(arena, ANA, ""), type="temporary", hours=hours, reason=SECRET, actor="tests", now=now
    )


def stored():
    """Return the tables that still hold the author's name or words."""
    models = [*apps.get_app_config("moderation").get_models()]
    models += apps.get_app_config("reviews").get_models()
    rows = {model: str(list(model._default_manager.values())) for model in models}
    return {model for model, text in rows.items() if ANA in text or SECRET in text}


def erased(command, *words):
    return json.loads(command("erase_author", ANA, "--format", "json", *words))


def test_nothing_is_left_but_the_audit_log(arena, command):
    told = erased(command)
    # The report says that the history of the rules is not searched.
    assert stored() == {AuditEntry, RulesetSnapshot}
    assert "keeps the whitelist's names" in told["remains"][-1]
    assert told["erased"]["contents"] == 3
    assert any("audit entries name the author" in line for line in told["remains"])
    assert ModerationLog.objects.get().user_id == "ben"
    assert Report.objects.get().reporter_id.startswith("erased-")


@pytest.mark.parametrize("is_encrypted", [False, True])
def test_labels_of_the_authors_texts_go(arena, command, settings, is_encrypted):
    if is_encrypted:
        settings.CONTENT_ENCRYPTION_KEYS = ["first-key-0123456789-abcdefghijkl"]
    for text in (f"Hello {SECRET}", f"Hello again {SECRET}", "Hello"):
        SuggestedScore.objects.create(project=arena, text=text, scores={}, suggested_by="tests")
    told = erased(command)
    assert told["erased"]["labels"] == 2
    assert [label.text for label in SuggestedScore.objects.all()] == ["Hello"]
    assert "scores that clients suggested" in told["remains"][-1]


def test_the_figures_stay_true(arena, command):
    before = totals_of(arena)
    erased(command)
    relay.run_once([])
    after = totals_of(arena)
    assert after["total"] == before["total"] == 4
    assert (before["open_reviews"], after["open_reviews"]) == (3, 1)
    assert Counter.objects.get(metric="removed_total").value == 3


def test_events_keep_their_numbers(arena, command):
    numbers = list(OutboxEvent.objects.exclude(seq=None).values_list("seq", flat=True))
    erased(command)
    kept = OutboxEvent.objects.exclude(seq=None).values_list("seq", flat=True)
    assert set(numbers) <= set(kept)


def test_a_ban_in_force_stays_and_is_named(arena, command):
    ban(arena, timezone.now(), hours=9)
    told = erased(command)
    assert Ban.objects.get().user_id == ANA
    assert any("The ban in the whole project holds until" in line for line in told["remains"])


def test_the_audit_log_tells_of_the_erasure_without_the_name(arena, command):
    erased(command)
    entry = AuditEntry.objects.get(action="author.erased")
    assert ANA not in f"{entry.object_id} {entry.data}"
    append_to_chain(timezone.now())
    assert AuditAnchor.objects.exists()
    command("verify_audit")


def test_to_erase_again_finds_nothing(arena, command):
    erased(command)
    with pytest.raises(CommandError, match="nothing is stored"):
        erased(command)


def test_many_contents_go_in_batches(arena, command, monkeypatch):
    monkeypatch.setattr("reviews.reporting.erasure.BATCH", 2)
    assert erased(command)["erased"]["contents"] == 3


def test_the_author_of_another_project_stays(arena, command):
    factories.make_log(factories.make_project("valley"), "Hello", user_id=ANA)
    erased(command, "--project", "arena")
    assert ModerationLog.objects.filter(user_id=ANA).count() == 1


def test_the_project_must_be_named_where_there_are_several(arena, command):
    factories.make_project("valley")
    with pytest.raises(CommandError, match="Name the project"):
        erased(command)
