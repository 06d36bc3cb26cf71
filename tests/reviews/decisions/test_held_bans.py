"""Bans that the policy leaves to a person: who sees them, and how they are given."""

import pytest

from moderation.models import Ban, Strike
from moderation.rules import change_policy
from reviews.casefile.casefile import casefile_of
from reviews.decisions.case import BanRequest, DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.preview import request_for
from reviews.models import DecisionKind, ReviewItem
from tests import factories
from tests.reviews.calling import key_client
from tests.reviews.moments import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(project, noor):
    """The review of the third strike, whose ban waits."""
    change_policy(project, "tests", {"ban_requires_review": True})
    for number in range(3):
        text = f"{factories.BLOCKED} {number}"
        factories.make_log(project, text, user_id="u1", now=NOON)
    assert not Ban.objects.exists()
    return ReviewItem.objects.open().get()


def file_of(item, caller):
    return casefile_of(item.pk, caller, now=NOON)


def test_the_moderator_is_told_and_offered_the_ban_first(held, noor):
    file = file_of(held, noor)
    assert file.held_ban == "banned 24 h in #general"
    first = file.consequences[0]
    assert (first.code, first.name) == ("temporary", "Banned 24 h in #general")
    codes = [consequence.code for consequence in file.consequences]
    assert codes == ["temporary", "policy", "none", "permanent"]


def test_the_page_and_the_api_say_it(held, project, noor, client):
    client.force_login(noor.user)
    page = client.get(f"/p/{project.slug}/queue/{held.pk}").content.decode()
    assert "A ban waits for your decision" in page
    assert "3 of 3" in page
    answer = key_client(project, "read").get(f"/api/v1/reviews/{held.pk}").json()
    assert answer["held_ban"] == {
        "type": "temporary", "hours": 24, "channel_id": "general", "strikes": 3,
    }  # fmt: skip


def test_choosing_the_ban_gives_it(held, noor):
    file = file_of(held, noor)
    request = request_for(DecisionKind.REJECT, file.consequences[0].code, file.policy)
    decide(held.pk, request, noor, now=NOON)
    assert (Ban.objects.get().type, Strike.objects.active(NOON).count()) == ("temporary", 3)
    assert file_of(held, noor).held_ban == ""


def test_a_plain_rejection_gives_no_ban(held, noor):
    decide(held.pk, DecisionRequest(DecisionKind.REJECT), noor, now=NOON)
    assert not Ban.objects.exists()


def test_whoever_is_banned_already_waits_for_no_ban(held, noor):
    other = factories.make_item(held.project, user_id="u1", now=NOON)
    order = DecisionRequest(DecisionKind.REJECT, ban=BanRequest("permanent", channel_id=""))
    decide(other.pk, order, noor, now=NOON)
    assert file_of(held, noor).held_ban == ""


def test_above_the_ladder_no_limit_is_named(held, project, noor, client):
    for number in range(3, 7):
        text = f"{factories.BLOCKED} {number}"
        factories.make_log(project, text, user_id="u1", now=NOON)
    newest = ReviewItem.objects.open().order_by("-id").first()
    assert file_of(newest, noor).held_ban == "banned for good in #general"
    client.force_login(noor.user)
    page = client.get(f"/p/{project.slug}/queue/{newest.pk}").content.decode()
    assert "7 of 7" in page
    assert " of 3" not in page
