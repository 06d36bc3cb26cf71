"""Webhooks: signed, retried, held, disabled; an event reaches each receiver at least once."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from standardwebhooks import Webhook as Verifier

from moderation.delivery import relay
from moderation.delivery.webhooks import deliveries, dispatch, managing
from moderation.delivery.webhooks.dispatch import MOST_AT_ONCE, Dispatcher
from moderation.delivery.webhooks.formats import sentence_of
from moderation.delivery.webhooks.sink import WebhookSink
from moderation.events.event import MESSAGE_BLOCKED, MODERATION_UPDATE, REVIEW_UPDATE
from moderation.lib.http_client import Answer
from moderation.models import AuditEntry, OutboxEvent, Webhook, WebhookDelivery
from moderation.models.ids import first_id_of
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.undo import undo
from reviews.models import DecisionKind
from tests.e2e.servers import ROOT
from tests.factories import make_caller, make_item, make_log, make_project

pytestmark = [pytest.mark.django_db, pytest.mark.on_services]

EVIL = "<!channel> @everyone *bold* [x](http://evil.test) & `code`"


@pytest.fixture
def arena():
    return make_project()


@pytest.fixture
def hook(arena, receiver):
    return made(arena, receiver.url)


def made(project, url, *events, name="ours", **fields):
    wanted = {"name": name, "url": url, "events": list(events) or [MESSAGE_BLOCKED], **fields}
    webhook, webhook.raw = managing.create_webhook(project, wanted, actor="tests")
    return webhook


def tell(project, kind=MESSAGE_BLOCKED, **data):
    """Store deliveries of an event as the relay has its sink store them."""
    event = OutboxEvent.objects.create(project=project, audience="outside", type=kind, data=data)
    WebhookSink().deliver([event])
    return event


def make_due():
    WebhookDelivery.objects.filter(status="pending").update(due_at=timezone.now())


def only():
    return WebhookDelivery.objects.get()


def test_blocked_message_is_told_with_a_signature_that_holds(arena, hook, receiver):
    log = make_log(arena, "You fucking idiot, die")
    relay.run_once()
    assert dispatch.run_once() == 2  # sent, and its answer stored
    [(headers, body)] = receiver.got
    told = Verifier(hook.raw).verify(body, headers)
    assert (told["type"], told["event_type"]) == (MESSAGE_BLOCKED, MESSAGE_BLOCKED)
    assert told["data"]["message_id"] == log.message_id
    assert told["event_id"] == headers["webhook-id"]
    delivery = only()
    assert (delivery.status, delivery.attempts, delivery.response_status) == ("delivered", 1, 200)
    assert delivery.response_excerpt == "thank you"


def test_secret_is_stored_sealed_alone(arena, hook):
    kept = [*Webhook.objects.values(), *AuditEntry.objects.values()]
    assert hook.raw.startswith("whsec_")
    assert hook.raw not in str(kept)


def test_only_chosen_events_of_its_own_project_come(arena, hook, receiver):
    tell(arena, MODERATION_UPDATE)
    tell(make_project("den"))
    assert dispatch.run_once() == 0
    assert receiver.got == []


def test_an_event_that_is_handed_over_twice_is_sent_once(arena, hook, receiver):
    event = tell(arena)
    WebhookSink().deliver([event])
    dispatch.run_once()
    assert len(receiver.got) == 1


def test_failure_is_tried_again_under_the_same_id_until_it_comes_through(arena, hook, receiver):
    receiver.status = 500
    tell(arena)
    dispatch.run_once()
    failed = only()
    pause = (failed.due_at - failed.last_attempt_at).total_seconds()
    assert (failed.status, failed.response_status) == ("pending", 500)
    assert 4 <= pause <= 6
    receiver.status = 204
    make_due()
    dispatch.run_once()
    ids = {headers["webhook-id"] for headers, _ in receiver.got}
    assert (only().status, only().attempts, len(ids)) == ("delivered", 2, 1)
    assert Webhook.objects.get().failing_since is None


def test_redirects_to_a_private_address_are_not_followed(arena, hook, receiver):
    receiver.status, receiver.headers = 302, {"Location": receiver.url}
    tell(arena)
    dispatch.run_once()
    assert (len(receiver.got), only().response_status, only().status) == (1, 302, "pending")


def test_answer_is_kept_to_200_characters_without_what_no_database_takes(arena, hook, receiver):
    receiver.answer = b"\0" + "é".encode() * 100_000
    tell(arena)
    dispatch.run_once()
    assert only().response_excerpt == "é" * 200


def test_nobody_there_is_said_in_words(arena, hook):
    Webhook.objects.update(url="http://127.0.0.1:9/")
    tell(arena)
    dispatch.run_once()
    assert only().response_status is None
    assert only().error


PAUSES = [5, 20, 80, 320, 1280, 5120, 14400, 14400]


def test_pauses_grow_to_four_hours_with_a_fifth_of_chance():
    for attempts, seconds in enumerate(PAUSES, start=1):
        pause = deliveries.pause_after(attempts).total_seconds()
        assert 0.8 * seconds <= pause <= 1.2 * seconds


def test_a_day_without_success_disables_and_tells(arena, hook):
    now = timezone.now()
    tell(arena)
    tell(arena)
    for hours in (0, 12, 24.1):
        first = WebhookDelivery.objects.select_related("webhook__project").first()
        deliveries.record_attempt(
            first, Answer(503, b""), seconds=0.1, now=now + timedelta(hours=hours)
        )
    webhook = Webhook.objects.get()
    assert (webhook.is_active, webhook.disabled_reason) == (
        False, "nothing came through for 24 hours",
    )  # fmt: skip
    told = OutboxEvent.objects.get(type="system_notification").data
    assert (told["type"], told["persistent"]) == ("error", True)
    assert "“ours” was switched off" in told["message"]
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"failed"}
    assert AuditEntry.objects.filter(action="webhook.disabled").count() == 1


def test_one_delivery_fails_for_good_and_the_webhook_stays(arena, hook):
    now = timezone.now()
    tell(arena)
    first = WebhookDelivery.objects.select_related("webhook__project").get()
    first.attempts, first.first_attempt_at = 9, now - timedelta(hours=22)
    deliveries.record_attempt(first, Answer(422, b""), seconds=0.1, now=now)
    assert only().status == "failed"
    assert Webhook.objects.get().is_active


def test_gone_disables_at_once(arena, hook, receiver):
    receiver.status = 410
    tell(arena)
    dispatch.run_once()
    assert Webhook.objects.get().is_active is False


def test_after_410_a_call_beside_it_is_not_tried_again(arena, hook):
    tell(arena)
    tell(arena)
    first, second = WebhookDelivery.objects.select_related("webhook__project")
    now = timezone.now()
    deliveries.record_attempt(first, Answer(410, b""), seconds=0.1, now=now)
    deliveries.record_attempt(second, Answer(500, b""), seconds=0.1, now=now)
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"failed"}


def test_after_410_nothing_more_is_claimed(arena, hook):
    tell(arena)
    delivery = only()
    Webhook.objects.update(is_active=False)
    assert not deliveries.claim(delivery, timezone.now())


@pytest.mark.parametrize("status", [500, 503])
def test_the_receiver_says_when_to_try_again(arena, hook, receiver, status):
    receiver.status, receiver.headers = status, {"Retry-After": "3600"}
    tell(arena)
    dispatch.run_once()
    pause = only().due_at - only().last_attempt_at
    assert pause == timedelta(hours=1)


def test_test_is_sent_even_when_switched_off_and_tried_once(arena, hook, receiver):
    managing.change_webhook(hook, {"is_active": False}, actor="tests")
    receiver.status = 500
    managing.send_test(hook, actor="noor", now=timezone.now())
    dispatch.run_once()
    assert json.loads(receiver.bodies[0])["type"] == "webhook.test"
    assert (only().status, Webhook.objects.get().failing_since) == ("failed", None)


def test_redelivery_is_the_same_message_again(arena, hook, receiver):
    tell(arena)
    dispatch.run_once()
    managing.redeliver(only(), actor="noor", now=timezone.now())
    dispatch.run_once()
    (first, body), (second, again) = receiver.got
    assert (first["webhook-id"], body) == (second["webhook-id"], again)


def test_new_secret_signs_beside_the_one_before_for_a_day(arena, hook, receiver):
    now = timezone.now()
    secret = managing.rotate_secret(hook, actor="noor", now=now)
    tell(arena)
    dispatch.run_once()
    headers = receiver.got[0][0]
    for one in (hook.raw, secret):
        Verifier(one).verify(receiver.bodies[0], headers)
    delivery = WebhookDelivery.objects.select_related("webhook").get()
    assert managing.signature_of(delivery, now + timedelta(hours=25)).count("v1,") == 1


def test_secret_of_another_secret_key_is_said_not_used(arena, hook, receiver, settings):
    settings.SECRET_KEY = "another-0123456789-abcdefghijklmnop"
    tell(arena)
    dispatch.run_once()
    assert receiver.got == []
    assert "another SECRET_KEY" in only().error


PYTHON = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(), re.DOTALL)
SNIPPETS = [snippet for snippet in PYTHON if "def receive" in snippet]


@pytest.mark.parametrize("snippet", SNIPPETS, ids=["library", "plain"])
def test_examples_of_the_docs_take_what_is_ours_and_refuse_the_rest(snippet, arena, hook, receiver):
    names = {}
    exec(snippet, names)  # noqa: S102 (the docs')
    tell(arena, user_id="ana")
    dispatch.run_once()
    headers, body = receiver.got[0]
    assert names["receive"](hook.raw, headers, body)["data"] == {"user_id": "ana"}
    assert names["receive"](hook.raw, headers, body.replace("ana", "bob")) is None
    assert names["receive"](managing.new_secret(), headers, body) is None
    assert names["receive"](hook.raw, {**headers, "webhook-timestamp": "1"}, body) is None


# --- Decisions are held


@pytest.fixture
def noor(arena):
    return make_caller(arena)


def waiting():
    return [one.event_type for one in WebhookDelivery.objects.filter(status="pending")]


def test_a_decision_leaves_when_its_hold_is_over(arena, receiver, noor):
    made(arena, receiver.url, MODERATION_UPDATE, REVIEW_UPDATE)
    item = make_item(arena)
    relay.run_once()
    dispatch.run_once()
    before = len(receiver.got)
    decide(item.pk, DecisionRequest(DecisionKind.APPROVE), noor, now=timezone.now())
    relay.run_once()
    dispatch.run_once()
    assert len(receiver.got) == before
    assert sorted(waiting()) == [MODERATION_UPDATE, REVIEW_UPDATE]
    make_due()
    dispatch.run_once()
    assert len(receiver.got) == before + 2


def test_a_decision_undone_in_that_time_was_never_seen(arena, receiver, noor):
    made(arena, receiver.url, MODERATION_UPDATE, REVIEW_UPDATE)
    now = timezone.now()
    item = make_item(arena)
    relay.run_once()
    dispatch.run_once()
    seen = len(receiver.got)
    decide(item.pk, DecisionRequest(DecisionKind.REJECT), noor, now=now - timedelta(seconds=60))
    undo(item.pk, noor, now=now - timedelta(seconds=55))
    relay.run_once()
    dispatch.run_once()
    assert len(receiver.got) == seen
    assert WebhookDelivery.objects.filter(status="cancelled").count() == 4


def test_a_decision_undone_later_is_seen_with_its_end(arena, receiver, noor):
    made(arena, receiver.url, REVIEW_UPDATE)
    now = timezone.now()
    item = make_item(arena)
    decide(item.pk, DecisionRequest(DecisionKind.REJECT), noor, now=now - timedelta(seconds=60))
    undo(item.pk, noor, now=now - timedelta(seconds=30))
    relay.run_once()
    dispatch.run_once()
    told = sorted(json.loads(body)["data"]["version"] for body in receiver.bodies)
    assert len(told) == 3
    assert waiting() == []


# --- Formats


def test_slack_and_discord_get_a_sentence_in_which_nothing_acts(arena, receiver):
    made(arena, receiver.url, MODERATION_UPDATE, name="slack", format="slack")
    made(arena, receiver.url, MODERATION_UPDATE, name="discord", format="discord")
    tell(arena, MODERATION_UPDATE, status="flagged", user_id="ana", content_preview=EVIL)
    dispatch.run_once()
    told = [json.loads(body) for body in receiver.bodies]
    by_form = {"text" if "text" in one else "content": one for one in told}
    assert by_form["text"]["text"].startswith("[arena] Flagged: ana in the whole project: &lt;!cha")
    assert by_form["text"]["mrkdwn"] is False
    assert by_form["content"]["allowed_mentions"] == {"parse": []}
    assert "\\@everyone \\*bold\\* \\[x\\]" in by_form["content"]["content"]


@pytest.mark.parametrize(("count", "words"), [(0, "0 strikes"), (1, "1 strike"), (2, "2 strikes")])
def test_a_sentence_counts_strikes_in_plain_words(arena, count, words):
    data = {"user_id": "ana", "channel_id": "general", "strike_count": count}
    event = OutboxEvent(project=arena, type="moderation.warning", data=data)
    assert sentence_of(event) == f"[arena] Warned: ana in general, {words}"


# --- Fairness


def test_a_claimed_delivery_is_taken_by_one(arena, hook):
    tell(arena)
    now = timezone.now()
    one, same = only(), only()
    assert [deliveries.claim(one, now), deliveries.claim(same, now)] == [True, False]


def test_a_failing_webhook_takes_one_place_and_a_busy_one_four(arena, receiver):
    away, busy = made(arena, receiver.url, name="away"), made(arena, receiver.url, name="busy")
    for _ in range(6):
        tell(arena)
    Webhook.objects.filter(pk=away.pk).update(failing_since=timezone.now())
    dispatcher = Dispatcher()
    try:
        chosen = [one.webhook_id for one in dispatcher._next_due(timezone.now())]
    finally:
        dispatcher.close()
    assert (chosen.count(away.pk), chosen.count(busy.pk)) == (1, 4)


def test_the_backlog_of_a_failing_webhook_does_not_hide_the_others(arena, receiver):
    away = made(arena, receiver.url, name="away")
    for _ in range(2 * MOST_AT_ONCE):
        tell(arena)
    Webhook.objects.filter(pk=away.pk).update(failing_since=timezone.now())
    calm = made(arena, receiver.url, name="calm")
    tell(arena)
    dispatcher = Dispatcher()
    try:
        chosen = [one.webhook_id for one in dispatcher._next_due(timezone.now())]
    finally:
        dispatcher.close()
    assert (chosen.count(away.pk), chosen.count(calm.pk)) == (1, 1)


def test_what_a_dead_process_had_claimed_is_sent_by_the_next(arena, hook, receiver):
    tell(arena)
    deliveries.claim(only(), timezone.now() - timedelta(seconds=61))
    dispatch.run_once()
    assert len(receiver.got) == 1


def test_old_deliveries_go_and_waiting_ones_stay(arena, hook):
    long_ago = timezone.now() - timedelta(days=8)
    for number, status in enumerate(("pending", "delivered", "failed")):
        tell(arena, number=str(uuid4()))
        newest = WebhookDelivery.objects.order_by("-pk").first()
        created_at = long_ago + timedelta(seconds=number)
        WebhookDelivery.objects.filter(pk=newest.pk).update(
            id=first_id_of(created_at), created_at=created_at, status=status
        )
    assert deliveries.prune(timezone.now()) == 2
    assert only().status == "pending"
