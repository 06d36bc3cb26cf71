"""Who may open a socket, how many, and when it is closed again (docs/realtime.md)."""

import asyncio
from ipaddress import ip_network

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from moderation.accounts.key_lookup import forget_keys
from moderation.delivery.sockets import consumers, watch
from moderation.delivery.sockets.credentials import is_same_origin
from moderation.models import ApiKey, Membership
from tests.delivery.sockets.telling import key, member, project

PATH = "/ws/projects/arena/"
REFUSED = ("authentication_failed", 4401)
DENIED = ("project_access_denied", 4403)
LIMITED = ({"type": "rate_limited", "scope": "connection"}, 4429)


@pytest.fixture
def cookie(arena):
    """Return the cookie header of a signed-in viewer."""
    browser = Client()
    browser.force_login(member(arena))
    return f"sessionid={browser.cookies['sessionid'].value}"


@pytest.fixture
def quick_watch(monkeypatch):
    monkeypatch.setattr("moderation.delivery.sockets.watch.RECHECK_SECONDS", 0.05)


async def refusal(socket, seconds=30):
    message, code = await socket.hear_close(seconds)
    return message["type"], code


async def hears(socket):
    return (await socket.hear())["type"]


async def test_a_member_is_admitted_by_session(cookie, open_socket):
    assert await hears(await open_socket(PATH, cookie=cookie)) == "joined_project"


@pytest.mark.parametrize("origin", ["http://testserver", "https://testserver", "HTTP://TestServer"])
async def test_a_session_counts_from_our_own_pages(cookie, open_socket, origin):
    assert await hears(await open_socket(PATH, cookie=cookie, origin=origin)) == "joined_project"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://[::1", "", "testserver"]
)
async def test_a_session_from_another_page_counts_for_nothing(
    cookie, open_socket, origin, monkeypatch
):
    monkeypatch.setattr("moderation.delivery.sockets.consumers.GUEST_SECONDS", 0.0)
    assert await refusal(await open_socket(PATH, cookie=cookie, origin=origin)) == REFUSED


def test_a_host_that_is_not_ours_does_not_make_a_page_ours():
    assert not is_same_origin({"origin": "https://evil.example", "host": "evil.example"})


@pytest.mark.parametrize("origin", ["https://chat.example.org", "https://a.example.net"])
async def test_a_session_counts_from_trusted_origins(cookie, open_socket, origin, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://chat.example.org", "https://*.example.net"]
    assert await hears(await open_socket(PATH, cookie=cookie, origin=origin)) == "joined_project"


async def test_a_stranger_is_denied_another_project(cookie, open_socket):
    await sync_to_async(project)("valley")
    assert await refusal(await open_socket("/ws/projects/valley/", cookie=cookie)) == DENIED


async def test_a_project_that_does_not_exist_looks_the_same(cookie, open_socket):
    assert await refusal(await open_socket("/ws/projects/nowhere/", cookie=cookie)) == DENIED


@pytest.mark.parametrize("header", ["x_api_key", "authorization"])
async def test_a_key_in_a_header_is_admitted(reader, open_socket, header):
    value = reader if header == "x_api_key" else f"Bearer {reader}"
    assert await hears(await open_socket(PATH, **{header: value})) == "joined_project"


async def test_a_key_in_the_address_is_admitted(reader, open_socket):
    assert await hears(await open_socket(f"{PATH}?api_key={reader}")) == "joined_project"


async def test_a_key_counts_from_any_page(reader, open_socket):
    socket = await open_socket(f"{PATH}?api_key={reader}", origin="https://app.example")
    assert await hears(socket) == "joined_project"


async def test_an_admin_key_is_refused_in_the_address(arena, open_socket):
    admin = await sync_to_async(key)(arena, "admin", "read")
    assert await refusal(await open_socket(f"{PATH}?api_key={admin}")) == REFUSED


async def test_an_admin_key_is_admitted_in_a_header(arena, open_socket):
    admin = await sync_to_async(key)(arena, "admin")
    assert await hears(await open_socket(PATH, x_api_key=admin)) == "joined_project"


@pytest.mark.parametrize("where", ["header", "address"])
async def test_a_wrong_key_is_refused_even_with_a_session(cookie, open_socket, where):
    path = f"{PATH}?api_key=wrong" if where == "address" else PATH
    headers = {"x_api_key": "wrong"} if where == "header" else {}
    assert await refusal(await open_socket(path, cookie=cookie, **headers)) == REFUSED


async def test_a_key_of_another_project_is_denied(reader, open_socket):
    await sync_to_async(project)("valley")
    assert await refusal(await open_socket("/ws/projects/valley/", x_api_key=reader)) == DENIED


async def test_the_open_project_is_not_open_to_sockets(arena, open_socket, settings, monkeypatch):
    monkeypatch.setattr("moderation.delivery.sockets.consumers.GUEST_SECONDS", 0.0)
    settings.OPEN_PROJECT = "arena"
    assert await refusal(await open_socket(PATH)) == REFUSED


async def test_a_guest_is_admitted_by_its_first_message(reader, open_socket):
    socket = await open_socket(PATH)
    await socket.say("authenticate", api_key=reader)
    assert await hears(socket) == "joined_project"


async def test_a_guest_of_no_project_authenticates_then_joins(reader, open_socket):
    socket = await open_socket("/ws/")
    await socket.say("authenticate", api_key=reader)
    await socket.say("join_project", project_id="arena")
    assert await hears(socket) == "joined_project"


@pytest.mark.parametrize("wrong", ["wrong", "", None, 5, ["x"], "\ud800"])
async def test_a_guest_with_a_wrong_key_is_refused(reader, open_socket, wrong):
    socket = await open_socket(PATH)
    await socket.say("authenticate", api_key=wrong)
    assert await refusal(socket) == REFUSED


async def test_a_guest_must_authenticate_before_it_joins(reader, open_socket):
    socket = await open_socket("/ws/")
    await socket.say("join_project", project_id="arena")
    assert await hears(socket) == "error"


def test_a_guest_may_wait_five_seconds():
    assert consumers.GUEST_SECONDS == 5


async def test_a_guest_that_waits_longer_is_refused(transactional_db, open_socket, monkeypatch):
    monkeypatch.setattr("moderation.delivery.sockets.consumers.GUEST_SECONDS", 0.0)
    assert await refusal(await open_socket("/ws/")) == REFUSED


async def test_who_is_authenticated_cannot_become_another(reader, open_socket):
    socket = await open_socket("/ws/", x_api_key=reader)
    await socket.say("authenticate", api_key=reader)
    assert await hears(socket) == "error"


@pytest.mark.usefixtures("quick_watch")
async def test_a_revoked_key_is_closed(reader, open_socket):
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    await ApiKey.objects.aupdate(revoked_at=timezone.now())
    assert await refusal(socket) == REFUSED


def test_access_is_looked_at_again_within_five_seconds():
    assert watch.RECHECK_SECONDS < 5


@pytest.mark.usefixtures("quick_watch")
async def test_a_removed_member_is_closed(cookie, open_socket):
    socket = await open_socket(PATH, cookie=cookie)
    await socket.hear()
    await Membership.objects.all().adelete()
    assert await refusal(socket) == DENIED


@pytest.mark.usefixtures("quick_watch")
async def test_a_session_that_ended_is_closed(cookie, open_socket):
    socket = await open_socket(PATH, cookie=cookie)
    await socket.hear()
    browser = Client()
    browser.cookies["sessionid"] = cookie.removeprefix("sessionid=")
    await sync_to_async(browser.logout)()
    assert await refusal(socket) == REFUSED


@pytest.mark.usefixtures("quick_watch")
async def test_a_changed_password_closes_the_sockets(cookie, open_socket):
    socket = await open_socket(PATH, cookie=cookie)
    await socket.hear()
    person = (await Membership.objects.select_related("user").aget()).user
    person.set_password("another-long-password")
    await person.asave()
    assert await refusal(socket) == REFUSED


@pytest.mark.usefixtures("quick_watch")
async def test_who_is_still_allowed_stays(reader, cookie, open_socket):
    by_key = await open_socket(PATH, x_api_key=reader)
    by_session = await open_socket(PATH, cookie=cookie)
    await asyncio.gather(by_key.hear(), by_session.hear())
    forget_keys()
    assert await by_key.receive_nothing(0.3)
    assert await by_session.receive_nothing(0.01)


async def test_one_address_has_only_so_many_sockets(reader, open_socket, settings):
    settings.WS_MAX_CONNECTIONS_PER_IP = 2
    for _ in range(2):
        assert await hears(await open_socket(PATH, x_api_key=reader)) == "joined_project"
    assert await (await open_socket(PATH, x_api_key=reader)).hear_close() == LIMITED


async def test_guests_count_for_their_address_too(transactional_db, open_socket, settings):
    settings.WS_MAX_CONNECTIONS_PER_IP = 1
    await open_socket("/ws/")
    assert await (await open_socket("/ws/")).hear_close() == LIMITED


async def test_a_closed_socket_gives_its_place_back(reader, open_socket, settings):
    settings.WS_MAX_CONNECTIONS_PER_IP = 1
    await (await open_socket(PATH, x_api_key=reader)).disconnect()
    assert await hears(await open_socket(PATH, x_api_key=reader)) == "joined_project"


async def test_a_refused_socket_gives_its_place_back(reader, open_socket, settings):
    settings.WS_MAX_CONNECTIONS_PER_IP = 1
    await (await open_socket("/ws/projects/nowhere/", x_api_key=reader)).hear_close()
    assert await hears(await open_socket(PATH, x_api_key=reader)) == "joined_project"


async def test_behind_a_trusted_proxy_the_client_counts(reader, open_socket, settings):
    settings.WS_MAX_CONNECTIONS_PER_IP = 1
    settings.TRUSTED_PROXIES = [ip_network("192.0.2.0/24")]
    for address in ("198.51.100.1", "198.51.100.2"):
        socket = await open_socket(PATH, x_api_key=reader, x_forwarded_for=address)
        assert await hears(socket) == "joined_project"


async def test_an_untrusted_forwarding_counts_for_nothing(reader, open_socket, settings):
    settings.WS_MAX_CONNECTIONS_PER_IP = 1
    await open_socket(PATH, x_api_key=reader, x_forwarded_for="198.51.100.1")
    socket = await open_socket(PATH, x_api_key=reader, x_forwarded_for="198.51.100.2")
    assert await socket.hear_close() == LIMITED


async def test_a_person_has_twenty_sockets_wherever_from(cookie, open_socket, settings):
    settings.WS_MAX_CONNECTIONS_PER_IP = 1
    for _ in range(20):
        assert await hears(await open_socket(PATH, cookie=cookie)) == "joined_project"
    assert await (await open_socket(PATH, cookie=cookie)).hear_close() == LIMITED


async def test_a_socket_that_talks_too_much_is_closed(reader, open_socket, settings):
    settings.WS_EVENTS_PER_MINUTE = 2
    socket = await open_socket("/ws/", x_api_key=reader)
    for _ in range(3):
        await socket.say("heartbeat")
    assert [await hears(socket), await hears(socket)] == ["heartbeat", "heartbeat"]
    assert await socket.hear_close() == LIMITED


async def test_a_socket_joins_only_so_many_projects(cookie, open_socket, settings):
    settings.WS_ROOMS_PER_CONNECTION = 1
    valley = await sync_to_async(project)("valley")
    membership = await Membership.objects.aget()
    await Membership.objects.acreate(project=valley, user_id=membership.user_id, role="viewer")
    socket = await open_socket(PATH, cookie=cookie)
    await socket.hear()
    await socket.say("join_project", project_id="valley")
    assert await socket.hear_close() == LIMITED
