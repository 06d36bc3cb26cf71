"""A server that is killed loses no answered check and counts no strike twice."""

import http.client
import json
import random
import threading
import time

import pytest

from tests.e2e.servers import LiveServer
from tests.e2e.stores import stored

pytestmark = [pytest.mark.slow, pytest.mark.standalone, pytest.mark.faults]
KILLS = 5
CLIENTS = 8
CLIENT_SECONDS = 60
TEXTS = ("Hello world", "Hi there", "flagword", "blockword", "nice game")
STRIKING = {"warning", "temp_ban", "perm_ban"}


class Streamer(threading.Thread):
    """Sends checks one after another; one that got no answer is sent again until it has."""

    path = "/api/v1/moderation/check"
    channel = "channel_id"
    texts = TEXTS
    expected = 200

    def __init__(self, number, port, key, stopped):
        super().__init__(daemon=True)
        self.number, self.port, self.key, self.stopped = number, port, key, stopped
        self.answers = {}
        self.refused = []

    def run(self):
        choose = random.Random(self.number)
        count = 0
        while not self.stopped.is_set():
            count += 1
            self._send_until_answered(f"c{self.number}-{count}", choose)

    def author(self, choose):
        return f"author{choose.randrange(40)}"

    def _send_until_answered(self, message_id, choose):
        body = {
            "message_id": message_id,
            "user_id": self.author(choose),
            self.channel: "general",
            "content": f"{choose.choice(self.texts)} {message_id}",
        }
        while message_id not in self.answers:
            try:
                status, answer = self._post(body)
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.05)
                continue
            self.answers[message_id] = answer
            if status != self.expected:
                self.refused.append((status, answer))

    def _post(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"X-API-Key": self.key, "Content-Type": "application/json"}
            connection.request("POST", self.path, json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()


class HastyStreamer(Streamer):
    """Sends messages whose results it does not wait for."""

    path = "/api/messages"
    channel = "chat_id"
    texts = ("Hello world", "Hi there")
    expected = 202


def stream_and_kill(server, key):
    """Let all clients send while the server is killed again and again; return the clients."""
    stopped = threading.Event()
    clients = [Streamer(number, server.port, key, stopped) for number in range(CLIENTS)]
    clients.append(HastyStreamer(CLIENTS, server.port, key, stopped))
    for client in clients:
        client.start()
    for _ in range(KILLS):
        wait_for_more(clients)
        server.kill()
        server.start()
    wait_for_more(clients)
    stopped.set()
    for client in clients:
        client.join(CLIENT_SECONDS)
    return clients


def wait_for_more(clients):
    """Wait until each client got a few more answers: the server is then at work for all of them."""
    wanted = {client: len(client.answers) + random.randint(2, 8) for client in clients}
    deadline = time.monotonic() + CLIENT_SECONDS
    while any(len(client.answers) < count for client, count in wanted.items()):
        assert time.monotonic() < deadline, "the clients got no answers in time"
        time.sleep(0.01)


def test_a_killed_server_loses_nothing_and_punishes_once(database_url, tmp_path):
    server = LiveServer(database_url, tmp_path / "server.log")
    key = stored(database_url, "make", "check")
    server.start()
    try:
        clients = stream_and_kill(server, key)
    finally:
        server.stop()
    assert [client.refused for client in clients] == [[]] * (CLIENTS + 1), server.output()[-2000:]
    accepted = set(clients.pop().answers)
    answers = {id_: answer for client in clients for id_, answer in client.answers.items()}
    facts = stored(database_url, "facts")
    check_accepted(accepted, facts)
    check_logs(answers, facts)
    check_figures(facts)


def check_accepted(accepted, facts):
    """Every message that was accepted was moderated, also if the server died before it was."""
    assert (len(accepted) > KILLS, facts["pending"]) == (True, 0)
    assert {id_ for id_ in accepted if facts["logs"].pop(id_, None)} == accepted


def check_logs(answers, facts):
    """Every answer is stored as told; a block brought one strike unless its author was banned."""
    told = {id_: [a["content_id"], a["verdict"], a["action"]] for id_, a in answers.items()}
    assert {id_: log[:3] for id_, log in facts["logs"].items()} == told
    wrong = {
        id_: log
        for id_, log in facts["logs"].items()
        if log[3] != int(log[1] == "block" and log[2] != "user_banned")
    }
    assert wrong == {}
    assert sum(answer["action"] in STRIKING for answer in answers.values()) == facts["strikes"]


def check_figures(facts):
    """Events are numbered without gap, and the counters say what the rows say."""
    assert facts["unnumbered"] == 0
    assert facts["numbers"] == list(range(1, len(facts["numbers"]) + 1))
    assert facts["totals"]["total"] == facts["messages"]
    counted = {name: number for name, number in facts["totals"].items() if number}
    assert {name: counted[name] for name in facts["statuses"]} == facts["statuses"]
