"""No secret reaches the log: not in ordinary use, not with wrong keys, not in an outage."""

import http.client
import json
import logging
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from logging.config import DictConfigurator
from urllib.parse import urlencode

import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from moderation_site.logs import logging_settings
from tests.e2e.servers import ROOT, LiveServer, environment_of

#: Everything that a line must not hold: each one goes through one entrance or more.
MARK = "SECRET-"
SECRETS = {
    what: f"{MARK}{what}-0123456789abcdef"
    for what in ("key", "token", "password", "session", "text", "query", "proxy")
}
#: What the requests need; without them nothing is answered any more.
TABLES = ("moderation_apikey", "auth_user", "django_session", "moderation_project")
SERVER_ERRORS = range(500, 600)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a database with the project arena, and a key of it that may read."""
    file = tmp_path_factory.mktemp("logs") / "gavel.sqlite3"
    environment = environment_of(f"sqlite:///{file}")

    def run(*words):
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    run("-m", "tests.e2e.stores", "make", "check")
    key = run("manage.py", "create_api_key", "arena", "--name", "logs", "--scopes", "check,read")
    return file, key


def ask(server, method, path, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(connection):
        connection.request(method, path, body, names)
        return connection.getresponse().status


def open_socket(server, query="", frame=None, **headers):
    address = f"ws://127.0.0.1:{server.port}/ws/projects/arena/{query}"
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    with (
        suppress(WebSocketException, OSError),
        connect(address, additional_headers=names) as client,
    ):
        if frame:
            client.send(json.dumps(frame))
        client.recv(timeout=2)


def every_entrance(server, key):
    """Send each secret wherever a client may put it; return the answers' codes."""
    as_json = {"Content_Type": "application/json"}
    as_form = {
        "Content_Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={'a' * 32}; sessionid={SECRETS['session']}",
    }
    session = {"Cookie": f"sessionid={SECRETS['session']}"}
    form = {"csrfmiddlewaretoken": "a" * 32, "password": SECRETS["password"]}
    check = json.dumps(
        {"message_id": "m", "user_id": "u", "channel_id": "c", "content": SECRETS["text"]}
    )
    token, wrong, query = SECRETS["token"], SECRETS["key"], SECRETS["query"]
    codes = [
        ask(server, "GET", "/api/v1/logs", X_API_Key=key),
        ask(server, "GET", f"/api/v1/logs?search={query}", Authorization=f"Bearer {wrong}"),
        ask(server, "GET", f"/api/v1/logs?api_key={wrong}", X_API_Key=wrong),
        ask(server, "POST", "/api/v1/moderation/check", check, X_API_Key=key, **as_json),
        ask(server, "POST", "/api/moderate", check, X_API_Key=key, **as_json),
        ask(server, "POST", f"/v1alpha1/comments:analyze?key={wrong}", check, **as_json),
        ask(server, "POST", "/v1/moderations", check, Authorization=f"Bearer {key}", **as_json),
        ask(server, "GET", f"/p/arena/queue?q={query}", **session),
        ask(server, "POST", "/login", urlencode({**form, "username": "ana"}), **as_form),
        ask(server, "GET", f"/appeal/{token}"),
        ask(server, "POST", f"/appeal/{token}", urlencode({**form, "text": query}), **as_form),
        ask(server, "GET", f"/api/v1/appeals/status/{token}"),
        ask(server, "POST", f"/invitations/{token}", urlencode(form), **as_form),
        ask(server, "GET", f"/nowhere/?secret={query}", X_Forwarded_For=SECRETS["proxy"]),
    ]
    open_socket(server, f"?api_key={key}")
    open_socket(server, f"?api_key={wrong}")
    open_socket(server, X_API_Key=key)
    open_socket(server, Authorization=f"Bearer {wrong}")
    open_socket(server, frame={"type": "authenticate", "api_key": wrong})
    open_socket(server, **session)
    return codes


@pytest.mark.slow
@pytest.mark.standalone
@pytest.mark.parametrize(
    ("level", "uvicorn_level", "style"),
    # The levels above write some of these lines, and no others.
    [("DEBUG", "trace", "json"), ("DEBUG", "trace", "console"), ("INFO", "info", "json")],
)
def test_no_secret_is_logged(made, tmp_path, level, uvicorn_level, style):
    database, key = made
    copy = tmp_path / "copy.sqlite3"
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    server = LiveServer(
        f"sqlite:///{copy}", tmp_path / "log", uvicorn_level, LOG_LEVEL=level, LOG_FORMAT=style
    )
    server.start()
    try:
        every_entrance(server, key)
        with closing(sqlite3.connect(copy)) as database:
            for table in TABLES:
                database.execute(f"ALTER TABLE {table} RENAME TO lost_{table}")
        codes = every_entrance(server, key)
    finally:
        server.stop()
    log = server.output()
    failed = [code for code in codes if code in SERVER_ERRORS]
    assert len(failed) > len(codes) / 2, codes  # the outage was one
    assert "no such table" in log
    lines = [line for line in log.splitlines() if MARK in line or key in line]
    assert lines == []


@pytest.fixture(params=["json", "console"])
def line_of(request):
    """Return what one record looks like in the log, as text."""
    formatters = logging_settings(level="DEBUG", style=request.param)["formatters"]
    formatter = DictConfigurator({"version": 1}).configure_formatter(formatters["line"])

    def write(message, *args, name="moderation.lib", **facts):
        record = {"msg": message, "args": args, "name": name, **facts}
        return formatter.format(logging.makeLogRecord(record))

    return write


def fail(text):
    raise ValueError(text)


@pytest.mark.parametrize(
    "text",
    [
        '127.0.0.1:5 - "WebSocket /ws/projects/demo/?api_key=SECRET-1&since=3" [accepted]',
        "Not Found: /appeal/SECRET-1/statement",
        "cannot call https://hooks.example.org/a?token=SECRET-1",
        "cannot reach postgresql://gavel:SECRET-1@db:5432/gavel",
        "key gvl_SECRET-1 and whsec_SECRET-1",
        "null value violates\nDETAIL:  Failing row contains (1, SECRET-1, null).",
        "The full contents of the message body was:\n[['SECRET-1'], {}, {}]",
    ],
)
def test_a_secret_is_hidden_wherever_it_stands(line_of, text):
    with pytest.raises(ValueError) as raised:  # noqa: PT011 (the texts differ)
        fail(text)
    broken = line_of("broken", exc_info=raised._excinfo)
    told = [line_of(text), line_of("%s", text), line_of("a fact", why={"deep": [text]}), broken]
    assert not any("SECRET-1" in line for line in told)
    assert "test_secrets_in_logs" in broken


def test_the_text_of_a_task_is_not_logged(line_of):
    facts = {"data": {"args": "({'content': 'SECRET-1'},)"}}
    line = line_of("Task received", name="celery.worker.strategy", **facts)
    assert "SECRET-1" not in line
    assert "Task received" in line
