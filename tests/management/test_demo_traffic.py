"""demo_traffic: talks to a running server and counts what it answers."""

import json
import re
from random import Random

import pytest
from django.core.management import CommandError

from reviews.demo.traffic import chatter
from tests.e2e.servers import LiveServer, free_port
from tests.e2e.stores import stored

KEY = {"username": "admin", "api_key": "gvl_nobodys", "project": "demo"}


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.mark.slow
@pytest.mark.standalone
def test_messages_reach_the_server_and_are_counted(var, command, tmp_path):
    database_url = f"sqlite:///{tmp_path / 'live.sqlite3'}"
    known = {**KEY, "project": "arena", "api_key": stored(database_url, "make", "check")}
    (var / "demo.json").write_text(json.dumps(known))
    server = LiveServer(database_url, tmp_path / "server.log")
    server.start()
    try:
        told = command(
            "demo_traffic", "--project", "arena", "--per-second", "40", "--seconds", "3",
            "--url", server.url,
        )  # fmt: skip
    finally:
        server.stop()
    sent, *verdicts = map(int, re.findall(r"\d+", told)[:5])
    assert sent == sum(verdicts) == len(stored(database_url, "facts")["logs"]) > 10


def test_no_server_is_one_clear_line(var, command):
    (var / "demo.json").write_text(json.dumps(KEY))
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(CommandError, match=f"No server answers at {url} "):
        command("demo_traffic", "--url", url)


def test_a_missing_file_is_one_clear_line(var, command):
    with pytest.raises(CommandError, match=r"demo.json is missing or broken; load_demo makes it"):
        command("demo_traffic")


def test_the_key_of_another_project_is_refused(var, command):
    (var / "demo.json").write_text(json.dumps(KEY))
    with pytest.raises(CommandError, match="is for demo, not arena"):
        command("demo_traffic", "--project", "arena")


@pytest.mark.parametrize(
    "words", [("--per-second", "0"), ("--per-second", "many"), ("--url", "ftp://here")]
)
def test_arguments_that_make_no_sense_are_refused(command, words):
    with pytest.raises(CommandError, match=re.escape(words[1])):
        command("demo_traffic", *words)


def test_talk_has_bursts_and_edits_and_comes_from_many(var):
    said = [turn for turn, _ in zip(chatter(Random(4)), range(600), strict=False)]
    assert 10 < sum(is_burst for _, is_burst in said) < 300
    assert any(turn.edit for turn, _ in said)
    assert len({turn.author.user_id for turn, _ in said}) > 60
