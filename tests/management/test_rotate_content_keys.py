"""rotate_content_keys: old texts get the first key, also after an interruption."""

import io
import json

import pytest
from django.core.management import CommandError
from django.utils import timezone

from moderation.accounts.audit_chain import ChainState, append_to_chain, verify
from moderation.management import checkup, rotation
from moderation.management.archive import lines_of
from moderation.models import ModerationLog
from tests.pipeline.test_encryption import SECRET, TABLES, everything_happens, tables_with

pytestmark = [pytest.mark.django_db, pytest.mark.on_services]
FIRST, SECOND = "first-key-0123456789-abcdefghijkl", "second-key-0123456789-abcdefghijk"


@pytest.fixture
def busy(arena):
    """A project in which texts were stored without keys."""
    everything_happens(arena)
    append_to_chain(timezone.now())
    return arena


def told_of_texts():
    return [(one.state, one.to_do) for one in checkup.of_texts(timezone.now())]


def test_plain_texts_are_encrypted_and_read_as_before(busy, command, settings):
    before = list(ModerationLog.objects.order_by("pk").values())
    settings.CONTENT_ENCRYPTION_KEYS = [FIRST]
    told = json.loads(command("rotate_content_keys", "--format", "json"))
    assert {name for name, table in told["tables"].items() if table["changed"]} == TABLES
    assert (tables_with(SECRET), tables_with("$gavel1$")) == (set(), TABLES)
    assert list(ModerationLog.objects.order_by("pk").values()) == before
    *_, state = verify()
    assert isinstance(state, ChainState)
    assert state.broken is None


def test_it_goes_on_after_an_interruption(busy, command, settings, monkeypatch):
    settings.CONTENT_ENCRYPTION_KEYS = [FIRST]
    monkeypatch.setattr(rotation, "BATCH", 1)
    chunks = rotation.rotate(ModerationLog)
    next(chunks)
    chunks.close()
    logs = ModerationLog.objects.count()
    told = json.loads(command("rotate_content_keys", "--format", "json"))
    assert told["tables"]["moderation_moderationlog"]["changed"] == logs - 1
    told = json.loads(command("rotate_content_keys", "--format", "json"))
    assert (told["changed"], told["checked"] > logs) == (0, True)


def test_a_new_first_key_replaces_the_earlier(busy, command, settings):
    settings.CONTENT_ENCRYPTION_KEYS = [FIRST]
    command("rotate_content_keys")
    settings.CONTENT_ENCRYPTION_KEYS = [SECOND, FIRST]
    assert told_of_texts() == [("warning", "run manage.py rotate_content_keys")]
    command("rotate_content_keys")
    settings.CONTENT_ENCRYPTION_KEYS = [SECOND]
    assert told_of_texts() == [("ok", "")]
    assert SECRET in ModerationLog.objects.get(message_id="m1").content


def test_a_missing_key_is_told_and_changes_nothing(busy, command, settings):
    settings.CONTENT_ENCRYPTION_KEYS = [FIRST]
    command("rotate_content_keys")
    settings.CONTENT_ENCRYPTION_KEYS = [SECOND]
    with pytest.raises(CommandError, match="add their key"):
        command("rotate_content_keys")
    assert told_of_texts()[0][0] == "error"
    settings.CONTENT_ENCRYPTION_KEYS = []
    assert told_of_texts()[0][0] == "error"
    settings.CONTENT_ENCRYPTION_KEYS = [FIRST]
    assert SECRET in ModerationLog.objects.get(message_id="m1").content


def test_without_keys_there_is_nothing_to_do(arena, command):
    with pytest.raises(CommandError, match="is not set"):
        command("rotate_content_keys")
    assert told_of_texts() == [("ok", "")]


def test_a_backup_keeps_texts_encrypted_and_needs_no_key(busy, command, settings):
    settings.CONTENT_ENCRYPTION_KEYS = [FIRST]
    command("rotate_content_keys")
    settings.CONTENT_ENCRYPTION_KEYS = []
    written = io.BytesIO()
    for model in rotation.models_with_texts():
        written.writelines(lines_of(model, "default"))
    assert SECRET.encode() not in written.getvalue()
    assert b"$gavel1$" in written.getvalue()
