"""Webhooks over HTTP: made, changed, tested, looked at; each refusal in words."""

import uuid

import pytest
from django.utils import timezone

from moderation.delivery.webhooks import dispatch, managing
from moderation.models import AuditEntry, Webhook, WebhookDelivery
from tests.api.conftest import client_of
from tests.delivery.webhooks.receiver import receiving
from tests.messages import project

HOOK = {
    "name": "ours", "url": "https://example.org/hook", "events": ["moderation.message_blocked"],
}  # fmt: skip
ROW = {
    "id", "name", "url", "format", "events", "is_active", "disabled_reason", "created_by",
    "created_at", "succeeded_at", "failing_since",
}  # fmt: skip
DELIVERY = {
    "id", "webhook_id", "event_id", "event_type", "status", "attempts", "response_status",
    "response_excerpt", "error", "duration_seconds", "created_at", "last_attempt_at",
    "next_attempt_at", "body",
}  # fmt: skip


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with receiving() as found:
        yield found


def made(api, **fields):
    answer = api.post("webhooks", {**HOOK, **fields})
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_webhook_is_made_and_shows_its_secret_once(api):
    answer = api.post("webhooks", HOOK)
    told = answer.json()
    assert told.keys() == {*ROW, "secret"}
    assert (told["format"], told["is_active"]) == ("json", True)
    assert answer["Cache-Control"] == "no-store"
    listed = api.get("webhooks").json()["results"]
    assert [row.keys() for row in listed] == [ROW]
    assert api.get(f"webhooks/{told['id']}").json() == listed[0]
    assert told["secret"] not in str(listed)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"), ({"name": " "}, "name"), ({"name": "x" * 101}, "name"),
        ({"name": 5}, "name"), ({"name": "a\0b"}, "name"), ({"url": "ftp://example.org"}, "url"),
        ({"url": "http://10.0.0.1/"}, "url"), ({"url": None}, "url"), ({"events": []}, "events"),
        ({"events": ["no_such"]}, "events.0"), ({"events": "x"}, "events"),
        ({"format": "xml"}, "format"), ({"is_active": "perhaps"}, "is_active"),
    ],
    ids=str,
)  # fmt: skip
def test_a_senseless_field_is_422_when_made_and_when_changed(api, changed, field):
    row = made(api, name="first")
    for answer in (
        api.post("webhooks", {**HOOK, **changed}),
        api.call("PATCH", f"webhooks/{row['id']}", changed),
    ):
        assert answer.status_code == 422
        assert field.partition(".")[0] in answer.json()["errors"][0]["field"]
    assert Webhook.objects.get().name == "first"


def test_a_name_is_taken_once(api):
    made(api)
    assert api.post("webhooks", HOOK).status_code == 409


def test_a_webhook_is_changed_and_deleted(api):
    address = f"webhooks/{made(api)['id']}"
    changed = api.call("PATCH", address, {"is_active": False, "format": "slack"}).json()
    assert (changed["is_active"], changed["format"], changed["name"]) == (False, "slack", "ours")
    assert api.call("DELETE", address).status_code == 200
    assert api.get(address).status_code == 404
    actions = AuditEntry.objects.filter(action__startswith="webhook.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "webhook.created", "webhook.changed", "webhook.deleted",
    ]  # fmt: skip


def test_a_test_is_sent_and_told(api, receiver):
    row = made(api, url=receiver.url)
    sent = api.post(f"webhooks/{row['id']}/test", {})
    assert (sent.status_code, sent.json()["status"]) == (202, "pending")
    dispatch.run_once()
    [delivery] = api.get(f"webhooks/{row['id']}/deliveries").json()["results"]
    assert delivery.keys() == DELIVERY
    assert (delivery["status"], delivery["response_status"]) == ("delivered", 200)
    assert delivery["body"] == receiver.bodies[0]
    again = api.post(f"webhooks/{row['id']}/deliveries/{delivery['id']}/redeliver", {})
    assert (again.status_code, again.json()["status"]) == (202, "pending")
    twice = api.post(f"webhooks/{row['id']}/deliveries/{delivery['id']}/redeliver", {})
    assert twice.status_code == 409


def test_deliveries_are_filtered_and_paged(api, arena):
    row = made(api)
    webhook = Webhook.objects.select_related("project").get()
    for _ in range(3):
        managing.send_test(webhook, actor="tests", now=timezone.now())
    WebhookDelivery.objects.filter(pk=webhook.deliveries.first().pk).update(status="failed")
    address = f"webhooks/{row['id']}/deliveries"
    first = api.get(f"{address}?limit=2").json()
    rest = api.get(first["next"].partition("/api/v1/")[2]).json()
    assert len({one["id"] for one in first["results"] + rest["results"]}) == 3
    assert len(api.get(f"{address}?status=failed").json()["results"]) == 1
    assert api.get(f"{address}?status=nonsense").status_code == 422
    assert api.get(f"{address}?event_type=review_update").json()["results"] == []


def test_a_new_secret_is_shown_once(api):
    row = made(api)
    answer = api.post(f"webhooks/{row['id']}/rotate", {})
    assert answer.json()["secret"] not in {row["secret"], None}
    assert answer["Cache-Control"] == "no-store"


def test_a_webhook_of_another_project_is_as_absent_as_none(api):
    valley = client_of(project("valley"), "admin")
    foreign = f"webhooks/{made(valley)['id']}"
    some = uuid.uuid4()
    for method, path in (
        ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/test"), ("POST", "/rotate"),
        ("GET", "/deliveries"), ("POST", f"/deliveries/{some}/redeliver"),
    ):  # fmt: skip
        answers = [api.call(method, place + path, {}) for place in (foreign, f"webhooks/{some}")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json() == answers[1].json()
    assert Webhook.objects.count() == 1


def test_there_is_an_end_to_webhooks(api, monkeypatch):
    monkeypatch.setattr(managing, "MOST_WEBHOOKS", 1)
    made(api)
    assert api.post("webhooks", {**HOOK, "name": "another"}).status_code == 409
