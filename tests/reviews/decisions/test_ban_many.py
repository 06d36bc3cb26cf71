"""Ban several authors at once: the plan, the bans, what is taken down, and the way back."""

from datetime import timedelta

import pytest

from moderation.lib.errors import AlreadyExists, Forbidden, Invalid, NotFound
from moderation.models import Author, Ban, ModerationLog, Strike
from reviews.decisions.ban_many import BanTerms, ban_many, plan_bans, undo_bans
from reviews.decisions.sweep import messages_to_sweep, sweep
from reviews.models import Decision
from tests import factories
from tests.reviews.moments import NOON

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HERE = BanTerms("raid", 60)


def item_of(project, author, *, now=NOON):
    return factories.make_item(project, user_id=author, now=now)


def zed(project, channel="general"):
    return Author(project, "zed", channel)


def ban(project, now=NOON, terms=HERE):
    (outcome,) = ban_many([zed(project)], terms, factories.make_caller(project, "admin"), now=now)
    return outcome


@pytest.mark.parametrize(
    ("terms", "type_", "seconds", "since"),
    [
        (BanTerms("x", None), "permanent", 0, None),
        (BanTerms("x", 5), "temporary", 300, None),
        (BanTerms("x", 5, sweep_hours=2), "temporary", 300, NOON - 2 * HOUR),
    ],
)
def test_terms_say_which_ban_how_long_and_what_it_takes_down(terms, type_, seconds, since):
    assert (terms.type, terms.seconds, terms.since(NOON)) == (type_, seconds, since)


def test_the_plan_names_each_author_of_the_named_items_once(project, ada):
    other = factories.make_project("other")
    items = [item_of(project, who) for who in ("zed", "ana", "ana")]
    items.append(item_of(other, "bo"))
    item_of(project, "eve")
    ModerationLog.objects.filter(user_id="ana").update(username="Ana A.")
    plans = plan_bans([item.pk for item in items], HERE, ada, now=NOON)
    assert [(plan.author, plan.username, plan.standing, plan.swept) for plan in plans] == [
        (Author(project, "ana", "general"), "Ana A.", None, 0),
        (Author(project, "zed", "general"), "zed", None, 0),
    ]
    assert plans[0].key == "user=ana&channel=general"


def test_the_most_urgent_author_comes_first(project, ada):
    waited = {"a": 1, "b": 3, "c": 2}
    items = [item_of(project, who, now=NOON - n * HOUR) for who, n in waited.items()]
    plans = plan_bans((item.pk for item in items), HERE, ada, now=NOON)
    assert [plan.author.user_id for plan in plans] == ["b", "c", "a"]


def test_in_the_whole_project_channels_are_one(project, ada):
    items = [item_of(project, "zed") for _ in range(2)]
    ModerationLog.objects.filter(pk=items[0].log_id).update(channel_id="lobby")
    ids = [item.pk for item in items]
    assert len(plan_bans(ids, HERE, ada, now=NOON)) == 2
    (plan,) = plan_bans(ids, BanTerms("raid", 60, in_whole_project=True), ada, now=NOON)
    assert plan.author == zed(project, "")


def test_only_an_active_ban_of_the_same_place_stands_there(project, ada):
    item = item_of(project, "zed")
    standing = ban(project).ban
    for now, found in ((NOON, standing), (NOON + HOUR, None)):
        assert plan_bans([item.pk], HERE, ada, now=now)[0].standing == found
    terms = BanTerms("raid", 60, in_whole_project=True)
    assert plan_bans([item.pk], terms, ada, now=NOON)[0].standing is None


@pytest.mark.parametrize(
    ("sweeps", "hours", "count"), [(False, 3, 0), (True, None, 1), (True, 2, 2), (True, 3, 3)]
)
def test_the_plan_counts_what_the_sweep_takes_down(project, ada, sweeps, hours, count):
    item = item_of(project, "zed", now=NOON - 5 * HOUR)
    for age in (2 * HOUR, 2 * HOUR + MINUTE):
        factories.make_log(project, user_id="zed", now=NOON - age)
    terms = BanTerms("raid", 60, sweeps=sweeps, sweep_hours=hours)
    assert plan_bans([item.pk], terms, ada, now=NOON)[0].swept == count


@pytest.mark.parametrize(("minutes", "type_"), [(90, "temporary"), (None, "permanent")])
def test_the_ban_has_the_terms_and_the_caller_s_name(project, ada, minutes, type_):
    (outcome,) = ban_many([zed(project)], BanTerms("raid", minutes), ada, now=NOON)
    made = Ban.objects.get()
    assert (made, made.type, made.reason, made.issued_by) == (outcome.ban, type_, "raid", "ada")
    assert made.expires_at == (NOON + minutes * MINUTE if minutes else None)
    assert (outcome.author, outcome.swept, outcome.error) == (zed(project), [], None)


def test_one_refusal_stops_no_other_and_is_told(project, ada):
    ban(project, terms=BanTerms("raid", None))
    open_item = item_of(project, "zed")
    names = ["zed", "ana"]
    terms = BanTerms("raid", 5, sweeps=True)
    refused, banned = ban_many([Author(project, n, "general") for n in names], terms, ada, now=NOON)
    assert (refused.ban, refused.swept, banned.ban.user_id) == (None, [], "ana")
    assert isinstance(refused.error, AlreadyExists)
    assert not Decision.objects.filter(review=open_item).exists()


def test_a_hundred_are_banned_and_no_more(project, ada):
    authors = [Author(project, f"u{number}", "general") for number in range(101)]
    with pytest.raises(Invalid) as refused:
        ban_many(authors, HERE, ada, now=NOON)
    assert (refused.value.field, Ban.objects.exists()) == ("authors", False)
    assert len(ban_many(authors[:100], HERE, ada, now=NOON)) == 100


def test_moderators_neither_ban_nor_undo(project, noor):
    for act in (
        lambda: ban_many([zed(project)], HERE, noor, now=NOON),
        lambda: undo_bans([], [], noor, now=NOON),
    ):
        with pytest.raises(Forbidden):
            act()


def test_the_undo_lifts_what_still_holds_in_the_project_and_reopens(project, ada):
    other = factories.make_project("other")
    held, ended = [
        ban_many([Author(project, who, "")], BanTerms("raid", minutes), ada, now=NOON)[0].ban
        for who, minutes in (("zed", 60), ("ana", 1))
    ]
    foreign, kept = ban(other).ban, ban(project).ban
    item = item_of(project, "bo")
    (swept,) = sweep(Author(project, "bo"), None, ada, now=NOON)
    lifted, results = undo_bans([held.pk, ended.pk, foreign.pk], [item.pk], ada, now=NOON + MINUTE)
    assert (lifted, [result.id for result in results]) == (1, [swept.id])
    rest = Ban.objects.filter(lifted_at=None)
    assert set(rest) == {ended, foreign, kept}
    held.refresh_from_db()
    assert (held.lifted_at, held.lifted_by, held.lift_reason) == (NOON + MINUTE, "ada", "undone")
    item.refresh_from_db()
    assert item.status == "open"


# --- What is taken down


def test_open_items_and_what_was_shown_lately_go_the_newest_first(project):
    ages = [n * HOUR for n in range(3, -1, -1)]
    shown = [factories.make_log(project, user_id="zed", now=NOON - age) for age in ages][::-1]
    flagged = item_of(project, "zed", now=NOON - 9 * HOUR).log
    hidden = factories.make_log(project, factories.BLOCKED, user_id="zed", now=NOON)
    factories.make_log(project, user_id="ana", now=NOON)
    factories.make_log(factories.make_project("other"), user_id="zed", now=NOON)
    assert list(messages_to_sweep(zed(project), None)) == [flagged]
    assert list(messages_to_sweep(zed(project), NOON - 2 * HOUR)) == [*shown[:3], flagged]
    assert hidden not in messages_to_sweep(zed(project, ""), NOON - 2 * HOUR)


def test_another_channel_is_swept_only_with_the_whole_project(project):
    log = factories.make_log(project, user_id="zed", now=NOON)
    assert not messages_to_sweep(zed(project, "lobby"), NOON).exists()
    assert list(messages_to_sweep(zed(project, ""), NOON)) == [log]


def test_a_sweep_takes_at_most_a_hundred(project):
    log = factories.make_log(project, user_id="zed", now=NOON)
    for number in range(100):
        log.pk, log.message_id = None, f"copy{number}"
        log.save(force_insert=True)
    assert messages_to_sweep(zed(project), NOON).count() == 100


def test_a_swept_message_is_rejected_for_its_reason_without_a_strike(project, ada):
    item = item_of(project, "zed")
    (result,) = sweep(zed(project), None, ada, now=NOON)
    assert (result.id, result.error) == (item.pk, None)
    made = Decision.objects.get()
    assert (made.ruling, made.reason_code, made.decided_at) == ("reject", "harassment", NOON)
    assert not Strike.objects.exists()


def test_what_cannot_be_swept_is_named_by_its_content(project, ada, monkeypatch):
    def gone(*_args, **_options):
        raise NotFound("gone")

    log = item_of(project, "zed").log
    monkeypatch.setattr("reviews.decisions.sweep.decide_content", gone)
    (result,) = sweep(zed(project), None, ada, now=NOON)
    assert (result.id, str(result.error)) == (log.pk, "gone")
