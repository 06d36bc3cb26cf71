"""An author's data as one file: everything of theirs, nobody else's, also while it is encrypted."""

import json

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from moderation.models import AuditEntry, AuthorStanding, ModerationTask
from moderation.pipeline import tasks
from reviews.reporting.author_data import PARTS
from tests import factories
from tests.messages import project, submission
from tests.pipeline.test_encryption import HIDDEN, KEY, SECRET, everything_happens

pytestmark = pytest.mark.django_db
#: Has nothing but a counter and the author's name.
LOCK = AuthorStanding


@pytest.fixture
def busy(settings):
    settings.CONTENT_ENCRYPTION_KEYS = [KEY]
    made = project(storage="full")
    everything_happens(made)
    tasks.accept(submission(made, f"waits {SECRET}", user_id="ana", message_id="w1"))
    return made


def exported(user_id, tmp_path):
    place = tmp_path / "data.json"
    call_command("export_author", user_id, output=place, project="arena", verbosity=0)
    assert place.stat().st_mode & 0o777 == 0o600
    return json.loads(place.read_text())


def test_the_file_has_every_part_decrypted(busy, tmp_path):
    data = exported("ana", tmp_path)
    assert [row["content"][:6] for row in data["messages"]] == ["edited"]
    assert SECRET in data["earlier_revisions"][0]["content"]
    assert data["appeals"][0]["statement"] == data["appeals"][0]["answer"] == HIDDEN
    assert data["notes"][0]["text"] == HIDDEN
    assert data["decisions"][0]["note"] == HIDDEN
    assert data["reports_received"][0]["reason"] == "rude"
    assert data["waiting_messages"][0]["content"] == f"waits {SECRET}"
    assert "ben" not in json.dumps(data)


def test_a_reporter_gets_their_report(busy, tmp_path):
    data = exported("ben", tmp_path)
    assert data["reports_made"][0]["note"] == HIDDEN
    assert data["messages"] == []


def test_it_is_recorded(busy, tmp_path):
    exported("ana", tmp_path)
    assert AuditEntry.objects.get(action="author.exported").object_id == "ana"


def test_an_unknown_author_has_no_file(busy, tmp_path):
    with pytest.raises(CommandError, match="nothing is stored"):
        exported("nobody", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_every_table_about_authors_is_in_the_file():
    models = [*apps.get_app_config("moderation").get_models()]
    models += apps.get_app_config("reviews").get_models()
    about_authors = {
        model
        for model in models
        if {"user_id", "reporter_id"} & {field.name for field in model._meta.fields}
    }
    of_nobody = [(part.rows(None, "x").model, name) for name, part in PARTS.items()]
    assert about_authors - {model for model, _ in of_nobody} == {LOCK}


def test_admins_download_it(busy):
    answer = factories.sign_in(busy, "admin").post("/p/arena/authors/data", {"user_id": "ana"})
    assert json.loads(answer.getvalue())["user_id"] == "ana"
    refused = factories.sign_in(busy, "moderator").post("/p/arena/authors/data", {"user_id": "ana"})
    assert refused.status_code == 403


def test_messages_that_wait_are_erased_too(busy):
    call_command("erase_author", "ana", project="arena", format="json")
    assert not ModerationTask.objects.filter(message_id="w1").exists()
