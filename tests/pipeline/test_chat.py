"""Chat as Bloom had it: the worst message bans its author at once."""

import pytest

from moderation import rules
from moderation.models import Ban, ChatStrike, ModerationLog
from moderation.pipeline.chat import moderate_or_ban
from tests.messages import NOON, submission

pytestmark = pytest.mark.django_db
WORST = "I will kill you"


def chat(arena, content=WORST, **fields):
    return moderate_or_ban(submission(arena, content, **fields), NOON)


def test_the_worst_message_bans_at_once_and_says_so(arena):
    outcome = chat(arena)
    log, ban = ModerationLog.objects.get(), Ban.objects.get()
    assert (log.action, outcome.log.action, log.judged_at) == ("perm_ban", "perm_ban", NOON)
    assert (ban.type, ban.log, ban.issued_at, ban.channel_id) == ("permanent", log, NOON, "general")
    assert ChatStrike.objects.get().is_at_once


@pytest.mark.parametrize("content", ["Hello world", "flagword", "blockword"])
def test_a_milder_message_does_not(arena, content):
    chat(arena, content)
    assert not Ban.objects.exists()


@pytest.mark.parametrize("policy", [{"auto_ban": False}, {"ban_requires_review": True}])
def test_where_the_policy_leaves_bans_to_people_nobody_is_banned(arena, policy):
    rules.change_policy(arena, "tests", policy)
    assert chat(arena).log.action != "perm_ban"
    assert not Ban.objects.exists()


def test_a_repeat_and_a_banned_author_bring_no_second_ban(arena):
    chat(arena, message_id="m1")
    Ban.objects.update(lifted_at=NOON)
    assert chat(arena, message_id="m1").is_duplicate
    assert Ban.objects.count() == 1
    chat(arena)
    assert chat(arena).log.action == "user_banned"
    assert Ban.objects.filter(lifted_at=None).count() == 1
