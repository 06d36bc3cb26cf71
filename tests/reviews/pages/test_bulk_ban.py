"""Ban the authors of the selected items from the queue, and undo it as one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.models import Ban, ModerationLog
from tests.factories import CLEAN, FLAGGED, make_item, make_log

pytestmark = pytest.mark.django_db
BAN, BANNED = "/p/forum/queue/bulk/ban", "/p/forum/queue/bulk/banned"
TERMS = {"where": "channel", "length": "60", "reason": "raid", "sweep": "1"}


@pytest.fixture
def admin(browser_of, ada):
    return browser_of(ada)


@pytest.fixture
def items(project):
    """Two authors in a raid, one of them twice; the first also wrote something harmless."""
    make_log(project, CLEAN, user_id="ana")
    return [
        make_item(project, f"{FLAGGED} {at}", user_id=who)
        for at, who in enumerate(["ana", "ana", "bo"])
    ]


def post(client, items, **more):
    return client.post(BAN, {"id": [str(item.pk) for item in items], **more})


def keys_of(answer):
    return [plan.key for plan in answer.context["ready"]]


def hidden_count():
    return ModerationLog.objects.filter(is_approved=False).count()


def test_the_first_page_names_each_author_once(admin, items):
    answer = post(admin, items)
    assert [plan.author.user_id for plan in answer.context["plans"]].count("ana") == 1
    assert answer.context["is_preview"] is False
    assert not Ban.objects.exists()


def test_the_preview_counts_what_each_ban_takes_down(admin, items):
    answer = post(admin, items, **TERMS)
    plans = {plan.author.user_id: plan.swept for plan in answer.context["plans"]}
    assert plans == {"ana": 3, "bo": 1}
    assert "<b>4 messages</b>" in answer.content.decode()
    assert not Ban.objects.exists()


def test_confirmed_it_bans_those_that_are_still_ticked(admin, items):
    keys = keys_of(post(admin, items, **TERMS))
    kept = [key for key in keys if "bo" in key]
    answer = post(admin, items, **TERMS, confirmed="yes", author=kept)
    assert answer["Location"] == BANNED
    assert [ban.user_id for ban in Ban.objects.all()] == ["bo"]
    assert hidden_count() == 1


def test_one_press_undoes_bans_and_rejections(admin, items):
    keys = keys_of(post(admin, items, **TERMS))
    post(admin, items, **TERMS, confirmed="yes", author=keys)
    assert (Ban.objects.active(timezone.now()).count(), hidden_count()) == (2, 4)
    page = admin.get(BANNED)
    assert "2 authors banned" in page.content.decode()
    admin.post(BANNED)
    assert (Ban.objects.active(timezone.now()).count(), hidden_count()) == (0, 0)


def test_who_is_banned_already_is_left_out(admin, items, project):
    now = timezone.now()
    Ban.objects.create(
        project=project, user_id="bo", channel_id="general", type="temporary", reason="x",
        issued_by="ada", issued_at=now, expires_at=now + timedelta(hours=1),
    )  # fmt: skip
    answer = post(admin, items, **TERMS)
    assert [plan.author.user_id for plan in answer.context["ready"]] == ["ana"]


def test_terms_are_checked(admin, items):
    answer = post(admin, items, **{**TERMS, "reason": "", "length": "own"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"reason", "minutes"})


def test_moderators_are_not_offered_bans(desk, items):
    assert desk.post(BAN, {"id": [str(items[0].pk)]}).status_code == 403
    assert BAN not in desk.get("/p/forum/queue").content.decode()


def test_admins_find_it_in_the_bar(admin, items):
    assert f'formaction="{BAN}"' in admin.get("/p/forum/queue").content.decode()
