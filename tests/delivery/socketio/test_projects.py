"""Projects over Socket.IO with the official Python client (docs/realtime.md, "Socket.IO")."""

import pytest
from asgiref.sync import sync_to_async

from moderation.delivery import relay
from tests.messages import BLOCKED, project, send

pytestmark = pytest.mark.on_services

WARNED = "This is damn good"
FLAGGED = "Shut up idiot"


async def check(of, content="Hello world", **fields):
    """Moderate a message and let the relay hand out its events."""
    outcome = await sync_to_async(send)(of, content, **fields)
    await sync_to_async(relay.run_once)()
    return outcome.log


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_a_check_reaches_who_joined(arena, reader, connect, transport):
    client = await connect(f"api_key={reader}", transport=transport)
    await client.say("join_project", project_id="arena")
    assert await client.hear_next() == ("joined_project", {"project_id": "arena", "seq": 0})
    event, stats = await client.hear_next()
    assert (event, stats["total_content"], "seq" in stats) == ("stats_update", 0, False)
    log = await check(arena)
    event, update = await client.hear_next()
    assert (event, update["seq"], update["project_id"]) == ("moderation_update", 1, "arena")
    assert (update["content_id"], update["status"]) == (str(log.pk), "approved")
    assert (await client.hear("stats_update"))["approved"] == 1


async def test_another_projects_events_stay_there(arena, reader, connect):
    valley = await sync_to_async(project)("valley")
    client = await connect(f"api_key={reader}")
    await client.say("join_project", project_id="arena")
    await client.hear("stats_update")
    await check(valley)
    await check(arena)
    assert (await client.hear("moderation_update"))["project_id"] == "arena"


async def test_who_left_hears_nothing_more(arena, reader, connect):
    client = await connect(f"api_key={reader}")
    await client.say("join_project", project_id="arena")
    await client.hear("stats_update")
    await client.say("leave_project", project_id="arena")
    assert await client.hear_next() == ("left_project", {"project_id": "arena"})
    await check(arena)
    await client.say("heartbeat")
    assert await client.hear_next() == ("heartbeat", {})


async def test_since_brings_all_later_events_in_order(arena, reader, connect):
    for number in range(3):
        await check(arena, f"Hello {number}")
    client = await connect(f"api_key={reader}")
    await client.say("join_project", project_id="arena", since=2)
    assert (await client.hear("joined_project"))["seq"] == 6
    await client.hear("stats_update")
    await check(arena, "Hello again")
    assert [(await client.hear())["seq"] for _ in range(6)] == [3, 4, 5, 6, 7, 8]


async def test_moderators_are_alerted_beside_the_event(arena, moderator, reader, connect):
    theirs = await connect(cookie=moderator)
    keys = await connect(f"api_key={reader}")
    for client in (theirs, keys):
        await client.say("join_project", project_id="arena")
        await client.hear("stats_update")
    await check(arena, WARNED)
    flagged = await check(arena, FLAGGED, username="Zed")
    alert = await theirs.hear("moderation_alert")
    assert (alert["message_id"], alert["action"]) == (flagged.message_id, "flagged")
    assert (alert["user_id"], alert["username"], alert["channel_id"]) == ("zed", "Zed", "general")
    assert (alert["content"], alert["severity"]) == (FLAGGED, flagged.severity)
    assert alert["reasons"] == flagged.reasons
    await check(arena, BLOCKED)
    assert (await theirs.hear("moderation_alert"))["action"] == "blocked"
    heard = [(await keys.hear_next())[0] for _ in range(9)]
    assert "moderation_alert" not in heard
    assert heard.count("moderation_update") == 3


@pytest.mark.parametrize(
    ("event", "data", "message"),
    [
        ("join_project", {}, "Project ID required"),
        ("join_project", {"project_id": ["arena"]}, "Invalid project ID format"),
        ("join_project", {"project_id": "x" * 300}, "Invalid project ID format"),
        ("join_project", {"project_id": "arena", "since": "x"}, "`since` must be"),
        ("leave_project", {"project_id": "arena"}, "The project was not joined."),
        ("nonsense", {}, "Unknown event"),
    ],
)
async def test_a_senseless_event_is_answered_with_an_error(
    arena, reader, connect, event, data, message
):
    client = await connect(f"api_key={reader}")
    await client.say(event, **data)
    assert message in (await client.hear("error"))["message"]


async def test_a_payload_that_is_no_object_is_answered_too(arena, reader, connect):
    client = await connect(f"api_key={reader}")
    for payload in (None, 5, "arena", ["arena"], b"\0"):
        await client.socket.emit("join_project", payload)
        assert await client.hear_next() == ("error", {"message": "Project ID required"})


async def test_a_project_that_is_not_ones_own_is_denied(arena, reader, connect):
    await sync_to_async(project)("valley")
    client = await connect(f"api_key={reader}")
    for slug in ("valley", "nowhere"):
        await client.say("join_project", project_id=slug)
        denied = await client.hear("project_access_denied")
        assert (denied["project_id"], bool(denied["message"])) == (slug, True)
    await client.say("join_project", project_id="arena")
    assert await client.hear("joined_project")
