"""As a new user tries it: messages in three languages, a socket, ten decisions, one undone."""

import json
import urllib.request

import pytest
from websockets.sync.client import connect

from tests import dumps
from tests.e2e.servers import LiveServer
from tests.e2e.stores import ARENA, stored
from tests.services import ADDRESSES

pytestmark = [pytest.mark.slow, pytest.mark.standalone]
TEXTS = ["Hello world", "Eres un idiota", "tu pgl hai kya", "you loser", "kya haal hai bhai"] * 4
FLAGGED = 12
SCOPES = ("check", "review")
EXPIRE = ["expire_bans", "--format", "json"]


class Story:
    """Calls go to one server, the socket hangs on the other (which may be the same)."""

    def __init__(self, url, key, socket):
        self.url, self.headers, self.socket = url, {"X-API-Key": key}, socket
        assert self.hear()["type"] == "joined_project"

    def call(self, method, path, body=None):
        headers = {**self.headers, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def hear(self):
        return json.loads(self.socket.recv(timeout=60))

    def hear_until(self, **stats):
        """Read events until a `stats_update` has these figures; return all that were read."""
        heard = []
        while True:
            heard.append(self.hear())
            told = heard[-1]
            if told["type"] == "stats_update" and stats.items() <= told["data"].items():
                return heard

    def send_all(self):
        for number, text in enumerate(TEXTS):
            author = {"user_id": f"author{number}", "channel_id": "general"}
            body = {"message_id": f"m{number}", "content": text, **author}
            self.call("POST", "/api/v1/moderation/check", body)

    def decide_ten(self):
        waiting = self.call("GET", "/api/v1/reviews?status=open")["results"][:10]
        for item in waiting:
            self.call("POST", f"/api/v1/reviews/{item['id']}/decide", {"decision": "reject"})
        return waiting


@pytest.fixture
def servers(tmp_path):
    """Return a function that starts so many servers; all are stopped afterwards."""
    started = []

    def start(count, database_url, **variables):
        for number in range(count):
            started.append(LiveServer(database_url, tmp_path / f"{number}.log", **variables))
            started[-1].start()
        return started

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def scratch():
    dumps.make_scratch()
    yield dumps.POSTGRES_SCRATCH
    dumps.drop_scratch()


def tell(url, socket_url, key):
    address = f"{socket_url.replace('http', 'ws')}/ws/projects/{ARENA}/?since=0"
    with connect(address, additional_headers={"X-API-Key": key}) as socket:
        follow(Story(url, key, socket))


def follow(story):
    story.send_all()
    heard = story.hear_until(total_content=20, flagged=FLAGGED, approved=8, open_reviews=FLAGGED)
    assert [event["type"] for event in heard].count("moderation_update") == 20
    waiting = story.decide_ten()
    heard += story.hear_until(rejected=10, flagged=FLAGGED - 10, open_reviews=FLAGGED - 10)
    story.call("POST", f"/api/v1/reviews/{waiting[0]['id']}/undo", {})
    heard += story.hear_until(rejected=9, flagged=FLAGGED - 9, open_reviews=FLAGGED - 9)
    assert [event["seq"] for event in heard] == list(range(1, len(heard) + 1))


def test_one_server_on_sqlite_tells_the_whole_story(servers, tmp_path):
    url = f"sqlite:///{tmp_path / 'story.sqlite3'}"
    key = stored(url, "make", *SCOPES)
    (server,) = servers(1, url)
    tell(server.url, server.url, key)


@pytest.mark.services("postgresql", "redis")
def test_two_servers_on_postgresql_and_redis_tell_the_whole_story(servers, scratch):
    key = stored(scratch, "make", *SCOPES)
    first, second = servers(2, scratch, REDIS_URL=ADDRESSES["redis"])
    tell(first.url, second.url, key)


def test_a_ban_that_is_over_is_ended_once_by_the_command(tmp_path):
    url = f"sqlite:///{tmp_path / 'bans.sqlite3'}"
    stored(url, "make", *SCOPES)
    stored(url, "overdue_ban")
    first, second = (json.loads(dumps.manage(url, *EXPIRE)) for _ in range(2))
    assert (first["bans"], second["bans"]) == (1, 0)
