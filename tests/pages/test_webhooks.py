"""The webhook pages: admins create, test, change and delete; the secret is shown once."""

import re

import pytest
from django.utils import timezone

from moderation.delivery.webhooks import managing
from moderation.delivery.webhooks.deliveries import record_attempt
from moderation.lib.http_client import Answer
from moderation.models import AuditEntry, Webhook, WebhookDelivery
from tests.factories import make_project
from tests.markup import shows_as_text

HOOKS = "/p/arena/settings/webhooks"
EVIL = "<img src=x onerror=alert(1)>"
FIELDS = {
    "name": "ours", "url": "https://example.org/hook", "format": "json",
    "events": ["moderation.message_blocked"],
}  # fmt: skip
ACTIONS = ["", "/test", "/switch", "/secret", "/delete"]


def hook(project, **fields):
    wanted = {**FIELDS, **fields}
    return managing.create_webhook(project, wanted, actor="tests")[0]


def sent(webhook, status=500, body=EVIL):
    delivery = managing.send_test(webhook, actor=EVIL, now=timezone.now())
    record_attempt(delivery, Answer(status, body.encode()), seconds=0.1, now=timezone.now())
    return delivery


def test_secret_is_shown_in_that_answer_alone(signed_in):
    page = signed_in("admin", "noor")
    answer = page.post(f"{HOOKS}/new", FIELDS)
    secret = re.search(r'<output id="secret"[^>]*>(whsec_[^<]+)<', answer.content.decode())[1]
    assert "no-store" in answer["Cache-Control"]
    webhook = Webhook.objects.get()
    shown = [page.get(HOOKS), page.get(f"{HOOKS}/{webhook.pk}")]
    assert all(secret not in one.content.decode() for one in shown)
    assert AuditEntry.objects.get(action="webhook.created").actor == "noor"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"), ({"url": "http://127.0.0.1/"}, "url"), ({"events": []}, "events"),
        ({"events": ["no_such"]}, "events"), ({"format": "xml"}, "format"),
    ],
    ids=str,
)  # fmt: skip
def test_form_says_what_is_wrong(arena, signed_in, changed, field):
    page, webhook = signed_in("admin"), hook(arena, name="first")
    for address in (f"{HOOKS}/new", f"{HOOKS}/{webhook.pk}"):
        answer = page.post(address, {**FIELDS, **changed})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_webhook_is_changed_switched_tested_and_deleted(arena, signed_in):
    page, webhook = signed_in("admin"), hook(arena)
    address = f"{HOOKS}/{webhook.pk}"
    assert page.post(address, {**FIELDS, "format": "slack"})["Location"] == address
    page.post(f"{address}/switch", {"to": "off"})
    webhook.refresh_from_db()
    assert (webhook.format, webhook.is_active) == ("slack", False)
    page.post(f"{address}/test")
    assert "Pending" in page.get(address).content.decode()
    page.post(f"{address}/switch", {"to": "on"})
    assert "For 24 hours" in page.get(f"{address}/secret").content.decode()
    assert "whsec_" in page.post(f"{address}/secret").content.decode()
    assert page.get(f"{address}/delete").status_code == 200
    assert page.post(f"{address}/delete")["Location"] == HOOKS
    assert not Webhook.objects.exists()


def test_delivery_is_sent_again_once(arena, signed_in):
    page, webhook = signed_in("admin"), hook(arena)
    address = f"{HOOKS}/{webhook.pk}/deliveries/{sent(webhook).pk}"
    page.post(address)
    assert WebhookDelivery.objects.get().status == "pending"
    assert "Only a delivery that was delivered" in page.post(address, follow=True).content.decode()


def test_hostile_names_and_answers_are_shown_as_text(arena, signed_in):
    page, webhook = signed_in("admin"), hook(arena, name=EVIL)
    sent(webhook)
    for address in (HOOKS, f"{HOOKS}/{webhook.pk}"):
        assert shows_as_text(page.get(address), EVIL)


def test_lists_cost_the_same_with_more_rows(arena, signed_in, django_assert_max_num_queries):
    page, webhook = signed_in("admin"), hook(arena)
    for number in range(12):
        sent(webhook)
        hook(arena, name=f"hook {number}")
    for address in (HOOKS, f"{HOOKS}/{webhook.pk}"):
        with django_assert_max_num_queries(9):
            page.get(address)


def test_strangers_and_other_projects_find_nothing(arena, signed_in):
    foreign = hook(make_project("den"))
    own = hook(arena)
    pages = {404: signed_in(None), 403: signed_in("moderator")}
    for status, page in pages.items():
        found = [page.get(HOOKS), page.get(f"{HOOKS}/new"), page.post(f"{HOOKS}/new", FIELDS)]
        found += [page.post(f"{HOOKS}/{own.pk}{action}") for action in ACTIONS]
        assert {answer.status_code for answer in found} == {status}
    admin = signed_in("admin")
    found = [admin.post(f"{HOOKS}/{foreign.pk}{action}") for action in ACTIONS]
    assert {answer.status_code for answer in found} == {404}
    assert Webhook.objects.count() == 2
