"""The OpenAPI document: complete, valid, and enough to make a client."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import httpx
import pytest
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from openapi_spec_validator import OpenAPIV31SpecValidator

from moderation.api.reference import document
from tests.api.clients import message

ADDRESS = "/api/v1/openapi.json"
DOCUMENT = json.loads(document())


@pytest.mark.slow
def test_it_is_made_without_a_warning(tmp_path):
    written = tmp_path / "openapi.yaml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(written))
    assert written.read_text().startswith("openapi: 3.1.0")


def test_each_operation_has_a_summary_and_an_answer():
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary"), f"{method} {path}"
            answers = [status for status in operation["responses"] if status < "400"]
            assert answers, f"{method} {path}"


def test_it_names_the_cookie_of_the_session(settings):
    settings.SESSION_COOKIE_NAME = "__Host-sessionid"
    made = json.loads(document.__wrapped__())
    assert made["components"]["securitySchemes"]["session"]["name"] == "__Host-sessionid"


def test_it_is_valid_to_the_last_default_and_example():
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_a_picture_is_described_as_a_file_of_a_form():
    check = DOCUMENT["paths"]["/api/v1/moderation/check"]["post"]
    assert list(check["requestBody"]["content"]) == ["application/json", "multipart/form-data"]
    fields = DOCUMENT["components"]["schemas"]["PictureMessage"]["properties"]
    assert fields["content"]["format"] == "binary"
    assert fields["content_type"]["enum"] == ["image"]


def test_no_field_of_a_body_is_demanded_for_its_default():
    schemas = DOCUMENT["components"]["schemas"]
    assert not [
        (name, field)
        for name, schema in schemas.items()
        for field, about in schema.get("properties", {}).items()
        if "default" in about
    ]
    assert schemas["Message"]["properties"]["dry_run"]["description"] == "By default false."


#: The addresses for clients of other services.
OTHERS = {
    "/v1alpha1/comments:analyze": ["post"], "/v1alpha1/comments:suggestscore": ["post"],
    "/$discovery/rest": ["get"], "/v1/moderations": ["post"], "/api/moderate": ["post"],
    "/contentsafety/text:analyze": ["post"], "/comprehend/": ["post"],
    "/api/moderate-with-strikes": ["post"], "/api/messages": ["post"], "/api/content": ["get"],
    "/api/content/{content_id}": ["get"], "/api/stats": ["get"], "/api/health": ["get"],
    "/api/tasks/{task_id}": ["get"], "/api/admin/moderation/stats": ["get"],
    "/api/admin/moderation/flagged": ["get"],
    "/api/admin/moderation/review/{message_id}": ["post"],
}  # fmt: skip


@pytest.mark.parametrize("path", OTHERS)
def test_endpoints_for_other_services_clients_are_described(path):
    operations = DOCUMENT["paths"][path]
    assert sorted(operations) == OTHERS[path]
    for method, operation in operations.items():
        if method == "post":
            (body,) = operation["requestBody"]["content"].values()
            assert body["examples"]
        error = operation["responses"]["400"]["content"]
        is_native = "application/problem+json" in error
        assert is_native is path.startswith("/api/")


def test_each_operation_has_a_name_of_its_own():
    names = [one["operationId"] for of in DOCUMENT["paths"].values() for one in of.values()]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() for name in names)


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
    place.write_bytes(document())
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


@pytest.fixture
def client_made(generated, arena, headers):
    transport = httpx.WSGITransport(get_wsgi_application())
    return generated("client").AuthenticatedClient(
        "http://testserver",
        token=headers["X-API-Key"],
        prefix="",
        auth_header_name="X-API-Key",
        httpx_args={"transport": transport},
    )


@pytest.mark.slow
def test_a_generated_client_checks_a_message_and_reads_the_queue(generated, client_made):
    client = client_made
    body = generated("models").Message(**message("you loser"))
    check = generated("api.moderation.post_moderation_check")
    answer = check.sync(client=client, body=body)
    assert (answer.verdict, answer.matches[0].text) == ("flag", "loser")
    queue = generated("api.reviews.get_reviews").sync(client=client)
    assert [str(row.id) for row in queue.results] == [str(answer.review_id)]
    refused = check.sync(client=client, body=generated("models").Message(**message("")))
    assert (refused.status, refused.errors[0].field) == (422, "content")
    # In the same test, because making the client takes long.
    exports = generated("api.exports.post_exports")
    order = exports.sync(
        client=client, body=generated("models").Order.from_dict({"kind": "decisions"})
    )
    download = generated("api.exports.get_exports_by_export_id_download")
    file = download.sync(order.id, client=client)
    assert file.payload.read().count(b'","') > 3  # the heading's columns
    (place,) = Path(generated("api").__file__).parent.glob("*/post_v1_moderations.py")
    moderate = generated(f"api.{place.parent.name}.post_v1_moderations")
    asked = generated("models").ModerationsRequest.from_dict({"input": "Shut up idiot"})
    assert moderate.sync(client=client, body=asked).results[0].flagged is True
