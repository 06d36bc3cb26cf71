"""CONTENT_ENCRYPTION_KEYS: with keys, no table of the database holds a text that somebody wrote."""

import pytest
from django.db import connection
from django.utils import timezone

from moderation import rules
from moderation.delivery.webhooks import managing
from moderation.delivery.webhooks.sink import WebhookSink
from moderation.models import (
    Author,
    ModerationLog,
    ModerationTask,
    OutboxEvent,
    Picture,
    SuggestedScore,
    WebhookDelivery,
)
from moderation.pipeline import replay, tasks
from moderation.pipeline.submission import SentPicture
from moderation.pipeline.together import moderate_together
from moderation.rules.labels import store_suggestion
from moderation.sanctions.by_staff import issue_ban
from reviews.appeals.answer import Answer, decide_appeal
from reviews.appeals.ask import appeal
from reviews.appeals.reports import NewReport, report
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.notes import add_author_note, add_note
from reviews.models import Appeal, AuthorNote, Backtest, Decision, DecisionKind, Report, ReviewNote
from tests import factories
from tests.messages import project, submission
from tests.pipeline.test_storage import RULE

pytestmark = [pytest.mark.django_db, pytest.mark.on_services]
KEY = "first-key-0123456789-abcdefghijkl"
SECRET = "xylophone-4711"
HIDDEN = f"Hello {SECRET}"
FLAGGED = f"Shut up idiot, write to {SECRET}@example.com"
#: The tables in which the story of `everything_happens` leaves the secret if nothing is encrypted.
TABLES = {
    "moderation_auditentry", "moderation_ban", "moderation_logrevision", "moderation_moderationlog",
    "moderation_moderationtask", "moderation_outboxevent", "moderation_picture",
    "moderation_suggestedscore", "moderation_webhookdelivery", "reviews_appeal",
    "reviews_authornote", "reviews_backtest", "reviews_decision", "reviews_report",
    "reviews_reviewnote",
}  # fmt: skip


@pytest.fixture
def keys(settings):
    settings.CONTENT_ENCRYPTION_KEYS = [KEY]


@pytest.fixture
def arena():
    made = project(storage="full")
    rules.create_rule(made, "tests", RULE)
    return made


def tables_with(text):
    """Return the tables of the whole database that hold the text in any column, as stored."""
    with connection.cursor() as cursor:
        found = set()
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            cells = [cell for row in cursor.fetchall() for cell in row]
            if any(text in as_text(cell) for cell in cells):
                found.add(table)
        return found


def as_text(cell):
    return bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else str(cell)


def everything_happens(arena):
    """Let texts come in by every way in; return the reviewed message."""
    now = timezone.now()
    mod, admin = factories.make_caller(arena), factories.make_caller(arena, "admin")
    hook = {"name": "hook", "url": "https://example.org/x", "events": ["moderation_update"]}
    managing.create_webhook(arena, hook, actor="tests")
    item = factories.make_item(arena, FLAGGED, user_id="ana", message_id="m1")
    factories.make_log(arena, f"edited {FLAGGED}", user_id="ana", message_id="m1")
    moderate_together(
        [submission(arena, f"{HIDDEN} {n}", user_id=f"u{n}", message_id=f"g{n}") for n in range(3)]
    )
    tasks.run(tasks.accept(submission(arena, f"queued {HIDDEN}")).pk)
    tasks.accept(submission(arena, f"waiting {HIDDEN}"))
    seen = SentPicture(f"PNG {SECRET}".encode(), "image/png")
    moderate_together([submission(arena, "in a picture", picture=seen, message_id="p1")])
    other = NewReport("m1", "ben", "rude", note=HIDDEN)
    report(arena, other, now=now)
    add_note(item.pk, HIDDEN, mod, now=now)
    add_author_note("ana", HIDDEN, mod, now=now)
    decide(item.pk, DecisionRequest(DecisionKind.REJECT, note=HIDDEN), mod, now=now)
    asked, _ = appeal(ModerationLog.objects.get(message_id="m1"), HIDDEN, now=now)
    decide_appeal(asked.pk, Answer("upheld", HIDDEN), admin, now=now)
    author = Author(arena, "zoe")
    issue_ban(author, type="permanent", reason=HIDDEN, actor="tests", now=now)
    store_suggestion(
        mod, HIDDEN, {}, scored={}, language="en", community="", token="",
        context={"entries": [{"text": HIDDEN}]}, now=now,
    )  # fmt: skip
    Backtest.objects.create(
        project=arena, kind="rule", request={}, days=1, result={"text": HIDDEN}, started_by="tests"
    )
    events = list(OutboxEvent.objects.filter(type="moderation_update").select_related("project"))
    for event in events:
        event.seq = 1
    WebhookSink().deliver(events)
    WebhookDelivery.objects.update(response_excerpt=HIDDEN)
    return ModerationLog.objects.get(message_id="m1")


def test_without_keys_texts_are_stored_as_they_are(arena):
    everything_happens(arena)
    assert tables_with(SECRET) == TABLES
    assert tables_with("$gavel") == set()


def test_with_keys_no_table_holds_a_text(arena, keys):
    everything_happens(arena)
    assert tables_with(SECRET) == set()
    assert tables_with("$gavel1$") == TABLES


def test_with_keys_everything_reads_as_before(arena, keys):
    log = everything_happens(arena)
    assert log.content == f"edited {FLAGGED}"
    assert [row["type"] for row in log.pii] == ["EMAIL"]
    assert log.revisions.get().content == FLAGGED
    group = ModerationLog.objects.filter(message_id__startswith="g").order_by("message_id")
    assert [one.content for one in group] == [f"{HIDDEN} {n}" for n in range(3)]
    assert bytes(Picture.objects.get().data) == f"PNG {SECRET}".encode()
    assert ModerationTask.objects.get(state="PENDING").message["content"] == f"waiting {HIDDEN}"
    assert Report.objects.get().note == HIDDEN
    assert ReviewNote.objects.get().text == AuthorNote.objects.get().text == HIDDEN
    assert HIDDEN in Decision.objects.values_list("note", flat=True)
    assert (Appeal.objects.get().statement, Appeal.objects.get().answer) == (HIDDEN, HIDDEN)
    suggested = SuggestedScore.objects.get()
    assert (suggested.text, suggested.context["entries"][0]["text"]) == (HIDDEN, HIDDEN)
    event = OutboxEvent.objects.filter(type="moderation_update", data__user_id="ana").first()
    assert SECRET in event.data["content_preview"]
    assert any(SECRET in body for body in WebhookDelivery.objects.values_list("body", flat=True))


def test_personal_data_is_still_filtered_for(arena, keys):
    everything_happens(arena)
    with_pii = ModerationLog.objects.exclude(pii=[]).values_list("message_id", flat=True)
    assert list(with_pii) == ["m1"]


def test_a_repeat_and_a_replay_work(arena, keys):
    first = moderate_together([submission(arena, HIDDEN, message_id="same")])[0]
    again = moderate_together([submission(arena, HIDDEN, message_id="same")])[0]
    assert (again.is_duplicate, again.log.pk) == (True, first.log.pk)
    (told,) = replay.replay_all(ModerationLog.objects.all())
    assert (told.differences, told.notes) == ({}, ())


def test_same_texts_are_not_alike_when_stored(arena, keys):
    moderate_together([submission(arena, HIDDEN), submission(arena, HIDDEN, user_id="ben")])
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM moderation_moderationlog")
        stored = {content for (content,) in cursor.fetchall()}
    assert len(stored) == 2
