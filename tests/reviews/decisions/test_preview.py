from dataclasses import replace
from datetime import timedelta

import pytest

from moderation.engine.verdict.policy import PRESETS
from moderation.models import Ban, Strike
from reviews.decisions.case import BanRequest, DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.preview import Preview, consequences_of, request_for
from reviews.models import DecisionKind
from tests import factories
from tests.reviews.moments import NOON

pytestmark = pytest.mark.django_db
BALANCED = PRESETS["balanced"]


def offered(item, policy=BALANCED, strikes=0, *, has_strike=False):
    """Return the consequences by code."""
    preview = Preview(item.log, policy, strikes, has_strike, NOON)
    return {consequence.code: consequence for consequence in consequences_of(preview)}


@pytest.mark.parametrize(
    ("strikes", "name", "why"),
    [
        (0, "Strike 1 of 3", "First active strike; a ban follows at 3."),
        (
            2,
            "Strike 3 of 3, banned 24 h in #general",
            "Third active strike: the ladder gives a ban of 24 h.",
        ),
        (
            4,
            "Strike 5 of 5, banned for good in #general",
            "Fifth active strike: the ladder gives a permanent ban.",
        ),
    ],
)
def test_the_policys_consequence_is_told_with_its_reason(item, strikes, name, why):
    policy = offered(item, strikes=strikes)["policy"]
    assert (policy.name, policy.why) == (name, why)


def test_the_author_reads_the_sentence_of_the_consequence(item):
    ways = offered(item, strikes=2)
    assert ways["policy"].author_message == "You are banned until 2030-05-02T12:00:00.000Z."
    assert ways["strike"].author_message == "Warning. Strike 3/3"
    assert ways["none"].author_message == "Your message was blocked."
    assert ways["permanent"].author_message == "You are banned permanently."


def test_the_author_reads_it_in_the_contents_language(item):
    item.log.language = "es"
    assert offered(item)["policy"].author_message == "Advertencia. Strike 1/3"


def test_a_strike_alone_is_offered_only_where_a_ban_would_come(item):
    assert "strike" not in offered(item, strikes=0)
    assert "strike" in offered(item, strikes=2)


def test_a_message_that_brought_a_strike_keeps_it(item):
    ways = offered(item, strikes=1, has_strike=True)
    assert ways["policy"].name == "Keeps its strike 1 of 3"
    assert ways["none"].why == "Removes the message and takes back the strike it brought."


def test_advice_gives_no_strike_by_itself(item):
    ways = offered(item, policy=PRESETS["advisory"], strikes=2)
    assert ways["policy"].name == "No strike"
    assert "none" not in ways


def test_a_policy_that_leaves_bans_to_people_says_so(item):
    policy = replace(BALANCED, ban_requires_review=True)
    assert "bans are left to you" in offered(item, policy=policy, strikes=2)["policy"].why


def test_a_project_wide_ban_is_told_as_such(item):
    policy = replace(BALANCED, ban_scope="project")
    assert offered(item, policy=policy)["permanent"].name == "Banned for good in the whole project"


@pytest.mark.parametrize("strikes", [0, 1, 2, 4])
def test_what_is_foretold_comes_true(project, noor, strikes):
    items = [factories.make_item(project, user_id="u1", now=NOON) for _ in range(strikes + 1)]
    for earlier in items[:-1]:
        decide(earlier.pk, DecisionRequest(DecisionKind.REJECT), noor, now=NOON)
    foretold = offered(items[-1], strikes=strikes)["policy"].name
    decide(items[-1].pk, DecisionRequest(DecisionKind.REJECT), noor, now=NOON)
    assert Strike.objects.active(NOON).count() == strikes + 1
    bans = list(Ban.objects.active(NOON).values_list("type", flat=True))
    assert bans == {2: ["temporary"], 4: ["permanent"]}.get(strikes, [])
    assert ("banned" in foretold) == bool(bans)


def test_a_strike_only_brings_no_ban(project, noor):
    items = [factories.make_item(project, user_id="u1", now=NOON) for _ in range(3)]
    for item in items:
        decide(item.pk, request_for(DecisionKind.REJECT, "strike", BALANCED), noor, now=NOON)
    assert Strike.objects.active(NOON).count() == 3
    assert not Ban.objects.active(NOON).exists()


def test_a_temporary_ban_lasts_as_long_as_the_policy_says(item, noor):
    decide(item.pk, request_for(DecisionKind.REJECT, "temporary", BALANCED), noor, now=NOON)
    assert Ban.objects.get().expires_at == NOON + timedelta(hours=24)


def test_only_a_rejection_has_consequences():
    assert request_for(DecisionKind.APPROVE, "permanent", BALANCED) == DecisionRequest(
        DecisionKind.APPROVE
    )


HELD, NEVER = replace(BALANCED, ban_requires_review=True), replace(BALANCED, auto_ban=False)
STRUCK, BANNED = {"has_strike": True}, {"has_strike": True, "is_banned": True}
KEPT = "The message got this strike when it was checked; it counts only once."
WAITED = "The ladder calls for this ban at strike {}; it waited for you."
UNTIL = "You are banned until 2030-05-02T12:00:00.000Z."
FOREVER = "You are banned permanently."
HOURS, GOOD = "Banned 24 h in #general", "Banned for good in #general"
ALONE = "Gives the strike without the ban that the ladder calls for."


def temporary(why):
    return ("temporary", HOURS, why, UNTIL)


def permanent(why):
    return ("permanent", GOOD, why, FOREVER)


def besides(position):
    """Return the bans by hand beside a strike."""
    why = f"You ban the author, on top of strike {position}."
    return [temporary(why), permanent(why)]


def none(why="counts nothing against its author"):
    return ("none", "No strike", f"Removes the message and {why}.", "Your message was blocked.")


TAKEN_BACK = none("takes back the strike it brought")


def policy(name, why, message):
    return ("policy", name, why, message)


def left_to_you(nth, ban):
    return f"{nth} active strike: the ladder calls for {ban}, but bans are left to you."


@pytest.mark.parametrize(
    ("of", "strikes", "flags", "ways"),
    [
        (
            BALANCED, 1, {},
            [
                policy("Strike 2 of 3", "Second active strike; a ban follows at 3.",
                       "Warning. Strike 2/3"),
                none(), *besides("2 of 3"),
            ],
        ),
        (
            BALANCED, 2, {},
            [
                policy("Strike 3 of 3, banned 24 h in #general",
                       "Third active strike: the ladder gives a ban of 24 h.", UNTIL),
                ("strike", "Strike only", ALONE, "Warning. Strike 3/3"),
                none(), besides("3 of 3")[1],
            ],
        ),
        (
            BALANCED, 7, {},
            [
                policy("Strike 8, banned for good in #general",
                       "Another active strike: the ladder gives a permanent ban.", FOREVER),
                ("strike", "Strike only", ALONE, "Warning. Strike 8"),
                none(),
            ],
        ),
        (
            BALANCED, 3, STRUCK,
            [policy("Keeps its strike 3 of 3", KEPT, "Warning. Strike 3/3"), TAKEN_BACK,
             *besides("3 of 3")],
        ),
        (
            PRESETS["advisory"], 1, {},
            [
                policy("No strike", "This policy is advisory and gives no strikes.",
                       "Your message was blocked."),
                ("strike", "Strike only", "You give the author strike 2 of 3.",
                 "Warning. Strike 2/3"),
                temporary("You ban the author; the policy gives no strike."),
                permanent("You ban the author; the policy gives no strike."),
            ],
        ),
        (
            NEVER, 2, {},
            [policy("Strike 3 of 3", left_to_you("Third", "a ban of 24 h"), "Warning. Strike 3/3"),
             none(), *besides("3 of 3")],
        ),
        (
            NEVER, 4, {},
            [policy("Strike 5 of 5", left_to_you("Fifth", "a permanent ban"),
                    "Warning. Strike 5/5"),
             none(), *besides("5 of 5")],
        ),
        (
            HELD, 3, STRUCK,
            [temporary(WAITED.format("3 of 3")),
             policy("Keeps its strike 3 of 3", KEPT, "Warning. Strike 3/3"), TAKEN_BACK,
             besides("3 of 3")[1]],
        ),
        (
            HELD, 5, STRUCK,
            [permanent(WAITED.format("5 of 5")),
             policy("Keeps its strike 5 of 5", KEPT, "Warning. Strike 5/5"), TAKEN_BACK,
             besides("5 of 5")[0]],
        ),
        (
            HELD, 3, BANNED,
            [policy("Keeps its strike 3 of 3", KEPT, "Warning. Strike 3/3"), TAKEN_BACK,
             *besides("3 of 3")],
        ),
        (
            HELD, 2, STRUCK,
            [policy("Keeps its strike 2 of 3", KEPT, "Warning. Strike 2/3"), TAKEN_BACK,
             *besides("2 of 3")],
        ),
    ],
)  # fmt: skip
def test_the_ways_to_go_on_are_told_in_order(item, of, strikes, flags, ways):
    preview = Preview(item.log, of, strikes, **{"has_strike": False, **flags}, now=NOON)
    told = [(way.code, way.name, way.why, way.author_message) for way in consequences_of(preview)]
    assert told == ways


def test_a_ban_of_a_long_channel_is_named_short(item):
    item.log.channel_id = "x" * 41
    assert offered(item)["permanent"].name == f"Banned for good in #{'x' * 40}"


@pytest.mark.parametrize(
    ("consequence", "fields"),
    [
        ("strike", {"strike": True, "ladder": False}),
        ("none", {"strike": False}),
        ("temporary", {"ban": BanRequest("temporary", 7)}),
        ("permanent", {"ban": BanRequest("permanent")}),
        ("policy", {}),
        ("", {}),
    ],
)
def test_a_consequence_stands_for_a_request(consequence, fields):
    policy = replace(BALANCED, temp_ban_hours=7)
    wanted = DecisionRequest(DecisionKind.REJECT, **fields)
    assert request_for(DecisionKind.REJECT, consequence, policy) == wanted
