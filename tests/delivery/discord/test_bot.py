"""The Discord bot, with discord.py's own objects: what it deletes, tells, punishes and asks."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from channels.db import database_sync_to_async
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

pytest.importorskip("discord")

from moderation.accounts.callers import Caller
from moderation.delivery.discord.following import Follower, apply
from moderation.events.event import USER_BANNED, Cause
from moderation.models import Author, ModerationLog, OutboxEvent
from moderation.sanctions.bans import ban_author, expire_sanctions, lift_ban
from reviews.management.commands.discord_bot import decide_for_discord
from reviews.models import Decision, ReviewItem
from tests.delivery.discord.fake import (
    ADMINISTERS,
    ANA,
    CANNOT_SEND_TO_USER,
    EVERYONE,
    GENERAL,
    GUILD,
    MODERATES,
    MODERATOR,
    REVIEWS,
    FakeDiscord,
)
from tests.messages import project, words

pytestmark = pytest.mark.django_db(transaction=True)
DELETED = ("DELETE", f"/channels/{GENERAL}/messages/1")
TOLD = ("POST", "/channels/500/messages")
MEMBER = f"/guilds/{GUILD}/members/{ANA}"
BANNED = ("PUT", f"/guilds/{GUILD}/bans/{ANA}")
ASKED = f"/channels/{REVIEWS}/messages"


@pytest.fixture
def arena(db):
    made = project()
    words(made)
    return made


@pytest.fixture
async def discord(arena, monkeypatch):
    return FakeDiscord(arena, decide_for_discord, monkeypatch)


def stored():
    return database_sync_to_async(ModerationLog.objects.get)()


async def test_an_allowed_message_stays(discord):
    await discord.say("Hello")
    assert discord.calls == []
    log = await stored()
    assert (log.user_id, log.channel_id, log.message_id) == (str(ANA), str(GENERAL), "1")


async def test_a_flagged_message_goes_its_author_is_told_and_timed_out(discord):
    await discord.say("flagword")
    assert discord.done("DELETE", "POST", "PATCH")[:4] == [
        DELETED, ("POST", "/users/@me/channels"), TOLD, ("PATCH", MEMBER),
    ]  # fmt: skip
    text = next(json["content"] for method, path, json in discord.calls if (method, path) == TOLD)
    assert "was removed" in text
    assert "five minutes" in text
    until = next(json for _, path, json in discord.calls if path == MEMBER)
    end = datetime.fromisoformat(until["communication_disabled_until"])
    assert abs(end - datetime.now(UTC) - timedelta(minutes=5)) < timedelta(seconds=30)


async def test_a_blocked_message_kicks_its_author_after_telling_them(discord):
    await discord.say("blockword")
    assert discord.done("DELETE", "POST")[-1] == ("DELETE", MEMBER)
    assert TOLD in discord.done("POST")


async def test_hatred_bans(discord):
    await discord.say("You terrorist scum")
    assert BANNED in discord.done("PUT")


async def test_closed_direct_messages_are_no_error(discord, caplog):
    discord.refusals["/channels/500/messages"] = CANNOT_SEND_TO_USER
    await discord.say("blockword")
    assert discord.done("DELETE") == [DELETED, ("DELETE", MEMBER)]
    assert not [record for record in caplog.records if record.levelname in {"ERROR", "WARNING"}]


async def test_a_missing_permission_is_logged_and_the_rest_is_done(discord, caplog):
    discord.refusals[f"/channels/{GENERAL}/messages/1"] = 50013
    await discord.say("blockword")
    assert ("DELETE", MEMBER) in discord.done("DELETE")
    assert "may not delete a message" in caplog.text


async def test_a_broken_connection_is_logged_and_the_rest_is_done(discord, caplog, monkeypatch):
    async def cut(*_):
        raise ConnectionResetError("cut")

    monkeypatch.setattr("discord.Message.delete", cut)
    await discord.say("blockword")
    assert ("DELETE", MEMBER) in discord.done("DELETE")
    assert "cannot be reached to delete a message" in caplog.text


async def test_a_long_reason_of_a_ban_is_cut_for_discord(discord, arena):
    data = {"user_id": str(ANA), "reason": "x" * 900}
    await apply(SimpleNamespace(type=USER_BANNED, data=data), discord.bot.guilds)
    assert discord.reasons == ["x" * 512]


async def test_an_edit_is_judged_and_the_same_text_again_is_not(discord):
    await discord.say("Hello")
    await discord.edit("Hello")
    assert discord.calls == []
    await discord.edit("blockword")
    assert DELETED in discord.done("DELETE")
    assert (await stored()).revision == 2


async def test_bots_and_empty_messages_are_left_alone(discord):
    await discord.say("blockword", author=1)
    await discord.say("  ")
    assert discord.calls == []
    assert await database_sync_to_async(ModerationLog.objects.count)() == 0


# --- Reviews


async def asked(discord):
    """Let a message be flagged; return the embed and the buttons' ids."""
    await discord.say("flagword @everyone **loud**")
    posted = next(json for _, path, json in discord.calls if path == ASKED)
    (row,) = posted["components"]
    return posted, [button["custom_id"] for button in row["components"]]


async def test_a_review_is_asked_for_with_what_a_person_needs(discord):
    posted, ids = await asked(discord)
    fields = {one["name"]: one["value"] for one in posted["embeds"][0]["fields"]}
    assert list(fields) == ["Author", "Channel", "Action", "Reason", "Message"]
    assert fields["Action"] == "WARNING"
    assert fields["Message"] == r"flagword @everyone \*\*loud\*\*"
    assert posted["allowed_mentions"] == {"parse": []}
    item = await database_sync_to_async(ReviewItem.objects.get)()
    assert ids == [f"gavel:approve:{item.pk}", f"gavel:reject:{item.pk}"]


@pytest.mark.parametrize(
    ("place", "ruling", "text"), [(0, "approve", "Approved by"), (1, "reject", "Rejected by")]
)
async def test_a_moderator_decides_by_a_button(discord, place, ruling, text):
    posted, ids = await asked(discord)
    shown = discord.message(id_=77, author=1, channel_id=REVIEWS, **posted)
    await discord.press(ids[place], MODERATOR, MODERATES, shown)
    decision = await database_sync_to_async(Decision.objects.get)()
    assert (decision.ruling, decision.decider) == (ruling, f"discord:{MODERATOR}")
    method, path, json = discord.calls[-1]
    assert (method, path, json["components"]) == ("PATCH", f"{ASKED}/77", [])
    assert json["embeds"][0]["footer"]["text"] == f"{text} noor (Discord)"


async def test_a_second_decision_is_refused_to_the_one_who_pressed(discord):
    posted, ids = await asked(discord)
    shown = discord.message(id_=77, author=1, channel_id=REVIEWS, **posted)
    for one in ids:
        await discord.press(one, MODERATOR, MODERATES, shown)
    assert await database_sync_to_async(Decision.objects.count)() == 1
    method, _, json = discord.calls[-1]
    assert (method, json["flags"]) == ("HOOK", 64)


async def test_others_may_not_decide(discord):
    posted, ids = await asked(discord)
    await discord.press(ids[0], ANA, EVERYONE, discord.message(id_=77, author=1, **posted))
    assert await database_sync_to_async(Decision.objects.count)() == 0
    assert "permission" in discord.calls[-1][2]["data"]["content"]


# --- checkmod


async def test_checkmod_is_for_administrators(discord):
    await discord.say("!checkmod blockword", author=9)
    method, path, json = discord.calls[-1]
    assert (method, path) == ("POST", f"/channels/{GENERAL}/messages")
    assert "Verdict: block" in json["content"]
    await discord.say("!checkmod nice day", author=9)
    assert discord.calls[-1][2]["content"].startswith("Content OK")
    assert await database_sync_to_async(ModerationLog.objects.count)() == 0
    await discord.say("!checkmod blockword")
    assert DELETED in discord.done("DELETE")


@pytest.mark.parametrize(
    ("permissions", "text"), [(ADMINISTERS, "Verdict: block"), (EVERYONE, "Only administrators")]
)
async def test_the_slash_command_answers_only_the_one_who_asked(discord, permissions, text):
    discord.state.parse_interaction_create({
        "id": "7", "application_id": "1", "type": 2, "token": "t", "version": 1,
        "guild_id": str(GUILD), "channel_id": str(GENERAL), "locale": "en-US",
        "channel": {"id": str(GENERAL), "type": 0, "name": "general"},
        "member": {
            "user": {"id": "9", "username": "owner", "discriminator": "0", "avatar": None},
            "roles": [], "deaf": False, "mute": False, "flags": 0,
            "joined_at": "2026-01-01T00:00:00+00:00", "permissions": str(permissions),
        },
        "entitlements": [], "authorizing_integration_owners": {}, "attachment_size_limit": 0,
        "app_permissions": "0",
        "data": {"id": "8", "name": "checkmod", "type": 1,
                 "options": [{"name": "text", "type": 3, "value": "blockword"}]},
    })  # fmt: skip
    await discord.settle()
    _, _, json = discord.calls[-1]
    assert text in json["data"]["content"]
    assert json["data"]["flags"] == 64


# --- Following


def release():
    OutboxEvent.objects.update(sent_at=timezone.now())


async def test_bans_and_decisions_from_elsewhere_are_followed(discord, arena):
    follower = Follower(arena, timezone.now())

    def ban():
        for user_id in (str(ANA), "someone-of-another-app"):
            author = Author(arena, user_id, "")
            with transaction.atomic():
                ban_author(author, Cause("noor", "spam"), length=None, now=timezone.now())
        release()
        return follower.new_events()

    events = await database_sync_to_async(ban)()
    for event in events:
        await apply(event, discord.bot.guilds)
    assert discord.done("PUT", "DELETE") == [BANNED]
    assert await database_sync_to_async(follower.new_events)() == []


async def test_a_mute_from_elsewhere_is_a_timeout(discord, arena):
    follower, until = Follower(arena, timezone.now()), timedelta(minutes=30)

    def mute():
        with transaction.atomic():
            author, now = Author(arena, str(ANA), str(GENERAL)), timezone.now()
            ban = ban_author(author, Cause("noor", "spam"), length=until, now=now, is_mute=True)
        with transaction.atomic():
            lift_ban(ban, Cause("noor", "enough"), now=timezone.now())
        release()
        return follower.new_events()

    for event in await database_sync_to_async(mute)():
        await apply(event, discord.bot.guilds)
    calls = [json for method, path, json in discord.calls if (method, path) == ("PATCH", MEMBER)]
    ends = [json["communication_disabled_until"] for json in calls]
    assert len(ends) == 2
    assert datetime.fromisoformat(ends[0]) > datetime.now(UTC) + timedelta(minutes=29)
    assert ends[1] is None


async def test_a_rejected_message_is_deleted_and_the_bots_own_are_not_deleted_twice(discord, arena):
    follower = Follower(arena, timezone.now())
    _, ids = await asked(discord)
    discord.calls.clear()

    def reject():
        decide_for_discord(UUID(ids[1].rpartition(":")[2]), "reject", Caller(arena, "noor"))
        release()
        return follower.new_events()

    for event in await database_sync_to_async(reject)():
        await apply(event, discord.bot.guilds)
    assert discord.done("DELETE") == [DELETED]


async def test_the_bot_goes_on_where_it_stopped_however_long_ago(discord):
    for then in (timezone.now() - timedelta(minutes=5), timezone.now() - timedelta(days=9)):
        await database_sync_to_async(discord.bot._store)(then)
        follower = await database_sync_to_async(discord.bot._follower)()
        assert follower.since == then


async def test_what_was_decided_while_the_bot_was_away_is_done_when_it_is_back(discord, arena):
    then = timezone.now() - timedelta(minutes=5)
    await database_sync_to_async(discord.bot._store)(then)

    def ban():
        with transaction.atomic():
            author = Author(arena, str(ANA), "")
            ban_author(author, Cause("noor", "spam"), length=None, now=timezone.now())
        release()

    await database_sync_to_async(ban)()
    follower = await database_sync_to_async(discord.bot._follower)()
    await discord.bot.catch_up(follower)
    assert discord.calls == []
    for event in await database_sync_to_async(follower.new_events)():
        await apply(event, discord.bot.guilds)
    assert discord.done("PUT", "DELETE") == [BANNED]


async def test_after_days_bans_are_read_from_where_they_stand(discord, arena):
    follower = Follower(arena, timezone.now() - timedelta(days=3))

    def decide():
        at = timezone.now() - timedelta(days=2)
        with transaction.atomic():
            for user_id, length in ((ANA, None), (MODERATOR, timedelta(hours=1))):
                author = Author(arena, str(user_id), "")
                ban_author(author, Cause("noor", "spam"), length=length, now=at)
            expire_sanctions(timezone.now())
        OutboxEvent.objects.all().delete()

    await database_sync_to_async(decide)()
    await discord.bot.catch_up(follower)
    assert sorted(discord.done("PUT", "DELETE")) == [
        ("DELETE", f"/guilds/{GUILD}/bans/{MODERATOR}"), BANNED,
    ]  # fmt: skip


def test_the_command_asks_for_a_token():
    with pytest.raises(CommandError, match="Set DISCORD_TOKEN"):
        call_command("discord_bot")
