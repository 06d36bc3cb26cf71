"""Lists cost the same however many rows they show and however deep one pages."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moderation import rules
from moderation.accounts import audit
from moderation.accounts.keys import create_key
from moderation.accounts.members import set_role
from moderation.lib.paging import page_of
from moderation.lib.planning import planned_for_its_values
from moderation.models import (
    Ban,
    ModerationLog,
    PolicyVersion,
    Rule,
    Webhook,
    WebhookDelivery,
    WhitelistedPhrase,
    WhitelistedUser,
)
from moderation.models.ids import new_id
from reviews.models import Appeal, ExportOrder, SavedFilter
from tests import factories
from tests.reviews.calling import key_client
from tests.reviews.moments import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.on_services]
BLOCKED = "You fucking idiot, die"


def make_word(project, number):
    word = {"word": f"w{number}", "language": "*", "category": "other", "severity": "low"}
    rules.add_word(project, "tests", word)


def make_member(project, number):
    set_role(project, User.objects.create_user(f"m{number}"), "viewer", actor="tests")


def make_appeal(project, number):
    log = factories.make_log(project, BLOCKED, now=NOON)
    digest = sha256(str(number).encode()).hexdigest()
    Appeal.objects.create(project=project, user_id="u", log=log, token_digest=digest)


def make_ban(project, number):
    who = {"user_id": f"u{number}", "channel_id": "general", "issued_by": "tests"}
    Ban.objects.create(project=project, type="permanent", reason="spam", **who)


def make_webhook(project, number=0):
    address = {"url": "https://example.org/hook", "secret": "s", "created_by": "tests"}
    return Webhook.objects.create(project=project, name=f"hook {number}", **address)


def make_delivery(project, number):
    webhook = Webhook.objects.filter(project=project).first() or make_webhook(project)
    WebhookDelivery.objects.create(webhook=webhook, event_id=new_id(), event_type="x", body="{}")


def make_rule(project, number):
    of = {"type": "keyword", "action": "flag", "config": {"keywords": ["zorp"]}}
    Rule.objects.create(project=project, name=f"r{number}", created_by="tests", **of)


def make_export(project, number):
    order = {"kind": "bans", "format": "csv", "until": NOON, "rows": 0, "requested_by": "tests"}
    ExportOrder.objects.create(project=project, **order)


def make_filter(project, number):
    of = {"is_shared": True, "owner": "user:0", "owner_name": "noor"}
    SavedFilter.objects.create(project=project, name=f"s{number}", **of)


#: Address → what makes another row of it.
LISTS = {
    "logs": lambda project, n: factories.make_log(project, now=NOON),
    "reviews": lambda project, n: factories.make_item(project, now=NOON),
    "appeals": make_appeal,
    "audit": lambda project, n: audit.write_audit(project, "tests", "word.added", project),
    "exports": make_export,
    "webhooks": make_webhook,
    "webhooks/{webhook}/deliveries": make_delivery,
    "members": make_member,
    "keys": lambda project, n: create_key(project, name="k", scopes=["read"], actor="t"),
    "policy/versions": lambda project, n: PolicyVersion.objects.create(
        project=project, number=100 + n, data={}, created_by="tests"
    ),
    "rules": make_rule,
    "whitelist/users": lambda project, n: WhitelistedUser.objects.create(
        project=project, user_id=f"u{n}", added_by="tests"
    ),
    "whitelist/phrases": lambda project, n: WhitelistedPhrase.objects.create(
        project=project, phrase=f"p{n}", added_by="tests"
    ),
    "saved-filters": make_filter,
    "events": lambda project, n: factories.make_log(project, now=NOON),
    "blacklist/words": make_word,
    "admin/banned-users": make_ban,
}


def queries_of(client, address):
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return len(asked)


@pytest.mark.usefixtures("lasting_caches")
@pytest.mark.parametrize("path", LISTS)
def test_more_rows_take_no_more_queries(project, path):
    client = key_client(project, "admin")
    LISTS[path](project, 0)
    webhook = Webhook.objects.first()
    address = f"/api/v1/{path.format(webhook=webhook and webhook.pk)}"
    client.get(address)
    few = queries_of(client, address)
    for number in range(1, 5):
        LISTS[path](project, number)
    client.get(address)
    assert queries_of(client, address) == few


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_deep_page_begins_in_the_index(project, side):
    for minute in range(3):
        factories.make_log(project, now=NOON + timedelta(minutes=minute))
    logs = ModerationLog.objects.filter(project=project)
    middle = page_of(logs, "created_at", size=2).older
    with CaptureQueriesContext(connection) as asked:
        page_of(logs, "created_at", size=1, **{side: middle})
    how = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{how} {asked[0]['sql']}")
        plan = " ".join(str(row) for row in cursor.fetchall())
    bound = plan.partition("Index Cond")[2] if how == "EXPLAIN" else plan
    assert "created_at" in bound.partition("Filter")[0]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite prepares nothing")
def test_a_list_is_planned_for_its_values(project):
    client = key_client(project, "read")
    with connection.cursor() as cursor:
        for _ in range(8):
            client.get("/api/v1/logs?verdict=flag")
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements"
            " WHERE statement LIKE '%moderationlog%verdict%ORDER BY%'"
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite prepares nothing")
def test_afterwards_queries_are_prepared_again(db):
    connection.ensure_connection()
    before = connection.connection.prepare_threshold
    with planned_for_its_values():
        assert connection.connection.prepare_threshold is None
    assert connection.connection.prepare_threshold == before == 3


@pytest.mark.parametrize("path", ["logs", "reviews", "appeals", "audit"])
def test_an_unknown_filter_is_refused_by_its_name(project, path):
    answer = key_client(project, "admin").get(f"/api/v1/{path}?bogus=1&limit=5")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "bogus"


@pytest.mark.parametrize("path", ["logs", "reviews", "appeals", "audit"])
def test_what_every_list_takes_is_no_unknown_filter(project, path):
    address = f"/api/v1/{path}?limit=5&project={project.slug}"
    assert key_client(project, "admin").get(address).status_code == 200
