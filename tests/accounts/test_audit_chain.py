"""The audit log's chain shows what was altered, removed or moved."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from moderation.accounts.audit import write_audit
from moderation.accounts.audit_chain import (
    ChainBroken,
    ChainState,
    _signer,
    append_to_chain,
    digest_of_entry,
    forget_anchors,
    remember_newest_anchor,
    verify,
)
from moderation.accounts.audit_witness import broken_outside, publish_anchors
from moderation.delivery import relay
from moderation.delivery.relay.housekeeping import chain_audit_entries
from moderation.lib.http_client import Answer, CallFailed
from moderation.models import AuditAnchor, AuditEntry, OutboxEvent
from tests.delivery.relay.test_relay import lead_of_another
from tests.factories import make_project

pytestmark = [pytest.mark.django_db, pytest.mark.on_services]

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
    append_to_chain(NOW - timedelta(days=1))
    write(3)
    append_to_chain(NOW)


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
        digest = digest_of_entry(entry, digest)
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
    "rewritten with anchors": (rewrite_with_anchors, 3),
    "without anchors": (lambda: AuditAnchor.objects.all().delete(), 1),
    "without the last anchor": (lambda: AuditAnchor.objects.filter(position=6).delete(), 4),
    "without the first anchor": (lambda: AuditAnchor.objects.filter(position=3).delete(), 6),
    "anchor turned back": (lambda: AuditAnchor.objects.filter(position=6).update(position=5), 5),
}


def unchain(place):
    """Take the entries from a place on out of the chain, as if they were new."""
    AuditEntry.objects.filter(position__gte=place).update(position=None, digest="")


#: What a forger does before the relay runs again.
FORGED = {
    "altered and unchained": lambda: (at(5).update(actor="somebody"), unchain(5)),
    "the last one altered and unchained": lambda: (at(6).update(data={}), unchain(6)),
    "the last one altered": lambda: at(6).update(data={}),
    "all unchained": lambda: unchain(1),
    "the last one removed": lambda: at(6).delete(),
    "one removed and the rest unchained": lambda: (at(5).delete(), unchain(5)),
    "all anchors removed": lambda: AuditAnchor.objects.all().delete(),
    "the last anchor removed": lambda: AuditAnchor.objects.filter(position=6).delete(),
    "the last anchor altered": lambda: AuditAnchor.objects.filter(position=6).update(digest="0"),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_relay_does_not_sign_what_was_forged(sealed, forge):
    forge()
    write(1)
    before = list(AuditAnchor.objects.values())
    with pytest.raises(ChainBroken):
        append_to_chain(NOW)
    assert list(AuditAnchor.objects.values()) == before
    with pytest.raises(CommandError, match="Broken at place"):
        run()


def restart_with(*, kept):
    """Keep the anchors up to a number, and take all later entries out of the chain."""
    AuditAnchor.objects.filter(number__gt=kept).delete()
    place = max(AuditAnchor.objects.values_list("position", flat=True), default=0)
    AuditEntry.objects.filter(pk=at(place + 1).get().pk).update(actor="somebody")
    unchain(place + 1)


@pytest.mark.parametrize("kept", [0, 1])
@pytest.mark.parametrize("knows", [lambda: append_to_chain(NOW), remember_newest_anchor])
def test_a_relay_misses_the_anchor_that_it_saw(sealed, kept, knows):
    """Without it the shorter log looks whole, and the relay would sign the forged rest again."""
    knows()
    restart_with(kept=kept)
    with pytest.raises(ChainBroken, match="signature number 2 is gone"):
        append_to_chain(NOW)
    assert AuditAnchor.objects.count() == kept


def test_a_relay_misses_the_end_that_was_cut_off(sealed):
    append_to_chain(NOW)
    AuditAnchor.objects.filter(number=2).delete()
    AuditEntry.objects.filter(position__gt=3).delete()
    with pytest.raises(ChainBroken, match="signature number 2 is gone"):
        append_to_chain(NOW)


def test_a_relay_that_saw_earlier_anchors_goes_on(sealed):
    append_to_chain(NOW)
    write(1)
    append_to_chain(NOW)
    remember_newest_anchor()
    write(1)
    assert append_to_chain(NOW) == 1


def test_who_does_not_lead_watches_the_anchors_too(sealed):
    lead_of_another(3)
    assert not relay.run_once([]).leads
    restart_with(kept=1)
    with pytest.raises(ChainBroken, match="signature number 2 is gone"):
        append_to_chain(NOW)


def test_anchors_are_added_and_never_changed(sealed):
    before = list(AuditAnchor.objects.order_by("position").values())
    write(2)
    append_to_chain(NOW)
    after = list(AuditAnchor.objects.order_by("position").values())
    assert after[:2] == before
    assert [(row["number"], row["position"]) for row in after] == [(1, 3), (2, 6), (3, 8)]
    assert after[2]["before"] == before[1]["signature"]


def test_anchors_of_the_earlier_version_are_continued(sealed):
    for anchor in AuditAnchor.objects.all():
        text = f"{anchor.position}:{anchor.digest}"
        old = {"number": None, "before": "", "signature": _signer.signature(text)}
        AuditAnchor.objects.filter(pk=anchor.pk).update(**old)
    forget_anchors()
    write(1)
    append_to_chain(NOW)
    run()
    assert AuditAnchor.objects.first().number == 1
    AuditAnchor.objects.filter(position=6).delete()
    with pytest.raises(CommandError, match="before this one is gone"):
        run()


def test_emptied_log_of_a_project_is_noticed(db):
    make_project("arena")
    append_to_chain(NOW)
    run()
    AuditEntry.objects.all().delete()
    AuditAnchor.objects.all().delete()
    with pytest.raises(CommandError, match="creation of arena is gone"):
        run()
    write(1)
    append_to_chain(NOW)
    with pytest.raises(CommandError, match="creation of arena is gone"):
        run()


def test_staff_are_told_once_an_hour_that_the_log_was_forged(sealed):
    make_project("arena")
    unchain(5)
    for minutes in (0, 5, 61):
        chain_audit_entries(NOW + timedelta(minutes=minutes))
    told = OutboxEvent.objects.filter(type="system_notification")
    assert [event.data["type"] for event in told] == ["error", "error"]
    assert "verify_audit" in told[0].data["message"]


# --- Copies outside the database


@pytest.fixture
def copies(settings, tmp_path):
    settings.AUDIT_ANCHOR_FILE = str(tmp_path / "anchors.jsonl")
    return tmp_path / "anchors.jsonl"


def test_each_anchor_is_copied_once_to_a_file_of_the_owner_alone(sealed, copies):
    assert [publish_anchors(NOW), publish_anchors(NOW)] == [2, 0]
    write(1)
    append_to_chain(NOW)
    publish_anchors(NOW)
    rows = [json.loads(line) for line in copies.read_text().splitlines()]
    assert [row["position"] for row in rows] == [3, 6, 7]
    assert copies.stat().st_mode & 0o777 == 0o600
    run()


def test_a_log_made_again_with_the_key_differs_from_the_file(sealed, copies):
    publish_anchors(NOW)
    AuditAnchor.objects.filter(position=6).delete()
    at(5).update(actor="somebody")
    unchain(4)
    append_to_chain(NOW)
    assert next(step for step in verify() if isinstance(step, ChainState)).broken is None
    with pytest.raises(CommandError, match="another signature"):
        run()


def test_a_file_that_knows_more_or_is_gone_is_noticed(sealed, copies):
    publish_anchors(NOW)
    kept = copies.read_text()
    AuditAnchor.objects.filter(position=6).delete()
    AuditEntry.objects.filter(position__gt=3).delete()
    with pytest.raises(CommandError, match=r"place 6: .*the database lacks"):
        run()
    copies.unlink()
    with pytest.raises(CommandError, match="is gone"):
        run()
    copies.write_text(f"{kept.splitlines()[0]}\nnonsense\n")
    with pytest.raises(CommandError, match=r"line 2 .* is no anchor"):
        run(anchors=str(copies))


def test_a_server_gets_the_anchors_and_is_asked_again_if_it_refuses(sealed, settings, monkeypatch):
    settings.AUDIT_ANCHOR_URL = "https://witness.example.org/anchors"
    sent, statuses = [], iter([503, 200])

    def answer(url, body, headers):
        sent.append((url, [row["position"] for row in json.loads(body)["anchors"]]))
        return Answer(next(statuses), b"")

    monkeypatch.setattr("moderation.accounts.audit_witness.post", answer)
    with pytest.raises(CallFailed, match="503"):
        publish_anchors(NOW)
    assert publish_anchors(NOW) == 2
    assert sent == [(settings.AUDIT_ANCHOR_URL, [3, 6])] * 2


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


class Meanwhile:
    """After the query with this number a project is made, and the relay appends and copies."""

    def __init__(self, number):
        self.number, self.is_done = number, False

    def __call__(self, execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        self.number -= 1
        if self.number < 0 and not self.is_done:
            self.is_done = True
            make_project(f"made-{AuditEntry.objects.count()}")
            append_to_chain(NOW)
            publish_anchors(NOW)
        return answer


def test_what_a_running_server_appends_meanwhile_is_no_forgery(sealed, settings, tmp_path):
    settings.AUDIT_ANCHOR_FILE = str(tmp_path / "anchors.jsonl")
    publish_anchors(NOW)
    for number in range(100):
        meanwhile = Meanwhile(number)
        with connection.execute_wrapper(meanwhile):
            *_, state = verify()
            broken = state.broken or broken_outside()
        assert broken is None, f"after query {number}: {broken.why}"
        if not meanwhile.is_done:
            break
    assert number > 5
    assert state.checked > 6


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
    monkeypatch.setattr(_signer, "key", "another key, long enough to be one")
    with pytest.raises(CommandError, match="SECRET_KEY"):
        run()


def test_earlier_key_among_the_fallbacks_stays_valid(sealed, monkeypatch):
    monkeypatch.setattr(_signer, "fallback_keys", [_signer.key])
    monkeypatch.setattr(_signer, "key", "another key, long enough to be one")
    write(1)
    assert append_to_chain(NOW) == 1
    run()


def test_sealing_again_changes_nothing(sealed):
    before = list(AuditEntry.objects.order_by("id").values_list("position", "digest"))
    assert append_to_chain(NOW) == 0
    assert list(AuditEntry.objects.order_by("id").values_list("position", "digest")) == before


def test_an_entry_that_commits_late_is_chained_after_those_before_it(sealed):
    early = AuditEntry.objects.earliest("id")
    AuditEntry.objects.create(
        pk=early.pk - 1, actor="noor", action="late", object_type="word", object_id="1"
    )
    append_to_chain(NOW)
    assert AuditEntry.objects.get(action="late").position == 7
    run()
