"""Strikes and bans of the chat endpoint: what is stored, and what lifts a ban again."""

from datetime import timedelta

import pytest

from moderation.events.event import Cause
from moderation.models import Author, Ban, ChatStrike
from moderation.rules.active import policy_of
from moderation.sanctions.bans import ban_author
from moderation.sanctions.chat_strikes import (
    ban_at_once,
    chat_strikes_of,
    lift_unsupported_chat_bans,
)
from tests.messages import BLOCKED, NOON, send

CAUSE = Cause("noor", "content approved")
WEEK = timedelta(days=7)


def log_of(arena, **fields):
    return send(arena, BLOCKED, may_punish=False, **fields).log


def strike(log, ban=None, **fields):
    given = {"user_id": log.user_id, "channel_id": log.channel_id, "expires_at": NOON + WEEK}
    ChatStrike.objects.create(project=log.project, log=log, ban=ban, **{**given, **fields})


def approve(log):
    log.is_violation = False
    log.save(update_fields=["is_violation"])


def lift(log):
    lift_unsupported_chat_bans(log, policy_of(log.project), CAUSE, now=NOON)
    return list(Ban.objects.exclude(lifted_at=None).order_by("issued_at"))


def test_a_ban_at_once_names_its_message_and_counts_as_no_strike(arena):
    log = log_of(arena)
    ban = ban_at_once(log, policy_of(arena), NOON)
    assert (ban.type, ban.channel_id, ban.log, ban.issued_by) == (
        "permanent", "general", log, "system",
    )  # fmt: skip
    assert ban.reason == ", ".join(log.reasons) != ""
    stored = ChatStrike.objects.values().get()
    stored.pop("id")
    assert stored == {
        "project_id": arena.pk, "user_id": "zed", "channel_id": "general", "log_id": log.pk,
        "ban_id": ban.pk, "is_at_once": True, "given_at": NOON, "expires_at": NOON + WEEK,
    }  # fmt: skip
    assert chat_strikes_of(log, policy_of(arena), NOON) == 0


def test_an_edited_message_keeps_one_row(arena):
    log = log_of(arena)
    strike(log, expires_at=NOON)
    ban = ban_at_once(log, policy_of(arena), NOON)
    row = ChatStrike.objects.get()
    assert (row.ban, row.is_at_once, row.expires_at) == (ban, True, NOON + WEEK)


@pytest.mark.parametrize("is_approved", [True, False])
def test_a_ban_at_once_falls_with_its_message_alone(arena, is_approved):
    for _ in range(3):
        strike(log_of(arena))
    log = log_of(arena)
    ban = ban_at_once(log, policy_of(arena), NOON)
    assert chat_strikes_of(log, policy_of(arena), NOON) == 3
    if is_approved:
        approve(log)
    lifted = lift(log)
    assert lifted == ([ban] if is_approved else [])
    assert [(one.lifted_at, one.lifted_by, one.lift_reason) for one in lifted] == (
        [(NOON, "noor", "content approved")] * is_approved
    )


@pytest.mark.parametrize(("strikes", "falls"), [(2, True), (3, False)])
def test_a_ban_for_strikes_falls_when_fewer_than_three_remain(arena, strikes, falls):
    logs = [log_of(arena) for _ in range(strikes + 1)]
    ban = ban_author(Author(arena, "zed", "general"), CAUSE, length=None, now=NOON)
    for log in logs:
        strike(log, ban)
    approve(logs[0])
    assert chat_strikes_of(logs[0], policy_of(arena), NOON) == strikes
    assert lift(logs[0]) == ([ban] if falls else [])


def test_strikes_and_bans_of_others_do_not_count(arena):
    theirs = log_of(arena, user_id="ana")
    strike(theirs, ban_author(theirs.author, CAUSE, length=None, now=NOON))
    log = log_of(arena)
    assert chat_strikes_of(log, policy_of(arena), NOON) == 0
    assert lift(log) == []
