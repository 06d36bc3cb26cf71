"""An author asks for another look, and somebody who did not decide first answers."""

from datetime import timedelta
from functools import partial

import pytest

from moderation.accounts.key_lookup import caller_of_key
from moderation.accounts.keys import create_key
from moderation.lib.errors import AlreadyExists, Conflict, Forbidden, Invalid
from moderation.models import AuditEntry, Author, Ban, OutboxEvent, Strike
from moderation.models.logs import Status
from moderation.sanctions.by_staff import issue_ban, revoke_ban
from reviews.appeals.answer import Answer, decide_appeal
from reviews.appeals.ask import appeal as file_appeal
from reviews.decisions.case import BanRequest, DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.decide_message import decide_message
from reviews.decisions.undo import last_decision_of, undo
from reviews.models import Appeal, DecisionKind, ReviewItem
from reviews.queue import claims
from reviews.queue.items import current_item
from tests import factories
from tests.reviews.moments import NOON
from tests.reviews.reading import tallies, told

pytestmark = pytest.mark.django_db

OVERTURNED, UPHELD = Answer("overturned", "We were wrong."), Answer("upheld", "The rule holds.")
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def blocked(project):
    """Content that the engine blocked, with the strike that it brought."""
    return factories.make_log(project, factories.BLOCKED, user_id="u1", now=NOON)


@pytest.fixture
def rejected(item, noor):
    """Content that noor rejected, with the strike that it brought."""
    decide(item.pk, DecisionRequest(DecisionKind.REJECT, reason_code="insult"), noor, now=NOON)
    item.log.refresh_from_db()
    return item.log


def ask(subject, statement="It was a joke.", now=NOON):
    return file_appeal(subject, statement, now=now)[0]


def answer(appeal, how, caller, now=LATER):
    return decide_appeal(appeal.pk, how, caller, now=now)


def standing(log):
    log.refresh_from_db()
    strikes = Strike.objects.active(LATER).filter(user_id=log.user_id).count()
    bans = Ban.objects.active(LATER).filter(user_id=log.user_id).count()
    return log.status, log.is_approved, strikes, bans


def test_an_appeal_opens_an_item_in_its_lane(blocked, omar):
    appeal = ask(blocked)
    item = current_item(blocked)
    assert (item.source, appeal.status, appeal.user_id) == ("appeal", "open", "u1")
    assert claims.next_item(omar, now=NOON) is None
    assert told("appeal_update")[0] == {
        "appeal_id": str(appeal.pk), "status": "open", "outcome": None,
        "timestamp": "2030-05-01T12:00:00.000Z",
    }  # fmt: skip


def test_an_appeal_joins_the_item_that_waits(db):
    held = factories.make_item(factories.make_project("strict", preset="strict"), now=NOON)
    ask(held.log)
    item = ReviewItem.objects.get()
    assert (item.pk, item.source, item.status) == (held.pk, "appeal", "open")


def test_overturned_takes_everything_back(blocked, omar):
    decided = answer(ask(blocked), OVERTURNED, omar)
    assert standing(blocked) == ("approved", True, 0, 0)
    assert (decided.status, decided.outcome, decided.decided_by) == (
        "decided",
        "overturned",
        "omar",
    )
    assert (decided.answer, decided.self_reviewed) == ("We were wrong.", False)
    outside = [
        event.type
        for event in OutboxEvent.objects.filter(audience="outside", cause=decided.decision_id)
    ]
    assert outside == ["moderation.content_restored"]
    assert tallies()["open_reviews"] == 0
    assert AuditEntry.objects.filter(action="appeal.decided", actor="omar").count() == 1


def test_upheld_changes_nothing(rejected, omar):
    before = standing(rejected)
    decided = answer(ask(rejected), UPHELD, omar)
    assert standing(rejected) == before
    assert decided.outcome == "upheld"
    assert not ReviewItem.objects.open().exists()
    assert tallies()["open_reviews"] == 0


def test_an_overturned_ruling_is_told_as_reversed(rejected, omar):
    decided = answer(ask(rejected), OVERTURNED, omar)
    types = OutboxEvent.objects.filter(cause=decided.decision_id, audience="outside").values_list(
        "type", flat=True
    )
    assert set(types) == {"moderation.content_restored", "moderation.decision_reversed"}
    assert standing(rejected) == ("approved", True, 0, 0)


def test_the_ban_that_stood_on_the_strike_falls(project, omar):
    logs = [
        factories.make_log(project, f"{factories.BLOCKED} {n}", user_id="u1", now=NOON)
        for n in range(3)
    ]
    assert standing(logs[2]) == ("rejected", False, 3, 1)
    answer(ask(logs[0]), OVERTURNED, omar)
    assert standing(logs[0]) == ("approved", True, 2, 0)


def test_the_ban_that_came_with_the_rejection_falls(item, noor, omar):
    order = DecisionRequest(DecisionKind.REJECT, ban=BanRequest("permanent", channel_id=""))
    decide(item.pk, order, noor, now=NOON)
    item.log.refresh_from_db()
    answer(ask(item.log), OVERTURNED, omar)
    assert standing(item.log) == ("approved", True, 0, 0)


def make_ban(project, actor):
    return issue_ban(
        Author(project, "u9", ""),
        type="permanent",
        hours=None,
        reason="rude",
        actor=actor,
        now=NOON,
    )


@pytest.mark.parametrize(
    ("how", "bans"), [(OVERTURNED, 0), (UPHELD, 1)], ids=["overturned", "upheld"]
)
def test_a_ban_is_appealed(project, noor, omar, how, bans):
    ban = make_ban(project, noor.name)
    decided = answer(ask(ban), how, omar)
    assert (decided.outcome, Ban.objects.active(LATER).count()) == (how.outcome, bans)


@pytest.mark.parametrize("how", [OVERTURNED, UPHELD], ids=["overturned", "upheld"])
@pytest.mark.parametrize("about", ["content", "ban"])
def test_an_answer_is_told_outside_after_the_hold_and_an_appeal_at_once(
    about, how, rejected, project, noor, omar
):
    subject = rejected if about == "content" else make_ban(project, noor.name)
    answer(ask(subject), how, omar)
    made, decided = OutboxEvent.objects.filter(type="appeal_update").order_by("pk")
    assert (made.hold_until, decided.hold_until) == (None, LATER + timedelta(seconds=10))


# --- Who may answer


def test_who_decided_first_may_not_answer(rejected, noor, omar):
    appeal = ask(rejected)
    with pytest.raises(Forbidden):
        answer(appeal, UPHELD, noor)
    assert answer(appeal, UPHELD, omar).self_reviewed is False


def test_who_issued_the_ban_may_not_answer(project, noor, omar):
    with pytest.raises(Forbidden):
        answer(ask(make_ban(project, noor.name)), OVERTURNED, noor)


def key_of(project, maker, name="bot"):
    raw = create_key(project, name=name, scopes=["admin"], actor=maker.name)[1]
    return caller_of_key(raw)


def test_who_decided_first_may_not_answer_with_a_key_of_theirs(rejected, noor, omar, project):
    with pytest.raises(Forbidden):
        answer(ask(rejected), UPHELD, key_of(project, noor))


def test_whose_key_decided_first_may_not_answer(item, project, noor, omar):
    decide(item.pk, DecisionRequest(DecisionKind.REJECT), key_of(project, noor), now=NOON)
    appeal = ask(item.log)
    with pytest.raises(Forbidden):
        answer(appeal, UPHELD, noor)
    with pytest.raises(Forbidden):
        answer(appeal, UPHELD, key_of(project, noor, "another"))
    assert answer(appeal, UPHELD, key_of(project, omar, "his")).self_reviewed is False


def test_whose_key_issued_the_ban_may_not_answer(project, noor, omar):
    ban = make_ban(project, key_of(project, noor).name)
    with pytest.raises(Forbidden):
        answer(ask(ban), OVERTURNED, noor)


def test_alone_the_makers_key_answers_and_it_is_marked(rejected, project, noor):
    assert answer(ask(rejected), UPHELD, key_of(project, noor)).self_reviewed is True


def test_decision_of_a_key_stores_whose_key_it_is(item, project, noor):
    bot = key_of(project, noor)
    decide(item.pk, DecisionRequest(DecisionKind.REJECT), bot, now=NOON)
    decision = item.decisions.get()
    assert decision.identity == f"key:{bot.key_id} made by user:{noor.user.pk}"


def test_alone_one_answers_oneself_and_it_is_marked(rejected, noor):
    assert answer(ask(rejected), UPHELD, noor).self_reviewed is True


@pytest.mark.parametrize("role", ["viewer"])
def test_members_who_may_not_decide_are_no_others(project, rejected, noor, role):
    factories.make_caller(project, role)
    assert answer(ask(rejected), UPHELD, noor).self_reviewed is True


def test_an_automatic_verdict_bars_nobody(blocked, noor):
    assert answer(ask(blocked), UPHELD, noor).self_reviewed is False


def test_a_ruling_that_was_taken_back_bars_nobody(project, noor, omar, ada):
    item = factories.make_item(factories.make_project("strict", preset="strict"), now=NOON)
    lou = factories.make_caller(item.project, "moderator", "lou")
    factories.make_caller(item.project, "moderator")
    decide(item.pk, DecisionRequest(DecisionKind.REJECT), lou, now=NOON)
    undo(item.pk, lou, now=NOON)
    assert answer(ask(item.log), OVERTURNED, lou).self_reviewed is False


# --- Refusals


def late(log):
    ask(log, now=NOON + timedelta(days=184))


def twice(log):
    ask(log)
    ask(log)


def empty(log):
    ask(log, statement="  ")


def too_long(log):
    ask(log, statement="x" * 5001)


@pytest.mark.parametrize(
    ("act", "error"),
    [(late, Conflict), (twice, AlreadyExists), (empty, Invalid), (too_long, Invalid)],
)
def test_an_appeal_is_refused(blocked, act, error):
    with pytest.raises(error):
        act(blocked)


def test_what_nothing_restricts_cannot_be_appealed(project, item):
    with pytest.raises(Conflict):
        ask(item.log)


def test_a_ban_that_has_ended_cannot_be_appealed(project):
    ban = make_ban(project, "noor")
    revoke_ban(ban, reason="", actor="noor", now=NOON)
    with pytest.raises(Conflict):
        ask(ban)


def test_an_appeal_is_decided_once(blocked, omar, noor):
    appeal = ask(blocked)
    answer(appeal, OVERTURNED, omar)
    with pytest.raises(Conflict) as refusal:
        answer(appeal, UPHELD, noor)
    assert set(refusal.value.extra) == {"decided_by", "decided_at", "outcome"}


def test_an_answer_needs_words(blocked, omar):
    with pytest.raises(Invalid):
        answer(ask(blocked), Answer("upheld", " "), omar)


def test_an_edit_since_it_was_read_is_noticed(blocked, omar):
    appeal = ask(blocked)
    with pytest.raises(Conflict):
        answer(appeal, Answer("upheld", "no", version=7), omar)


@pytest.mark.parametrize("ruling", ["approve", "reject", "dismiss"])
def test_the_item_of_an_appeal_is_not_ruled_on_otherwise(blocked, omar, ruling):
    appeal = ask(blocked)
    with pytest.raises(Conflict) as refusal:
        decide(current_item(blocked).pk, DecisionRequest(DecisionKind(ruling)), omar, now=LATER)
    assert refusal.value.extra == {"appeal_id": str(appeal.pk)}


def test_an_escalated_appeal_is_for_admins(blocked, omar, ada):
    appeal, item = ask(blocked), current_item(blocked)
    decide(item.pk, DecisionRequest(DecisionKind.ESCALATE), omar, now=NOON)
    with pytest.raises(Forbidden):
        answer(appeal, UPHELD, omar)
    assert answer(appeal, UPHELD, ada).outcome == "upheld"


def test_an_answer_cannot_be_taken_back(blocked, ada):
    decided = answer(ask(blocked), OVERTURNED, ada)
    with pytest.raises(Conflict):
        undo(decided.decision.review_id, ada, now=LATER)
    assert last_decision_of(ada, LATER) is None


def test_content_keeps_its_status_rule_while_it_is_appealed(rejected):
    ask(rejected)
    rejected.refresh_from_db()
    assert rejected.status == Status.FLAGGED


def test_an_upheld_appeal_is_the_last_word_on_content(blocked, omar):
    answer(ask(blocked), UPHELD, omar)
    with pytest.raises(Conflict):
        ask(blocked, now=LATER)
    assert Appeal.objects.count() == 1


def test_an_upheld_appeal_is_the_last_word_on_a_ban(project, noor, omar):
    ban = make_ban(project, noor.name)
    answer(ask(ban), UPHELD, omar)
    with pytest.raises(Conflict):
        ask(ban, now=LATER)


def test_new_content_can_be_appealed_again(blocked, omar):
    answer(ask(blocked), UPHELD, omar)
    after = LATER + timedelta(minutes=1)
    text = f"{factories.BLOCKED} now"
    factories.make_log(
        blocked.project, text, user_id="u1", message_id=blocked.message_id, now=after
    )
    ask(blocked, now=after)
    assert Appeal.objects.open().count() == 1


def test_a_new_decision_can_be_appealed_again(blocked, omar, noor):
    answer(ask(blocked), UPHELD, omar)
    order = DecisionRequest(DecisionKind.REJECT)
    after = LATER + timedelta(minutes=1)
    decide_message(blocked.message_id, order, noor, now=after)
    ask(blocked, now=after)
    assert Appeal.objects.open().count() == 1


def test_nothing_remains_of_an_answer_that_fails(blocked, omar, monkeypatch):
    appeal, before = ask(blocked), standing(blocked)
    monkeypatch.setattr("reviews.appeals.answer.appeal_event", partial(fail))
    with pytest.raises(RuntimeError):
        answer(appeal, OVERTURNED, omar)
    assert standing(blocked) == before


def fail(*_):
    raise RuntimeError
