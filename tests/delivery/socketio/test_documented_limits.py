"""The numbers that AutoModerate's guide names, with the settings as they come."""

import pytest

from moderation.delivery.chat.authors import ChatAuthor
from moderation.delivery.socketio.chat import Chat
from moderation.delivery.socketio.session import Session


class RecordingSession(Session):
    """A session without a connection; `told` has what its client would get."""

    def __init__(self):
        super().__init__(None, None)
        self.told = []
        author = ChatAuthor(1, "arena", "zed")
        self.chat = Chat(author, "http://testserver", self, None)

    async def tell(self, event, data):
        self.told.append((event, data))

    @property
    def events(self):
        return [event for event, _ in self.told]


@pytest.fixture
async def session():
    made = RecordingSession()
    yield made
    made.chat.leave_all()


async def test_the_101st_event_of_a_minute_is_answered_with_an_error(session):
    for _ in range(101):
        await session.handle("heartbeat", None)
    assert session.events == ["heartbeat"] * 100 + ["error"]


async def test_the_51st_room_is_refused(session):
    for number in range(51):
        await session.handle("join_channel", {"channel_id": f"room{number}"})
    assert session.events == ["joined_channel"] * 50 + ["error"]
    assert "Too many rooms" in session.told[-1][1]["message"]


def test_an_address_has_ten_connections(settings):
    assert settings.WS_MAX_CONNECTIONS_PER_IP == 10
