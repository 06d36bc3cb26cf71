"""Who may connect over Socket.IO, how often, and when it is over (docs/realtime.md)."""

import asyncio

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone
from socketio.exceptions import ConnectionError as Refusal

from moderation.accounts.keys import create_key
from moderation.delivery.socketio import server as mount
from moderation.delivery.socketio import session
from moderation.models import ApiKey, Membership
from tests.messages import key, project

pytestmark = pytest.mark.on_services


async def joins(client, slug="arena"):
    await client.say("join_project", project_id=slug)
    return (await client.hear("joined_project"))["project_id"] == slug


async def is_refused(client):
    """Say whether the server refuses the client, says why, and disconnects it."""
    refusal = await client.hear("authentication_failed")
    await client.hear_end()
    return bool(refusal["message"])


async def test_a_key_counts_wherever_it_is_sent(arena, reader, connect):
    assert await joins(await connect(f"api_key={reader}"))
    assert await joins(await connect(auth={"api_key": reader}))
    assert await joins(await connect(X_API_Key=reader))


async def test_a_member_is_admitted_by_session(arena, moderator, connect):
    assert await joins(await connect(cookie=moderator))


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_who_sends_nothing_is_told_and_disconnected(transactional_db, connect, transport):
    assert await is_refused(await connect(transport=transport))


@pytest.mark.parametrize("auth", [{"api_key": "wrong"}, {"api_key": ["x"]}, {"api_key": "\ud800"}])
async def test_a_wrong_key_is_refused(arena, connect, auth):
    assert await is_refused(await connect(auth=auth))


async def test_a_key_with_admin_is_refused_in_an_address_only(arena, connect):
    admin = await sync_to_async(key)(arena, "admin")
    assert await is_refused(await connect(f"api_key={admin}"))
    assert await joins(await connect(auth={"api_key": admin}))


async def test_a_page_from_elsewhere_needs_cors_origins(arena, reader, connect, settings):
    with pytest.raises(Refusal):
        await connect(f"api_key={reader}", origin="https://chat.example.org")
    settings.CORS_ORIGINS = ["https://chat.example.org"]
    assert await joins(await connect(f"api_key={reader}", origin="https://chat.example.org"))
    with pytest.raises(Refusal):
        await connect(f"api_key={reader}", origin="https://evil.example")


async def test_a_session_counts_for_nothing_on_another_page(arena, moderator, connect, settings):
    settings.CORS_ORIGINS = ["https://chat.example.org"]
    client = await connect(cookie=moderator, origin="https://chat.example.org")
    assert await is_refused(client)


async def test_one_address_has_only_so_many_connections(arena, reader, connect, settings):
    settings.WS_MAX_CONNECTIONS_PER_IP = 2
    for _ in range(2):
        first = await connect(f"api_key={reader}")
        assert await joins(first)
    refused = await connect(f"api_key={reader}")
    assert "Too many connections" in (await refused.hear("error"))["message"]
    await refused.hear_end()
    await first.close()
    assert await joins(await connect(f"api_key={reader}"))


async def test_an_event_beyond_the_limit_is_answered_with_an_error(
    arena, reader, connect, settings
):
    settings.WS_EVENTS_PER_MINUTE = 3
    client = await connect(f"api_key={reader}")
    for _ in range(4):
        await client.say("heartbeat")
    heard = [(await client.hear_next())[0] for _ in range(4)]
    assert heard == ["heartbeat", "heartbeat", "heartbeat", "error"]


async def test_a_room_beyond_the_limit_is_answered_with_an_error(
    arena, moderator, connect, settings
):
    settings.WS_ROOMS_PER_CONNECTION = 1
    valley = await sync_to_async(project)("valley")
    membership = await Membership.objects.aget()
    await Membership.objects.acreate(project=valley, user_id=membership.user_id, role="viewer")
    client = await connect(cookie=moderator)
    assert await joins(client)
    await client.say("join_project", project_id="valley")
    assert "Too many rooms" in (await client.hear("error"))["message"]
    # Joining again takes no further room.
    assert await joins(client)


@pytest.mark.usefixtures("quick_watch")
async def test_a_revoked_key_is_disconnected(arena, reader, connect):
    client = await connect(f"api_key={reader}")
    assert await joins(client)
    await ApiKey.objects.aupdate(revoked_at=timezone.now())
    assert await is_refused(client)


@pytest.mark.usefixtures("quick_watch")
async def test_a_removed_member_is_disconnected(arena, moderator, connect):
    client = await connect(cookie=moderator)
    assert await joins(client)
    await Membership.objects.all().adelete()
    assert (await client.hear("project_access_denied"))["project_id"] == "arena"
    await client.hear_end()


@pytest.mark.usefixtures("quick_watch")
async def test_an_ended_session_is_disconnected(arena, moderator, connect):
    client = await connect(cookie=moderator)
    assert await joins(client)
    await sync_to_async(sign_out)(moderator)
    assert await is_refused(client)


def sign_out(cookie):
    browser = Client()
    browser.cookies["sessionid"] = cookie.removeprefix("sessionid=")
    browser.logout()


async def test_a_moderator_who_became_a_viewer_leaves_the_moderators_room(arena, moderator):
    own = await Membership.objects.select_related("user").aget()
    found = await sync_to_async(mount.credentials.credential_of_session)({"cookie": moderator})
    credential = session.RoomCredential(found)
    look_up = sync_to_async(credential.caller_for)
    assert (await look_up("moderators:arena")).project == arena
    own.role = "viewer"
    await own.asave()
    assert await look_up("moderators:arena") is None
    assert (await look_up("arena")).role == "viewer"


async def test_a_connection_that_never_greets_is_closed(server, transactional_db, monkeypatch):
    monkeypatch.setattr(mount, "GREETING_SECONDS", 0.0)
    async with httpx.AsyncClient(base_url=server) as client:
        opened = await client.get("/socket.io/?EIO=4&transport=polling")
        sid = opened.text.split('"sid":"')[1].split('"')[0]
        address = f"/socket.io/?EIO=4&transport=polling&sid={sid}"
        async with asyncio.timeout(30):
            while (await client.get(address)).status_code == 200:
                pass


async def test_a_key_reads_only_with_its_scope(arena, connect):
    _, checking = await sync_to_async(create_key)(arena, name="c", scopes=["check"], actor="tests")
    client = await connect(f"api_key={checking}")
    await client.say("join_project", project_id="arena")
    assert (await client.hear("project_access_denied"))["project_id"] == "arena"
