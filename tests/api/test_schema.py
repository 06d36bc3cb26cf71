"""The OpenAPI document: complete, valid, true of what is answered, and enough to make a client."""

import json
import subprocess
import sys
from importlib import import_module

import httpx
import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from moderation.api.reference import described
from tests.api.clients import message
from tests.messages import key

ADDRESS = "/api/v1/openapi.json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
#: Always the same cases: about a minute of them in all.
CASES = settings(
    max_examples=24,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


SCHEMA = schemathesis.openapi.from_dict(described())
SCHEMA.app = get_wsgi_application()


@pytest.fixture
def headers(arena):
    """Return what a caller with every scope sends; the test's connection outlives each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield {"X-API-Key": key(arena, "check", "admin"), "Host": "testserver"}
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_it_is_made_without_a_warning(tmp_path):
    written = tmp_path / "openapi.yaml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(written))
    assert written.read_text().startswith("openapi: 3.1.0")


def test_each_operation_has_a_summary_and_an_answer():
    for path, operations in described()["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary"), f"{method} {path}"
            answers = [status for status in operation["responses"] if status < "400"]
            assert answers, f"{method} {path}"


def test_it_is_served_without_a_key(client):
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.0")


@pytest.mark.parametrize("reader", ["docs", "redoc"])
def test_its_readers_load_nothing_from_elsewhere(client, reader):
    page = client.get(f"/api/v1/{reader}")
    assert page.status_code == 200
    assert "https://" not in page.content.decode().replace("https://www.w3.org", "")
    assert "'unsafe-inline'" not in page["Content-Security-Policy"].partition("style-src")[0]


@pytest.fixture
def generated(tmp_path, monkeypatch):
    """Return a client's modules, as openapi-python-client makes them from the document."""
    place = tmp_path / "openapi.json"
    place.write_text(json.dumps(described()))
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"post_hooks": [], "package_name_override": "made_client"}))
    options = ["--path", place, "--config", config, "--output-path", tmp_path / "made"]
    command = [sys.executable, "-m", "openapi_python_client", "generate", *map(str, options)]
    told = subprocess.run(
        [*command, "--meta", "none"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    (tmp_path / "made").rename(tmp_path / "made_client")
    monkeypatch.syspath_prepend(tmp_path)
    return lambda name: import_module(f"made_client.{name}")


@pytest.mark.slow
def test_a_generated_client_checks_a_message_and_reads_the_queue(generated, arena, headers):
    transport = httpx.WSGITransport(get_wsgi_application())
    client = generated("client").AuthenticatedClient(
        "http://testserver",
        token=headers["X-API-Key"],
        prefix="",
        auth_header_name="X-API-Key",
        httpx_args={"transport": transport},
    )
    body = generated("models").Message(**message("you loser"))
    check = generated("api.moderation.post_moderation_check")
    answer = check.sync(client=client, body=body)
    assert (answer.verdict, answer.matches[0].text) == ("flag", "loser")
    queue = generated("api.reviews.get_reviews").sync(client=client)
    assert [str(row.id) for row in queue.results] == [str(answer.review_id)]
    refused = check.sync(client=client, body=generated("models").Message(**message("")))
    assert (refused.status, refused.errors[0].field) == (422, "content")


@pytest.mark.slow
@SCHEMA.parametrize()
@CASES
def test_every_case_is_answered_as_described(case, headers):
    answer = case.call_and_validate(headers=headers, checks=CHECKS)
    assert answer.status_code < 500
