"""The audit log page: entries, filters, and broken chains."""

import pytest
from django.utils import timezone

from moderation.accounts.audit import write_audit
from moderation.accounts.audit_chain import append_to_chain
from moderation.delivery import relay
from moderation.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(arena):
    for number in range(3):
        write_audit(arena, "noor", "word.added", f"blacklistword:{number}", {"word": "<b>x</b>"})
    write_audit(arena, "omar", "ban.issued", "ban:7", {"reason": "rude", "hours": 24})


def rows(browser, query=""):
    answer = browser.get(f"/p/arena/audit{query}")
    assert answer.status_code == 200
    return [row.entry for row in answer.context["rows"]], answer.content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?actor=noor", 3),
        ("?actor=NOOR&action=word.added", 3),
        ("?action=ban.issued", 1),
        ("?object_id=7", 1),
        ("?actor=nobody", 0),
        ("?action=nonsense", 0),
        ("?since=nonsense", 0),
        ("?actor=noor&until=2001-01-01", 0),
        ("?actor=noor&since=2001-01-01", 3),
        ("?actor=%00", 0),
    ],
)
def test_entries_are_filtered(signed_in, entries, query, count):
    found, text = rows(signed_in("admin"), query)
    assert len(found) == count
    assert ("No matching entries" in text) is (count == 0)


def test_facts_are_shown_as_text(signed_in, entries):
    _, text = rows(signed_in("admin"), "?actor=noor")
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    assert "<b>x</b>" not in text


def test_facts_and_kinds_are_told_in_words(signed_in, arena):
    # In the order in which PostgreSQL keeps them.
    facts = {"before": {"name": "Our chat", "events": ["a", "b"], "is_active": True}}
    write_audit(arena, "noor", "webhook.changed", "auditentry:7", facts)
    _, text = rows(signed_in("admin"), "?actor=noor")
    assert "name Our chat, events a, b, is_active yes" in text
    assert "audit entry <bdi" in text


def test_codes_are_told_in_the_pages_language(signed_in, arena):
    facts = {"decision": "reject", "reason_code": "personal_info", "scopes": ["check", "read"]}
    write_audit(arena, "noor", "review.decided", "auditentry:7", facts)
    page = signed_in("admin").get("/p/arena/audit", headers={"Accept-Language": "es"})
    for text in ("rechazar", "datos personales", "comprobar, leer"):
        assert f"<bdi>{text}</bdi>" in page.content.decode()


def test_the_relay_chains_what_was_done(signed_in, entries, transactional_db):
    relay.run_once([])
    _, text = rows(signed_in("admin"), "?actor=noor")
    assert text.count('data-mark="chained"') == 3
    assert "last signed" in text


def test_an_altered_entry_is_seen(signed_in, entries):
    append_to_chain(timezone.now())
    AuditEntry.objects.filter(actor="omar").update(actor="noor")
    _, text = rows(signed_in("admin"))
    assert 'data-mark="broken"' in text
    assert 'role="alert"' in text


def test_pages_are_cut_by_key(signed_in, arena):
    for number in range(120):
        write_audit(arena, "noor", "word.added", f"word:{number}")
    browser = signed_in("admin")
    first = browser.get("/p/arena/audit?actor=noor").context["page"]
    second = browser.get("/p/arena/audit", {"actor": "noor", "before": first.older})
    assert [len(first.rows), len(second.context["page"].rows)] == [50, 50]
    assert first.rows[-1].pk > second.context["page"].rows[0].pk


@pytest.mark.parametrize(("role", "status"), [("moderator", 403), ("owner", 200), (None, 404)])
def test_admins_read_the_log(signed_in, entries, role, status):
    assert signed_in(role).get("/p/arena/audit").status_code == status


def test_another_projects_entries_are_absent(signed_in, entries):
    write_audit(factories.make_project("other"), "stranger", "word.added", "word:1")
    text = rows(signed_in("admin"))[1]
    assert ("omar" in text, "stranger" in text) == (True, False)


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 0), ("?claims=on", 2), ("?action=review.claimed", 1), ("?object_id=9", 2)],
)
def test_claims_are_listed_only_if_asked_for(arena, signed_in, query, count):
    for action in ("review.claimed", "review.released"):
        write_audit(arena, "noor", action, "reviewitem:9")
    found, _ = rows(signed_in("admin"), query)
    assert len([entry for entry in found if entry.action.startswith("review.")]) == count
