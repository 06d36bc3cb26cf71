"""The event socket as docs/realtime.md promises it: joining, resuming, messages."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from moderation.delivery import relay
from moderation.delivery.sockets import hub, outbox, rooms
from moderation.models import OutboxEvent, Project
from tests.delivery.sockets.telling import NEW_APPROVED, key, project, tell

PATH = "/ws/projects/arena/"


async def happen(of, *numbers, **fields):
    await sync_to_async(tell)(of, *numbers, **fields)
    await sync_to_async(relay.run_once)()


async def test_who_connects_to_a_project_joins_it_at_once(arena, reader, open_socket):
    socket = await open_socket(PATH, x_api_key=reader)
    joined = await socket.hear()
    assert (joined["type"], joined["project_id"], joined["seq"]) == ("joined_project", "arena", 0)
    assert joined["stats"]["total_content"] == 0


async def test_an_event_arrives_in_its_envelope(arena, reader, open_socket):
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    await happen(arena, 7)
    event = await socket.hear()
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "type": "moderation_update", "seq": 1, "project_id": "arena", "data": {"number": 7},
    }  # fmt: skip


async def test_figures_arrive_after_the_event_that_changed_them(arena, reader, open_socket):
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    await happen(arena, 7, tally=NEW_APPROVED)
    await socket.hear()
    stats = await socket.hear()
    assert (stats["type"], stats["seq"], stats["data"]["approved"]) == ("stats_update", 2, 1)


async def test_joining_by_message(arena, reader, open_socket):
    socket = await open_socket("/ws/", x_api_key=reader)
    await socket.say("join_project", project_id="arena")
    assert (await socket.hear())["type"] == "joined_project"


async def test_a_joined_project_says_where_it_stands(arena, reader, open_socket):
    await happen(arena, 1, 2, tally=NEW_APPROVED)
    socket = await open_socket(PATH, x_api_key=reader)
    joined = await socket.hear()
    assert (joined["seq"], joined["stats"]["total_content"]) == (3, 2)


async def test_since_brings_all_later_events_in_order(arena, reader, open_socket):
    await happen(arena, 1, 2, 3)
    socket = await open_socket(f"{PATH}?since=1", x_api_key=reader)
    await socket.hear()
    await happen(arena, 4)
    assert await socket.hear_numbers(5) == [2, 3, 4, 5, 6]


async def test_since_works_in_a_message(arena, reader, open_socket):
    await happen(arena, 1, 2, 3)
    socket = await open_socket("/ws/", x_api_key=reader)
    await socket.say("join_project", project_id="arena", since=2)
    await socket.hear()
    assert await socket.hear_numbers(2) == [3, 4]


async def test_a_replay_longer_than_a_page_is_complete(arena, reader, open_socket, monkeypatch):
    monkeypatch.setattr(outbox, "PAGE", 2)
    await happen(arena, *range(9))
    socket = await open_socket(f"{PATH}?since=0", x_api_key=reader)
    await socket.hear()
    assert await socket.hear_numbers(10) == list(range(1, 11))


async def test_a_since_that_lies_ahead_counts_as_now(arena, reader, open_socket):
    await happen(arena, 1)
    socket = await open_socket(f"{PATH}?since=999", x_api_key=reader)
    assert (await socket.hear())["seq"] == 2
    await happen(arena, 2)
    assert (await socket.hear())["seq"] == 3


async def test_a_since_older_than_the_replay_resets(arena, reader, open_socket, monkeypatch):
    monkeypatch.setattr(rooms, "REPLAYABLE", 2)
    await happen(arena, 1, 2, 3, tally=NEW_APPROVED)
    socket = await open_socket(f"{PATH}?since=1", x_api_key=reader)
    await socket.hear()
    reset = await socket.hear()
    assert (reset["type"], reset["seq"], reset["stats"]["approved"]) == ("reset", 4, 3)


async def test_events_that_were_deleted_reset_too(arena, reader, open_socket):
    await happen(arena, 1, 2, 3)
    await OutboxEvent.objects.filter(seq__lte=2).adelete()
    socket = await open_socket(f"{PATH}?since=1", x_api_key=reader)
    await socket.hear()
    assert (await socket.hear())["type"] == "reset"


async def test_after_a_reset_events_go_on(arena, reader, open_socket, monkeypatch):
    monkeypatch.setattr(rooms, "REPLAYABLE", 2)
    await happen(arena, 1, 2, 3)
    socket = await open_socket(f"{PATH}?since=1", x_api_key=reader)
    await socket.hear()
    await socket.hear()
    await happen(arena, 4)
    assert await socket.hear_numbers(2) == [5, 6]


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "١", "9" * 40, ""])
async def test_a_senseless_since_in_the_address_is_told(arena, reader, open_socket, since):
    socket = await open_socket(f"{PATH}?since={since or '%20'}", x_api_key=reader)
    assert (await socket.hear())["type"] == "error"
    assert (await socket.hear())["type"] == "joined_project"


@pytest.mark.parametrize("since", [-1, "x", 1.5, True, [], {}])
async def test_a_senseless_since_in_a_message_joins_nothing(arena, reader, open_socket, since):
    socket = await open_socket("/ws/", x_api_key=reader)
    await socket.say("join_project", project_id="arena", since=since)
    assert (await socket.hear())["type"] == "error"


async def test_a_lost_handover_heals_by_itself(arena, reader, open_socket, monkeypatch):
    monkeypatch.setattr("moderation.delivery.sockets.sink.offer_to_hubs", lambda frames: None)
    monkeypatch.setattr(hub, "HEALING_SECONDS", 0.05)
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    await happen(arena, 1, 2)
    assert await socket.hear_numbers(3) == [1, 2, 3]


async def test_an_event_after_a_lost_one_brings_the_lost_one_first(
    arena, reader, open_socket, monkeypatch
):
    monkeypatch.setattr(hub, "HEALING_SECONDS", 60)
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    with monkeypatch.context() as lossy:
        lossy.setattr("moderation.delivery.sockets.sink.offer_to_hubs", lambda frames: None)
        await happen(arena, 1)
    await happen(arena, 2)
    assert await socket.hear_numbers(4) == [1, 2, 3, 4]


async def test_an_event_that_happens_while_the_hub_begins_is_not_missed(
    arena, reader, open_socket, monkeypatch
):
    real = outbox.last_seqs

    def last_seqs(project_ids):
        monkeypatch.setattr(outbox, "last_seqs", real)
        tell(arena, 1)
        relay.run_once()
        return real(project_ids)

    monkeypatch.setattr(outbox, "last_seqs", last_seqs)
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    assert await socket.hear_numbers(2) == [1, 2]


async def test_a_reader_whose_queue_has_a_gap_reads_the_outbox(
    arena, reader, open_socket, monkeypatch
):
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    await happen(arena, 1)
    await socket.hear_numbers(2)
    with monkeypatch.context() as lossy:
        lossy.setattr(hub.Subscription, "offer", lambda self, frame: True)
        await happen(arena, 2)
        await asyncio.sleep(0.1)
    await happen(arena, 3)
    assert await socket.hear_numbers(4) == [3, 4, 5, 6]


async def test_who_misses_nothing_joins_without_reading_the_outbox(
    arena, reader, open_socket, monkeypatch
):
    await happen(arena, 1)
    last = (await sync_to_async(Project.objects.get)()).last_seq
    read = []
    real = outbox.frames_after
    monkeypatch.setattr(outbox, "frames_after", lambda *args: read.append(args) or real(*args))
    sockets = [await open_socket(PATH, x_api_key=reader) for _ in range(3)]
    for socket in sockets:
        await socket.hear()
    await happen(arena, 2)
    for socket in sockets:
        assert await socket.hear_numbers(2) == [last + 1, last + 2]
    assert read == []


async def test_an_event_between_the_figures_and_the_feed_is_not_missed(
    arena, reader, open_socket, monkeypatch
):
    # The feed of a first reader runs already, so the second finds its number changed.
    first = await open_socket(PATH, x_api_key=reader)
    await first.hear()
    real = outbox.snapshot_of

    def snapshot_of(project_id):
        snapshot = real(project_id)
        tell(arena, 1)
        relay.run_once()
        return snapshot

    monkeypatch.setattr(outbox, "snapshot_of", snapshot_of)
    second = await open_socket(PATH, x_api_key=reader)
    await second.hear()
    assert await second.hear_numbers(2) == [1, 2]
    assert await first.hear_numbers(2) == [1, 2]


async def test_a_burst_longer_than_the_queue_drops_no_quick_reader(arena, reader, open_socket):
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    await happen(arena, *range(600))
    assert await socket.hear_numbers(600) == list(range(1, 601))


async def test_a_burst_while_a_reader_joins_does_not_drop_it(
    arena, reader, open_socket, monkeypatch
):
    real = outbox.last_seqs

    def last_seqs(project_ids):
        monkeypatch.setattr(outbox, "last_seqs", real)
        seqs = real(project_ids)
        tell(arena, *range(600))
        relay.run_once()
        return seqs

    monkeypatch.setattr(outbox, "last_seqs", last_seqs)
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    assert await socket.hear_numbers(601) == list(range(1, 602))


async def test_a_reader_that_takes_no_page_of_its_replay_is_dropped(
    arena, reader, open_socket, monkeypatch
):
    await happen(arena, 1)
    monkeypatch.setattr(rooms, "PAGE_SECONDS", 0.0)
    monkeypatch.setattr(rooms.Room, "_pass_on", lambda self, frame: asyncio.sleep(60))
    socket = await open_socket(f"{PATH}?since=0", x_api_key=reader)
    assert (await socket.hear_close())[1] == 4408


async def test_one_project_does_not_hear_another(arena, reader, open_socket):
    valley = await sync_to_async(project)("valley")
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    await happen(valley, 1)
    await happen(arena, 2)
    assert (await socket.hear())["data"] == {"number": 2}


async def test_outside_events_are_not_heard(arena, reader, open_socket):
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    await happen(arena, 1, type_="moderation.warning")
    await socket.say("heartbeat")
    assert await socket.hear() == {"type": "heartbeat"}


async def test_a_project_that_was_left_is_silent(arena, reader, open_socket):
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    await socket.say("leave_project", project_id="arena")
    assert await socket.hear() == {"type": "left_project", "project_id": "arena"}
    await happen(arena, 1)
    assert await socket.receive_nothing(0.2)


async def test_who_left_may_join_again(arena, reader, open_socket):
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    await socket.say("leave_project", project_id="arena")
    await socket.hear()
    await socket.say("join_project", project_id="arena", since=0)
    assert (await socket.hear())["type"] == "joined_project"


async def test_joining_twice_tells_each_event_once(arena, reader, open_socket):
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    await socket.say("join_project", project_id="arena")
    await socket.hear()
    await happen(arena, 1)
    assert await socket.hear_numbers(2) == [1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "{", "null", "[]", "7", '"join"', "{}", '{"type": 3}', '{"type": "no_such"}',
        '{"type": "join_project"}', '{"type": "join_project", "project_id": 5}',
        '{"type": "leave_project", "project_id": "arena"}', '{"type": "authenticate"}',
        "[" * 16_000, '{"type":' + "9" * 5_000 + "}", '{"type": "' + "x" * 20_000 + '"}',
        '{"type": "\\ud800"}', '{"type": null}',
    ],
    ids=range(17),
)  # fmt: skip
async def test_a_message_without_sense_is_answered_and_the_socket_lives(
    arena, reader, open_socket, text
):
    socket = await open_socket("/ws/", x_api_key=reader)
    await socket.send_to(text_data=text)
    assert (await socket.hear())["type"] == "error"
    await socket.say("heartbeat")
    assert await socket.hear() == {"type": "heartbeat"}


async def test_a_binary_message_is_answered_with_an_error(arena, reader, open_socket):
    socket = await open_socket("/ws/", x_api_key=reader)
    await socket.send_to(bytes_data=b"\x00\xff")
    assert (await socket.hear())["type"] == "error"


@pytest.mark.parametrize("slug", ["", "valley", "no\0such", "\ud800", "x" * 9_000, "../arena"])
async def test_a_project_that_is_not_ones_own_is_denied(arena, reader, open_socket, slug):
    socket = await open_socket("/ws/", x_api_key=reader)
    await socket.say("join_project", project_id=slug)
    denied = await socket.hear()
    assert (denied["type"], denied["project_id"]) == ("project_access_denied", slug[:200])
    await socket.say("heartbeat")
    assert await socket.hear() == {"type": "heartbeat"}


async def test_an_unknown_address_is_told(transactional_db, open_socket):
    socket = await open_socket("/ws/nowhere/")
    message, code = await socket.hear_close()
    assert (message["type"], code) == ("error", 4404)


async def test_a_deleted_project_ends_quietly(arena, reader, open_socket, monkeypatch):
    monkeypatch.setattr("moderation.delivery.sockets.watch.RECHECK_SECONDS", 0.05)
    monkeypatch.setattr("moderation.accounts.key_lookup.KEY_CACHE_SECONDS", 0.0)
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    await sync_to_async(Project.objects.all().delete)()
    assert (await socket.hear_close())[1] == 4401


async def test_a_key_without_scope_read_is_denied(arena, open_socket):
    checker = await sync_to_async(key)(arena, "check")
    socket = await open_socket(PATH, x_api_key=checker)
    message, code = await socket.hear_close()
    assert (message["type"], code) == ("project_access_denied", 4403)
