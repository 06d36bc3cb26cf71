"""One item in the admin: decide it, undo it, with the console's services and roles."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from moderation.accounts.members import set_role
from moderation.models import Strike
from reviews.appeals.ask import appeal
from reviews.models import Decision
from tests.admin.rows import make_item, make_project, person, rule_on


@pytest.fixture
def item(arena):
    return make_item(arena)


def page_of(item):
    return reverse("admin:reviews_reviewitem_change", args=[item.pk])


def act(client, item, verb, **more):
    address = reverse("admin:reviews_reviewitem_decide", args=[item.pk])
    data = {"verb": verb, "version": item.version, **more}
    return client.post(address, data, follow=True)


def told(answer):
    return [str(message) for message in answer.context["messages"]]


def staff(client, project, role, name="noor"):
    user = person(name)
    user.user_permissions.add(Permission.objects.get(codename="view_reviewitem"))
    set_role(project, user, role, actor="tests")
    client.force_login(user)
    return user


def test_the_page_says_what_each_decision_does(page, item):
    shown = page.get(page_of(item))
    assert [verb.kind for verb in shown.context["verbs"].verbs] == ["approve", "reject", "dismiss"]
    assert "Stays visible" in shown.content.decode()


@pytest.mark.parametrize(
    ("verb", "done"), [("approve", "Item approved."), ("dismiss", "Item dismissed.")]
)
def test_a_button_decides(page, item, verb, done):
    assert told(act(page, item, verb)) == [done]
    assert (Decision.objects.get().ruling, Decision.objects.get().decided_by) == (verb, "root")


def test_a_rejection_has_its_reason_note_and_strike(page, item):
    act(page, item, "reject", reason_code="insult", note="rude")
    decision = Decision.objects.get()
    assert (decision.ruling, decision.reason_code, decision.note) == ("reject", "insult", "rude")
    assert Strike.objects.filter(log=item.log, revoked_at=None).count() == 1


def test_a_rejection_without_a_reason_is_refused(page, item):
    assert told(act(page, item, "reject", reason_code="")) == ["Choose a reason."]
    assert not Decision.objects.exists()


def test_undo_reopens_the_item(page, item):
    act(page, item, "reject", reason_code="insult")
    assert "Undo" in page.get(page_of(item)).content.decode()
    assert told(act(page, item, "undo")) == ["Undone: the item is open again."]
    item.refresh_from_db()
    assert item.status == "open"


def test_a_conflict_is_told(page, item):
    rule_on(item, person("omar"))
    assert "omar has already decided" in told(act(page, item, "reject", reason_code="spam"))[0]


def test_a_moderator_decides_in_their_own_project_alone(client, arena, item):
    staff(client, arena, "moderator")
    foreign = make_item(make_project("den"), "m2")
    assert told(act(client, item, "dismiss")) == ["Item dismissed."]
    act(client, foreign, "dismiss")
    assert Decision.objects.get().review == item


def test_the_address_alone_changes_nothing(page, item):
    page.get(reverse("admin:reviews_reviewitem_decide", args=[item.pk]))
    assert not Decision.objects.exists()


def test_the_priority_is_a_date(page, item):
    shown = page.get(page_of(item)).content.decode()
    assert "As urgent as an item opened" in shown
    assert f"{item.priority:.3f}" not in shown


def test_an_appeal_is_left_to_the_console(page, item):
    act(page, item, "reject", reason_code="insult")
    item.log.refresh_from_db()
    appeal(item.log, "A joke.", now=timezone.now())
    reopened = item.log.reviews.get(status="open")
    verbs = page.get(page_of(reopened)).context["verbs"]
    assert (verbs.verbs, "answer the appeal" in verbs.left_out) == ([], True)
