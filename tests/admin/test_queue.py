"""The review queue in the admin: open items first, rulings with all their effects."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from moderation.accounts.members import set_role
from moderation.models import AuditEntry, Strike
from reviews.models import Decision, ReviewItem
from tests.admin.rows import SCRIPT, make_item, make_project, person, rule_on
from tests.markup import shows_as_text

LIST = "admin:reviews_reviewitem_changelist"


@pytest.fixture
def item(arena):
    return make_item(arena)


def act(page, action, *items, **more):
    data = {"action": action, "_selected_action": [item.pk for item in items], **more}
    return page.post(reverse(LIST), data, follow=True)


def told(answer):
    return [str(message) for message in answer.context["messages"]]


def staff(client, name="noor"):
    user = person(name)
    user.user_permissions.add(Permission.objects.get(codename="view_reviewitem"))
    client.force_login(user)
    return user


@pytest.mark.parametrize(
    ("action", "done"), [("approve", "Items approved: 1."), ("dismiss", "Items dismissed: 1.")]
)
def test_ruling_decides_the_item_and_its_content(page, item, action, done):
    assert told(act(page, action, item)) == [done]
    item.refresh_from_db()
    assert (item.status, item.log.status) == ("decided", "approved")
    assert Decision.objects.get().ruling == action
    assert AuditEntry.objects.get(object_type="reviewitem").actor == "root"


def test_reject_asks_first_and_changes_nothing(page, item):
    answer = act(page, "reject", item)
    assert "reject <strong>1 item</strong>" in answer.content.decode()
    assert not Decision.objects.exists()


def test_reject_without_a_reason_asks_again(page, item):
    answer = act(page, "reject", item, confirmed="yes", reason_code="", note="")
    assert answer.context["form"].errors == {"reason_code": ["This field is required."]}
    assert not Decision.objects.exists()


def test_confirmed_reject_takes_content_down_and_gives_a_strike(page, item):
    act(page, "reject", item, confirmed="yes", reason_code="insult", note="rude")
    decision = Decision.objects.get()
    assert (decision.ruling, decision.reason_code, decision.note) == ("reject", "insult", "rude")
    item.log.refresh_from_db()
    assert item.log.status == "rejected"
    assert Strike.objects.filter(log=item.log, revoked_at=None).count() == 1


def test_confirmation_shows_content_as_text(page, item):
    assert shows_as_text(act(page, "reject", item), SCRIPT)


def test_conflict_is_told_and_the_others_are_decided(page, arena, item):
    other = make_item(arena, "m2", user_id="yan")
    rule_on(item, person("omar"))
    messages = told(act(page, "dismiss", item, other))
    assert messages == ["m1: omar has already decided: approve", "Items dismissed: 1."]


def test_more_than_a_hundred_are_refused(page, arena, monkeypatch):
    monkeypatch.setattr("reviews.admin.queue.MOST_AT_ONCE", 1)
    items = [make_item(arena), make_item(arena, "m2", user_id="yan")]
    assert "at most 1 items" in told(act(page, "approve", *items))[0]
    assert not Decision.objects.exists()


def test_moderator_decides_in_their_own_project_only(client, item):
    noor = staff(client)
    set_role(item.project, noor, "moderator", actor="tests")
    foreign = make_item(make_project("den"), "m2")
    assert told(act(client, "approve", item, foreign)) == ["Items approved: 1."]
    foreign.refresh_from_db()
    assert foreign.status == "open"
    assert Decision.objects.get().decided_by == "noor"


def test_viewer_sees_and_decides_nothing(client, item):
    set_role(item.project, staff(client), "viewer", actor="tests")
    assert client.get(reverse(LIST)).context["cl"].result_count == 0
    act(client, "approve", item)
    assert not Decision.objects.exists()


def test_list_shows_open_items_and_on_demand_all_open_ones_first(page, arena, item):
    decided = make_item(arena, "m2", user_id="yan")
    rule_on(decided, person("omar"))
    listed = page.get(reverse(LIST)).context["cl"].result_list
    everything = page.get(reverse(LIST), {"status__exact": "all"}).context["cl"].result_list
    assert [row.pk for row in listed] == [item.pk]
    assert [row.pk for row in everything] == [item.pk, decided.pk]
    assert ReviewItem.objects.open().count() == 1
