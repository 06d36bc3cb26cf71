"""Ban an author and take down what they wrote."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.models import Ban, ModerationLog, Status, Strike
from tests.factories import CLEAN, FLAGGED, make_item, make_log

pytestmark = pytest.mark.django_db
NEW = "/p/forum/bans/new"
FIELDS = {
    "user_id": "ana",
    "where": "project",
    "channel_id": "",
    "length": "60",
    "sanction": "ban",
    "reason": "raid",
}


@pytest.fixture
def admin(browser_of, ada):
    return browser_of(ada)


@pytest.fixture
def texts(project):
    """Flagged and waiting; allowed and fresh; allowed and old; somebody else's."""
    now = timezone.now()
    return [
        make_item(project, FLAGGED, user_id="ana").log,
        make_log(project, CLEAN, user_id="ana"),
        make_log(project, "Good evening", user_id="ana", now=now - timedelta(hours=5)),
        make_log(project, CLEAN, user_id="omar"),
    ]


def ban(client, sweep, **fields):
    return client.post(NEW, {**FIELDS, "sweep": sweep, **fields})


def rejected(texts):
    stored = ModerationLog.objects.in_bulk([log.pk for log in texts])
    return [stored[log.pk].status == Status.REJECTED for log in texts]


@pytest.mark.parametrize(
    ("sweep", "gone"),
    [
        ("", [False, False, False, False]),
        ("open", [True, False, False, False]),
        ("1", [True, True, False, False]),
        ("24", [True, True, True, False]),
    ],
)
def test_a_ban_takes_down_what_was_chosen(admin, texts, sweep, gone):
    ban(admin, sweep, confirmed="yes")
    assert Ban.objects.get().user_id == "ana"
    assert rejected(texts) == gone
    assert not Strike.objects.filter(revoked_at=None).exists()


def test_a_mute_takes_nothing_down(admin, texts):
    ban(admin, "24", sanction="mute", confirmed="yes")
    assert Ban.objects.get().is_mute
    assert rejected(texts) == [False] * 4


def test_the_preview_shows_what_goes_and_changes_nothing(admin, texts):
    page = ban(admin, "24").content.decode()
    assert "<b>3 messages</b>" in page
    assert "Good evening" in page
    assert not Ban.objects.exists()
    assert rejected(texts) == [False] * 4


def test_another_channel_is_left_alone(admin, texts):
    ban(admin, "24", where="channel", channel_id="elsewhere", confirmed="yes")
    assert rejected(texts) == [False] * 4


def test_what_was_taken_down_is_listed_and_undone_at_once(admin, texts):
    answer = ban(admin, "1", confirmed="yes")
    assert answer["Location"] == "/p/forum/bans/swept"
    page = admin.get(answer["Location"])
    assert "Undo all 2" in page.content.decode()
    ids = [str(outcome.id) for outcome in page.context["outcomes"]]
    admin.post("/p/forum/queue/bulk/undo", {"id": ids})
    assert rejected(texts) == [False] * 4


def test_an_item_offers_admins_the_ban_with_author_and_channel(admin, desk, project):
    path = f"/p/forum/queue/{make_item(project, FLAGGED, user_id='ana').pk}"
    link = "/p/forum/bans/new?user_id=ana&amp;channel_id=general"
    assert link in admin.get(path).content.decode()
    assert link not in desk.get(path).content.decode()
