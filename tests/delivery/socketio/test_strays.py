"""Long polling without sticky routing is noticed when it happens, not whenever Redis is set."""

from moderation.delivery.socketio import server as module
from moderation.delivery.socketio.server import STICKY, Server

QUERY = b"EIO=4&transport=polling&sid=another"


async def test_a_poll_that_another_process_knows_is_told_once(monkeypatch, caplog):
    monkeypatch.setattr(module, "RESTART_SECONDS", 0)
    server = Server()
    server.notice_stray(b"EIO=4&transport=polling")
    assert STICKY not in caplog.text
    for _ in range(2):
        server.notice_stray(QUERY)
    assert caplog.text.count(STICKY) == 1


async def test_a_client_from_before_a_restart_is_no_stray(caplog):
    Server().notice_stray(QUERY)
    assert caplog.text == ""
