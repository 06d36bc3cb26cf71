"""The audit log's chain shows what was altered, removed or moved."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from moderation import chain
from moderation.audit import write_audit
from moderation.models import AuditAnchor, AuditEntry

pytestmark = pytest.mark.django_db

NOW = timezone.now()
FACTS = {"b": [1, 2.5, None, "ü"], "a": {"x": True}}


def write(count, **fields):
    for number in range(count):
        write_audit(None, "noor", "word.added", f"word:{number}", FACTS, now=NOW, **fields)


@pytest.fixture
def sealed():
    """Six entries, the first three of them anchored the day before."""
    AuditEntry.objects.all().delete()
    write(3)
    chain.seal(NOW - timedelta(days=1))
    write(3)
    chain.seal(NOW)


def run(**options):
    call_command("verify_audit", **options)


def at(position):
    return AuditEntry.objects.filter(position=position)


def swap():
    first, second = at(2).get(), at(3).get()
    at(3).update(position=99)
    at(2).update(position=3, digest=second.digest)
    at(99).update(position=2, digest=first.digest)


def rewrite():
    """Alter an entry and all hashes after it, as who knows the code but not the key would."""
    at(2).update(actor="somebody")
    digest = at(1).get().digest
    for entry in AuditEntry.objects.filter(position__gt=1).order_by("position"):
        digest = chain.digest_of_entry(entry, digest)
        at(entry.position).update(digest=digest)


def rewrite_with_anchors():
    rewrite()
    for anchor in AuditAnchor.objects.all():
        AuditAnchor.objects.filter(pk=anchor.pk).update(digest=at(anchor.position).get().digest)


ALTERED = {
    "the actor": (lambda: at(4).update(actor="somebody"), 4),
    "a fact": (lambda: at(1).update(data={}), 1),
    "the moment": (lambda: at(6).update(created_at=NOW + timedelta(seconds=1)), 6),
    "one removed": (lambda: at(2).delete(), 2),
    "the last removed": (lambda: at(6).delete(), 6),
    "all removed": (lambda: AuditEntry.objects.all().delete(), 1),
    "taken out of the chain": (lambda: at(5).update(position=None), 5),
    "two swapped": (swap, 2),
    "rewritten": (rewrite, 3),
    "rewritten with anchors": (rewrite_with_anchors, 6),
    "without anchors": (lambda: AuditAnchor.objects.all().delete(), 1),
}


@pytest.mark.parametrize(("alter", "place"), ALTERED.values(), ids=ALTERED)
def test_what_was_tampered_with_is_found(sealed, alter, place):
    alter()
    with pytest.raises(CommandError, match=f"Broken at place {place}[:,]"):
        run()


def test_an_untouched_chain_is_whole(sealed, capsys):
    write(1)
    run(format="json")
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["checked"], told["unsealed"]) == (True, 6, 1)
    assert told["anchor"]["digest"] == at(6).get().digest


def test_an_empty_log_is_whole(db, capsys):
    AuditEntry.objects.all().delete()
    run()
    assert "empty" in capsys.readouterr().out


def test_a_broken_chain_is_told_as_json_too(sealed, capsys):
    at(2).update(actor="somebody")
    with pytest.raises(CommandError):
        run(format="json")
    told = json.loads(capsys.readouterr().out)
    assert told["broken"] == {
        "position": 2, "id": at(2).get().pk, "why": "the entry was altered or moved",
    }  # fmt: skip


def test_another_key_is_noticed(sealed, settings, monkeypatch):
    monkeypatch.setattr(chain._signer, "key", "another key, long enough to be one")
    with pytest.raises(CommandError, match="SECRET_KEY"):
        run()


def test_sealing_again_changes_nothing(sealed):
    before = list(AuditEntry.objects.order_by("id").values_list("position", "digest"))
    assert chain.seal(NOW) == 0
    assert list(AuditEntry.objects.order_by("id").values_list("position", "digest")) == before


def test_an_entry_that_commits_late_is_chained_after_those_before_it(sealed):
    early = AuditEntry.objects.earliest("id")
    AuditEntry.objects.create(
        pk=early.pk - 1, actor="noor", action="late", object_type="word", object_id="1"
    )
    chain.seal(NOW)
    assert AuditEntry.objects.get(action="late").position == 7
    run()
