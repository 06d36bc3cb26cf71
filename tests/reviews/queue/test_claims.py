from datetime import timedelta

import pytest

from moderation.lib.errors import Conflict, Forbidden, NotFound
from moderation.models import AuditEntry
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import DecisionKind
from reviews.queue import claims
from tests import factories
from tests.reviews.moments import NOON
from tests.reviews.reading import told

pytestmark = [pytest.mark.django_db, pytest.mark.on_services]


def test_a_claim_lasts_five_minutes(item, noor):
    held = claims.claim(item.pk, noor, now=NOON)
    assert held.expires_at == NOON + timedelta(minutes=5)
    assert (held.holder_name, held.holder) == ("noor", noor.identity)


def test_a_claim_is_told_once_and_audited(item, noor):
    claims.claim(item.pk, noor, now=NOON)
    claims.claim(item.pk, noor, now=NOON)
    claimed = [data for data in told("review_update") if data["status"] == "claimed"]
    assert [data["claimed_by"] for data in claimed] == ["noor"]
    assert AuditEntry.objects.filter(action="review.claimed", actor="noor").count() == 1


def test_the_holder_renews_their_claim(item, noor):
    claims.claim(item.pk, noor, now=NOON)
    later = NOON + timedelta(minutes=4)
    assert claims.claim(item.pk, noor, now=later).expires_at == NOON + timedelta(minutes=9)


def test_a_claim_does_not_change_the_version(item, noor):
    claims.claim(item.pk, noor, now=NOON)
    item.refresh_from_db()
    assert item.version == 1


def test_an_item_that_another_holds_is_refused(item, noor, omar):
    claims.claim(item.pk, noor, now=NOON)
    with pytest.raises(Conflict) as refusal:
        claims.claim(item.pk, omar, now=NOON)
    assert refusal.value.extra["claimed_by"] == "noor"


def test_a_claim_that_ran_out_is_taken_over(item, noor, omar):
    claims.claim(item.pk, noor, now=NOON)
    later = NOON + timedelta(minutes=5)
    assert claims.claim(item.pk, omar, now=later).holder_name == "omar"


def test_a_claim_that_is_taken_over_moves_is_told_and_audited(item, noor, omar):
    claims.claim(item.pk, noor, now=NOON)
    held = claims.take_over(item.pk, omar, now=NOON)
    assert (held.holder_name, held.expires_at) == ("omar", NOON + timedelta(minutes=5))
    assert told("review_update")[-1]["claimed_by"] == "omar"
    entry = AuditEntry.objects.get(action="review.taken_over")
    assert (entry.actor, entry.data["from"]) == ("omar", "noor")


def test_an_escalated_item_is_taken_over_by_admins_only(item, noor, omar, ada):
    decide(item.pk, DecisionRequest(DecisionKind.ESCALATE), noor, now=NOON)
    claims.claim(item.pk, ada, now=NOON)
    with pytest.raises(Forbidden):
        claims.take_over(item.pk, omar, now=NOON)


def test_a_released_item_is_free(item, noor, omar):
    claims.claim(item.pk, noor, now=NOON)
    claims.release(item.pk, noor, now=NOON)
    assert told("review_update")[-1]["status"] == "open"
    assert claims.claim(item.pk, omar, now=NOON).holder_name == "omar"


def test_nobody_releases_for_another(item, noor, omar):
    claims.claim(item.pk, noor, now=NOON)
    with pytest.raises(Conflict):
        claims.release(item.pk, omar, now=NOON)


def test_a_decided_item_is_refused_with_who_decided(item, noor, omar):
    decide(item.pk, DecisionRequest(DecisionKind.REJECT), omar, now=NOON)
    with pytest.raises(Conflict) as refusal:
        claims.claim(item.pk, noor, now=NOON)
    assert refusal.value.extra["decided_by"] == "omar"


def test_another_projects_item_is_absent(item):
    charlie = factories.make_caller(factories.make_project("elsewhere"), "owner")
    with pytest.raises(NotFound):
        claims.claim(item.pk, charlie, now=NOON)


def test_an_escalated_item_is_for_admins(item, noor, ada):
    decide(item.pk, DecisionRequest(DecisionKind.ESCALATE), noor, now=NOON)
    with pytest.raises(Forbidden):
        claims.claim(item.pk, noor, now=NOON)
    assert claims.claim(item.pk, ada, now=NOON).holder_name == "ada"


def test_next_gives_the_most_urgent_first(project, noor):
    factories.make_item(project, now=NOON)
    older = factories.make_item(project, now=NOON - timedelta(hours=1))
    assert claims.next_item(noor, now=NOON) == older


def test_next_never_gives_the_same_to_two(project, noor, omar):
    items = {factories.make_item(project, now=NOON) for _ in range(2)}
    given = {claims.next_item(noor, now=NOON), claims.next_item(omar, now=NOON)}
    assert given == items
    assert claims.next_item(noor, now=NOON) is None


def test_next_gives_an_escalated_item_to_admins_only(item, noor, ada):
    decide(item.pk, DecisionRequest(DecisionKind.ESCALATE), noor, now=NOON)
    assert claims.next_item(noor, now=NOON) is None
    assert claims.next_item(ada, now=NOON) == item


def test_next_gives_an_item_whose_claim_ran_out(item, noor, omar):
    claims.claim(item.pk, noor, now=NOON)
    assert claims.next_item(omar, now=NOON + timedelta(minutes=6)) == item


def test_taking_up_an_item_lets_go_of_the_former(project, item, noor, omar):
    claims.switch_claim(item.pk, noor, now=NOON)
    other = factories.make_item(project, now=NOON)
    claims.switch_claim(other.pk, noor, now=NOON)
    assert claims.claim(item.pk, omar, now=NOON).holder_name == "omar"


def test_a_refused_item_leaves_the_former_claim(project, item, noor, omar):
    other = factories.make_item(project, now=NOON)
    claims.claim(other.pk, omar, now=NOON)
    claims.switch_claim(item.pk, noor, now=NOON)
    with pytest.raises(Conflict):
        claims.switch_claim(other.pk, noor, now=NOON)
    item.refresh_from_db()
    assert item.live_claim(NOON).holder_name == "noor"


def test_taking_up_again_renews(item, noor):
    claims.switch_claim(item.pk, noor, now=NOON)
    later = NOON + timedelta(minutes=4)
    assert claims.switch_claim(item.pk, noor, now=later).expires_at == NOON + timedelta(minutes=9)
