"""Several admins change one word: nobody's change is lost, and everybody reads what is stored."""

import pytest

from moderation import rules
from moderation.lib.errors import AlreadyExists, Conflict, Invalid
from moderation.models import AuditEntry, BlacklistWord, OutboxEvent, RulesetSnapshot
from tests.factories import make_project

pytestmark = pytest.mark.django_db
WORD = {"word": "widget", "language": "*", "category": "other", "severity": "medium"}


@pytest.fixture
def two_copies():
    """Return one stored word as two admins read it at the same time."""
    word = rules.add_word(make_project(), "noor", WORD)
    return BlacklistWord.objects.get(pk=word.pk), BlacklistWord.objects.get(pk=word.pk)


def stored(word):
    return BlacklistWord.objects.get(pk=word.pk)


def newest_event():
    return OutboxEvent.objects.filter(type="rule_update").latest("id").data


def newest_change():
    return RulesetSnapshot.objects.latest("version").data


def test_changes_of_different_fields_both_survive(two_copies):
    first, second = two_copies
    rules.change_word(first, "noor", {"severity": "high"})
    changed = rules.change_word(second, "zed", {"notes": "a brand"})
    assert (stored(first).severity, stored(first).notes) == ("high", "a brand")
    assert (changed.severity, changed.notes) == ("high", "a brand")


def test_snapshot_of_a_change_holds_the_row_before_and_after(two_copies):
    first, second = two_copies
    rules.change_word(first, "noor", {"severity": "high"})
    rules.change_word(second, "zed", {"notes": "a brand"})
    before, after = newest_change()["before"], newest_change()["after"]
    assert (before["severity"], before["notes"]) == ("high", "")
    assert (after["severity"], after["notes"]) == ("high", "a brand")


def test_change_does_not_restore_a_word_that_was_removed_meanwhile(two_copies):
    first, second = two_copies
    rules.remove_word(first, "noor")
    changed = rules.change_word(second, "zed", {"severity": "high"})
    assert (stored(first).is_active, stored(first).severity) == (False, "high")
    assert (changed.is_active, newest_event()["rule"]["is_active"]) == (False, False)


def test_change_of_a_word_that_was_deleted_meanwhile_is_refused(two_copies):
    first, second = two_copies
    first.delete()
    with pytest.raises(Conflict, match="deleted"):
        rules.change_word(second, "zed", {"severity": "high"})


def test_text_is_checked_as_the_pattern_that_it_became_meanwhile(two_copies):
    first, second = two_copies
    rules.change_word(first, "noor", {"is_regex": True})
    with pytest.raises(Invalid):
        rules.change_word(second, "zed", {"word": "widget("})
    assert stored(first).word == "widget"


def test_refused_change_leaves_the_caller_s_word_as_it_was(two_copies):
    word, _ = two_copies
    with pytest.raises(Invalid):
        rules.change_word(word, "noor", {"word": "("} | {"is_regex": True})
    assert (word.word, word.is_regex) == ("widget", False)


def test_a_change_is_seen_by_its_time(two_copies):
    """A long list is compiled again from the words that changed since."""
    word, _ = two_copies
    before = word.updated_at
    rules.change_word(word, "noor", {"severity": "high"})
    assert stored(word).updated_at > before


def test_removal_names_the_word_as_it_was_changed_meanwhile(two_copies):
    first, second = two_copies
    rules.change_word(first, "noor", {"word": "gadget"})
    assert rules.remove_word(second, "zed")
    assert newest_event()["rule"]["name"] == "gadget"
    assert AuditEntry.objects.get(action="word.removed").data == {"word": "gadget"}


def test_restored_word_is_described_as_it_was_changed_meanwhile(two_copies):
    first, second = two_copies
    rules.remove_word(first, "noor")
    rules.change_word(first, "noor", {"word": "gadget", "severity": "high"})
    assert rules.restore_word(second, "zed")
    assert newest_event()["rule"] | {"id": ""} == {
        "id": "",
        "name": "gadget",
        "type": "blacklist_word",
        "is_active": True,
        "priority": 0,
        "action": "high",
    }
    assert newest_change()["after"]["severity"] == "high"
    assert AuditEntry.objects.get(action="word.restored").data == {"word": "gadget"}


def test_switching_a_word_off_and_on_is_told_as_its_removal_and_return(two_copies):
    word, _ = two_copies
    stories = []
    for is_active in (False, True):
        rules.change_word(word, "noor", {"is_active": is_active, "notes": "a brand"})
        entry = AuditEntry.objects.latest("id")
        stories.append((entry.action, newest_event()["action"], stored(word).is_active))
        assert entry.data == {"word": word.word, "fields": ["is_active", "notes"]}
    assert stories == [("word.removed", "deleted", False), ("word.restored", "created", True)]
    active = [
        change["is_active"] for change in (newest_change()["before"], newest_change()["after"])
    ]
    assert active == [False, True]


@pytest.mark.parametrize("twin", ["Widget", "WIDGET", "wiDGet"])
def test_a_word_in_other_case_is_on_the_list(twin):
    project = make_project()
    rules.add_word(project, "noor", WORD)
    with pytest.raises(AlreadyExists):
        rules.add_word(project, "noor", {**WORD, "word": twin})


def test_letters_beyond_ascii_have_cases_too():
    project = make_project()
    rules.add_word(project, "noor", {**WORD, "word": "ñoño"})
    with pytest.raises(AlreadyExists):
        rules.add_word(project, "noor", {**WORD, "word": "ÑOÑO"})


def test_a_change_to_another_words_letters_is_refused(two_copies):
    word, _ = two_copies
    other = rules.add_word(word.project, "noor", {**WORD, "word": "gadget"})
    with pytest.raises(AlreadyExists):
        rules.change_word(other, "noor", {"word": "Widget"})


def test_a_words_own_case_may_change(two_copies):
    word, _ = two_copies
    assert rules.change_word(word, "noor", {"word": "Widget"}).word == "Widget"


@pytest.mark.parametrize("other", [{"language": "en"}, {"is_regex": True, "word": "Widget"}])
def test_another_language_and_a_pattern_are_no_twins(other):
    project = make_project()
    rules.add_word(project, "noor", WORD)
    assert rules.add_word(project, "noor", {**WORD, **other}).is_active


def test_a_removed_word_may_come_back_in_other_case(two_copies):
    word, _ = two_copies
    rules.remove_word(word, "noor")
    assert rules.add_word(word.project, "noor", {**WORD, "word": "Widget"}).is_active
