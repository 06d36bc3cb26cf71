"""`ai_prompt` rules against a fake server that answers, fails, hangs or is away."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from moderation import rules
from moderation.engine.custom_rules.ai import use_provider
from moderation.lib import rate_limit
from moderation.lib.errors import Invalid
from moderation.models import ModerationLog
from moderation.pipeline.moderate import moderate
from moderation.rules import ai_provider
from moderation.rules.active import policy_of
from reviews.casefile.why import decision_trace
from tests.messages import submission


class Fake(ThreadingHTTPServer):
    """Answers as it is told, and keeps what it was sent."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.said = {"applies": True, "reason": "It sells gold."}
        self.status, self.body, self.waits = 200, None, threading.Event()
        self.waits.set()
        self.asked = []

    @property
    def place(self):
        return f"127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        server = self.server
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.asked.append((self.path, self.headers.get("Authorization"), sent))
        server.waits.wait(10)
        content = json.dumps(server.said)
        usual = json.dumps({"choices": [{"message": {"content": content}}]})
        body = (usual if server.body is None else server.body).encode()
        self.send_response(server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def fake(settings):
    server = Fake()
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    settings.AI_BASE_URL = f"http://{server.place}/v1"
    settings.AI_API_KEY = "sk-fake"
    settings.AI_MODEL = "tiny"
    settings.OUTGOING_ALLOW = [server.place]
    rate_limit.limiter.cache_clear()
    ai_provider.configure()
    yield server
    use_provider(None)
    server.waits.set()
    server.shutdown()
    server.server_close()
    rate_limit.limiter.cache_clear()


@pytest.fixture
def rule(arena, fake):
    fields = {"name": "gold", "type": "ai_prompt", "action": "flag", "priority": 10}
    return rules.create_rule(arena, "tests", {**fields, "config": {"prompt": "It sells gold."}})


def verdict_on(arena, text):
    return moderate(submission(arena, text)).log


def test_it_flags_and_moderators_read_the_reason(arena, rule, fake):
    log = verdict_on(arena, "come and get it cheap")
    assert (log.verdict, log.reasons, log.rule_name) == ("flag", ["rule:gold"], "gold")
    stored = ModerationLog.objects.get(pk=log.pk)
    assert stored.matches[-1]["reason"] == "It sells gold."
    (step,) = [one for one in decision_trace(stored, policy_of(arena), 0) if one.name == "Rules"]
    assert step.what == "gold, AI: “It sells gold.”"


def test_it_asks_in_the_form_of_chat_completions(arena, rule, fake):
    verdict_on(arena, "come and get it cheap")
    (path, key, sent), *_ = fake.asked
    assert (path, key, sent["model"]) == ("/v1/chat/completions", "Bearer sk-fake", "tiny")
    assert sent["response_format"]["type"] == "json_schema"
    assert json.loads(sent["messages"][1]["content"]) == {
        "rule": "It sells gold.", "message": "come and get it cheap",
    }  # fmt: skip


def test_what_does_not_apply_is_allowed(arena, rule, fake):
    fake.said = {"applies": False, "reason": "It greets."}
    assert verdict_on(arena, "good morning").verdict == "allow"


def test_the_same_text_is_asked_about_once(arena, rule, fake):
    for _ in range(3):
        verdict_on(arena, "come and get it cheap")
    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, None), (401, None), (200, "{"), (200, "[]"), (200, '{"choices": []}'),
        (200, '{"choices": [{"message": {"content": "yes, it does"}}]}'),
        (200, '{"choices": [{"message": {"content": null}}]}'),
        (200, '{"choices": [{"message": {"content": "{\\"applies\\": 1, \\"reason\\": 2}"}}]}'),
    ],
)  # fmt: skip
def test_a_provider_that_fails_never_matches_and_is_left_alone_for_a_while(
    arena, rule, fake, status, body
):
    fake.status, fake.body = status, body
    assert [verdict_on(arena, f"get it {n}").verdict for n in range(3)] == ["allow"] * 3
    assert len(fake.asked) == 1


def test_an_answer_in_a_fence_is_read(arena, rule, fake):
    content = "```json\n" + json.dumps(fake.said) + "\n```"
    fake.body = json.dumps({"choices": [{"message": {"content": content}}]})
    assert verdict_on(arena, "get it").verdict == "flag"


def test_a_provider_that_hangs_holds_no_check_longer_than_its_time(arena, rule, fake, settings):
    settings.AI_TIMEOUT_MS = 50
    fake.waits.clear()
    assert verdict_on(arena, "get it").verdict == "allow"


def test_the_calls_of_a_minute_are_limited(arena, rule, fake, settings):
    settings.AI_CALLS_PER_MINUTE = 2
    verdicts = [verdict_on(arena, f"get it {n}").verdict for n in range(4)]
    assert (verdicts, len(fake.asked)) == (["flag", "flag", "allow", "allow"], 2)


def test_a_private_server_that_nobody_allowed_is_not_called(arena, rule, fake, settings):
    settings.OUTGOING_ALLOW = []
    assert verdict_on(arena, "get it").verdict == "allow"
    assert not fake.asked


def test_it_never_undoes_a_block(arena, rule, fake):
    fake.said = {"applies": False, "reason": "It is fine."}
    assert verdict_on(arena, "You fucking idiot, die").verdict == "block"


@pytest.mark.parametrize("storage", ["masked", "hash"])
def test_where_texts_are_not_stored_in_full_the_reason_is_not_either(arena, rule, fake, storage):
    rules.change_policy(arena, "tests", {"storage": storage})
    log = verdict_on(arena, "come and get it cheap")
    assert log.verdict == "flag"
    assert not [match for match in log.matches if "reason" in match]


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_it_may_neither_approve_nor_reject(arena, fake, action):
    fields = {"name": "gold", "type": "ai_prompt", "action": action}
    with pytest.raises(Invalid) as refused:
        rules.create_rule(arena, "tests", {**fields, "config": {"prompt": "It sells gold."}})
    assert refused.value.field == "action"
