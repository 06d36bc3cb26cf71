"""Fill a database with a project of a million judged messages and all that hangs on them.

A few messages are judged in earnest; SQL copies them, so that each row is one that Gavel writes.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from bench.copies import DAYS, copy, id_at, one, spread, table
from moderation.accounts.audit import write_audit
from moderation.accounts.key_lookup import digest_of, new_key
from moderation.accounts.members import set_role
from moderation.accounts.projects import create_project
from moderation.events.counters import hour_metric
from moderation.models import (
    ApiKey,
    AuditEntry,
    Ban,
    BlacklistWord,
    Counter,
    LogRevision,
    Membership,
    ModerationLog,
    OutboxEvent,
    PolicyVersion,
    Project,
    Rule,
    Scope,
    Strike,
    Webhook,
    WebhookDelivery,
    WhitelistedPhrase,
    WhitelistedUser,
)
from moderation.models.events import ALL_TIME
from moderation.models.ids import new_id
from moderation.models.sanctions import AuthorStanding
from moderation.pipeline.moderate import moderate
from moderation.pipeline.submission import Submission
from reviews.models import Appeal, Decision, ExportOrder, Report, ReviewItem, SavedFilter

SLUG = "million"
AUTHORS, CHANNELS = 50_000, 200
#: Text → how many of a hundred messages are like it.
TEXTS: Mapping[str, int] = {
    "Thanks for the help yesterday, the new map works fine for me": 30,
    "Anyone up for another round tonight": 25,
    "kya haal hai bhai, kal milte hain": 15,
    "Gracias a todos, nos vemos pronto": 15,
    "This is damn good": 5,
    "What an idiot you are, nobody here wants to read any of this": 5,
    "Contact me at john@example.com": 2,
    "You fucking idiot, die": 3,
}
WORDS = [
    "apple",
    "bridge",
    "castle",
    "dragon",
    "engine",
    "forest",
    "garden",
    "hammer",
    "island",
    "jacket",
    "kitchen",
    "ladder",
    "meadow",
    "needle",
    "orange",
    "pencil",
    "quarry",
    "river",
    "silver",
    "tunnel",
    "umbrella",
    "valley",
    "window",
    "yellow",
    "zebra",
    "walrus",
    "anchor",
    "basket",
    "candle",
    "desert",
]
#: How many of a million messages: rows that do not follow from the messages themselves.
OPEN_ITEMS, BANS, APPEALS, REPORTS, REVISIONS = 10_000, 20_000, 20_000, 20_000, 20_000
AUDIT, EVENTS, DELIVERIES, LIST_ROWS = 200_000, 10_000, 100_000, 20_000

SEARCH = import_module("moderation.migrations.0010_search_by_text")


def fill(rows: int) -> tuple[User, str]:
    """Fill the migrated database; return an admin of the project and a key of all its scopes."""
    person = User.objects.create_user("noor")
    create_project(SLUG, name="A million", preset="balanced", actor="bench")
    project = Project.objects.get(slug=SLUG)
    set_role(project, person, "owner", actor="bench")
    samples = judged(project)
    share = rows / 1_000_000
    for step in (logs, reviews, sanctions, lists, desk_lists, events, counters):
        step(project, samples, rows if step is logs else share)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return person, key_of(project)


def key_of(project: Project) -> str:
    key = new_key()
    ApiKey.objects.create(
        project=project,
        name="bench",
        prefix=key[:8],
        digest=digest_of(key),
        scopes=[Scope.CHECK, Scope.ADMIN],
    )
    return key


def judged(project: Project) -> list[ModerationLog]:
    """Judge each text once, long ago; return its log once for each of its hundredths."""
    then = timezone.now() - timedelta(days=DAYS + 1)
    found = []
    for number, (text, share) in enumerate(TEXTS.items()):
        message = Submission(project, f"sample{number}", f"sample{number}", "channel-0", text)
        found += [moderate(message, then).log] * share
    return found


# --- Messages


def drawn(many: int, seed: int) -> str:
    """Return an expression for a number below `many`, drawn by n: the same in each run."""
    return f"abs(hashint8(n + {seed} * 10000000)::bigint) % {many}"


def logs(_project: Project, samples: list[ModerationLog], rows: int) -> None:
    slots = ", ".join(f"({slot}, '{log.pk}'::uuid)" for slot, log in enumerate(samples))
    words = "ARRAY[" + ", ".join(f"'{word}'" for word in WORDS) + "]"
    word = f"({words})[1 + ((n * %d) %% {len(WORDS)})::int]"
    text = f"t.content || ' ' || {word % 31} || ' ' || {word % 7} || ' ' || n"
    source = f"""
        generate_series(1::bigint, {rows}) AS n
        JOIN (VALUES {slots}) AS slot(place, log_id) ON slot.place = {drawn(len(samples), 0)}
        JOIN {table(ModerationLog)} AS t ON t.id = slot.log_id,
        LATERAL (SELECT {spread(rows)} AS m, {text} AS said) AS at
    """
    own = {
        "id": id_at("m"),
        "message_id": "'m' || n",
        "user_id": f"'author-' || {drawn(AUTHORS, 1)}",
        "channel_id": f"'channel-' || {drawn(CHANNELS, 2)}",
        "content": "said",
        "content_hash": "encode(sha256(said::bytea), 'hex')",
        "created_at": "m",
        "judged_at": "m",
    }
    # To build its index at once takes a fraction of the time.
    with connection.schema_editor() as editor:
        SEARCH.drop_index(None, editor)
    copy(ModerationLog, source, **own)
    with connection.schema_editor() as editor:
        SEARCH.make_index(None, editor)


def reviews(project: Project, samples: list[ModerationLog], share: float) -> None:
    """Give flagged messages an item, and some blocked ones; all but the newest are decided."""
    flagged = f"""
        (SELECT *, row_number() OVER (ORDER BY created_at DESC) <= {OPEN_ITEMS * share} AS is_open
         FROM {table(ModerationLog)}
         WHERE (verdict = 'flag' OR verdict = 'block' AND message_id LIKE '%7')
         AND message_id LIKE 'm%') AS log,
        (SELECT * FROM {table(ReviewItem)} LIMIT 1) AS t
    """  # noqa: S608
    copy(
        ReviewItem,
        flagged,
        id=id_at("log.created_at"),
        log_id="log.id",
        status="CASE WHEN is_open THEN 'open' ELSE 'decided' END",
        priority="extract(epoch FROM log.created_at) / -3600 + random()",
        report_count="(random() < 0.1)::int",
        created_at="log.created_at",
        decided_at="CASE WHEN is_open THEN NULL ELSE log.created_at + interval '5 min' END",
    )
    item = ReviewItem.objects.order_by("id").first()
    Decision.objects.create(project=project, review=item, ruling="reject", decided_by="noor")
    decided = f"""
        (SELECT * FROM {table(Decision)}) AS t,
        (SELECT * FROM {table(ReviewItem)} WHERE status = 'decided') AS item
        WHERE item.id <> t.review_id
    """  # noqa: S608
    own = {"id": id_at("item.decided_at"), "review_id": "item.id", "decided_at": "item.decided_at"}
    copy(Decision, decided, **own)
    ruled = f"""
        UPDATE {table(ModerationLog)} AS log
        SET status = 'rejected', is_approved = FALSE, stage = 'human-review'
        FROM {table(ReviewItem)} AS item WHERE item.log_id = log.id AND item.status = 'decided'
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(ruled)
    Report.objects.create(project=project, log=samples[0], reporter_id="r", reason="spam")
    first = f"(SELECT * FROM {table(ReviewItem)} LIMIT {int(REPORTS * share)}) AS item"  # noqa: S608
    copy(
        Report,
        f"(SELECT * FROM {table(Report)}) AS t, {first}",  # noqa: S608
        id=id_at("item.created_at"),
        log_id="item.log_id",
        review_id="item.id",
        created_at="item.created_at",
    )


def sanctions(project: Project, samples: list[ModerationLog], share: float) -> None:
    blocked = f"(SELECT * FROM {table(ModerationLog)} WHERE verdict = 'block') AS log"  # noqa: S608
    who = {"user_id": "log.user_id", "channel_id": "log.channel_id"}
    strikes = f"(SELECT * FROM {table(Strike)} LIMIT 1) AS t, {blocked}"  # noqa: S608
    given = {"given_at": "log.created_at", "expires_at": "log.created_at + interval '30 days'"}
    copy(Strike, strikes + " WHERE log.message_id LIKE 'm%'", id=id_at("log.created_at"),
         log_id="log.id", **who, **given)  # fmt: skip
    Ban.objects.create(
        project=project, user_id="b", channel_id="c", type="permanent", reason="x", issued_by="noor"
    )
    ended = "CASE WHEN n % 3 = 0 THEN m ELSE NULL END"
    copy(Ban, one(Ban, BANS * share, spread(BANS * share)), id=id_at("m"),
         user_id="'author-' || n", channel_id=f"'channel-' || n % {CHANNELS}", issued_at="m",
         lifted_at=ended)  # fmt: skip
    Appeal.objects.create(
        project=project, user_id="sample7", log=samples[-1], statement="Please look again.",
        status="decided", outcome="upheld", answer="It stands.", decided_by="noor",
        decided_at=timezone.now() - timedelta(days=DAYS), token_digest="x",  # noqa: S106
    )  # fmt: skip
    counted = f"""
        (SELECT *, row_number() OVER (ORDER BY created_at DESC) AS n FROM {table(ModerationLog)}
         WHERE verdict IN ('block', 'flag') AND message_id LIKE 'm%'
         ORDER BY created_at DESC LIMIT {int(APPEALS * share)}) AS log
    """  # noqa: S608
    copy(
        Appeal,
        f"(SELECT * FROM {table(Appeal)}) AS t, {counted}",  # noqa: S608
        id=id_at("log.created_at"),
        user_id="log.user_id",
        log_id="log.id",
        status="CASE WHEN n % 10 = 0 THEN 'open' ELSE 'decided' END",
        token_digest="md5(log.id::text)",  # noqa: S106
        created_at="log.created_at",
        decided_at="CASE WHEN n % 10 = 0 THEN NULL ELSE log.created_at + interval '1 h' END",
    )
    revised = f"(SELECT * FROM {table(ModerationLog)} LIMIT {int(REVISIONS * share)}) AS t"  # noqa: S608
    copy(LogRevision, revised, log_id="t.id")
    copy(AuthorStanding, f"(SELECT * FROM {table(AuthorStanding)} LIMIT 1) AS t, "  # noqa: S608
         f"generate_series(1, {AUTHORS}) AS n", user_id="'author-' || n")  # fmt: skip


# --- Lists of the settings and the desk


def lists(project: Project, _samples: list[ModerationLog], share: float) -> None:
    many = int(LIST_ROWS * share)
    word = {"word": "w", "category": "profanity", "severity": "low", "added_by": "noor"}
    BlacklistWord.objects.create(project=project, **word)
    copy(BlacklistWord, one(BlacklistWord, many, spread(many)), id=id_at("m"),
         word="'word' || n", is_active="n % 20 = 0", added_at="m", updated_at="m")  # fmt: skip
    WhitelistedUser.objects.create(project=project, user_id="t", added_by="noor")
    copy(WhitelistedUser, one(WhitelistedUser, many), user_id="'trusted-' || n")
    WhitelistedPhrase.objects.create(project=project, phrase="p", added_by="noor")
    copy(WhitelistedPhrase, one(WhitelistedPhrase, 2_000 * share, spread(2_000 * share)),
         id=id_at("m"), phrase="'phrase ' || n", added_at="m")  # fmt: skip
    rule = {"type": "keyword", "action": "flag", "config": {"keywords": ["zorp"]}}
    Rule.objects.create(project=project, name="r", is_active=False, created_by="noor", **rule)
    copy(Rule, one(Rule, 100 * share, spread(100 * share)), id=id_at("m"),
         name="'rule ' || n", priority="n % 100", created_at="m")  # fmt: skip
    copy(PolicyVersion, one(PolicyVersion, 2_000 * share), number="100 + n")
    ApiKey.objects.create(project=project, name="k", prefix="p", digest="d", scopes=["check"])
    copy(ApiKey, one(ApiKey, many, spread(many)), digest="md5('key' || n)", created_at="m",
         revoked_at="CASE WHEN n % 2 = 0 THEN m ELSE NULL END")  # fmt: skip
    copy(User, f"(SELECT * FROM {table(User)} LIMIT 1) AS t, "  # noqa: S608
         f"generate_series(1, {int(2_000 * share)}) AS n", username="'person' || n")  # fmt: skip
    copy(Membership, f"(SELECT * FROM {table(Membership)} LIMIT 1) AS t, "  # noqa: S608
         f"(SELECT id AS who FROM {table(User)} WHERE username LIKE 'person%') AS person",
         user_id="who", role="'viewer'")  # fmt: skip


def desk_lists(project: Project, _samples: list[ModerationLog], share: float) -> None:
    write_audit(project, "noor", "word.added", project, {"word": "w"})
    copy(AuditEntry, one(AuditEntry, AUDIT * share, spread(AUDIT * share)), created_at="m",
         actor="'person' || n % 40", object_id="'' || n % 5000",
         action="(ARRAY['word.added', 'review.decided', 'policy.changed'])[1 + n % 3]",
         position="NULL", digest="''")  # fmt: skip
    hook = {"url": "https://example.org/hook", "secret": "s", "created_by": "noor"}
    webhook = Webhook.objects.create(project=project, name="hook", **hook, is_active=False)
    WebhookDelivery.objects.create(
        webhook=webhook, event_id=new_id(), event_type="moderation_update", body="{}", status="sent"
    )
    copy(WebhookDelivery, one(WebhookDelivery, DELIVERIES * share, spread(DELIVERIES * share)),
         id=id_at("m"), event_id="gen_random_uuid()", created_at="m",
         status="CASE WHEN n % 50 = 0 THEN 'failed' ELSE t.status END")  # fmt: skip
    copy(Webhook, one(Webhook, 100 * share, spread(100 * share)), id=id_at("m"))
    ExportOrder.objects.create(
        project=project,
        kind="bans",
        format="csv",
        until=timezone.now(),
        rows=1,
        requested_by="noor",
    )
    copy(ExportOrder, one(ExportOrder, 5_000 * share, spread(5_000 * share)), id=id_at("m"),
         created_at="m")  # fmt: skip
    SavedFilter.objects.create(
        project=project, name="s", is_shared=True, owner="user:1", owner_name="noor"
    )
    copy(SavedFilter, one(SavedFilter, 100 * share, spread(100 * share)), id=id_at("m"),
         name="'view ' || n")  # fmt: skip


# --- Events and counters


def events(project: Project, _samples: list[ModerationLog], share: float) -> None:
    """Number the newest events, as many as are kept, and a day of those that left the house."""
    told = OutboxEvent.objects.filter(type="moderation_update").first()
    assert told is not None
    many = int(EVENTS * share)
    chosen = f"(SELECT * FROM {table(OutboxEvent)} WHERE id = '{told.pk}') AS t"  # noqa: S608
    moments = f"generate_series(1, %d) AS n, LATERAL (SELECT {spread(many)} AS m) AS at"
    sent = {"created_at": "m", "sent_at": "m"}
    OutboxEvent.objects.exclude(pk=told.pk).update(sent_at=timezone.now(), seq=None)
    kept = f"{chosen}, {moments % many}"
    copy(OutboxEvent, kept, id=id_at("m"), seq="1000000 + n", **sent)
    OutboxEvent.objects.filter(sent_at=None).update(sent_at=timezone.now())
    outside = f"{chosen}, {moments % (3 * many)}"
    copy(OutboxEvent, outside, id=id_at("m"), audience="'outside'", **sent)
    Project.objects.filter(pk=project.pk).update(last_seq=1_000_000 + many)


def counters(project: Project, _samples: list[ModerationLog], _share: float) -> None:
    metrics = {
        "total": "TRUE",
        **{status: f"status = '{status}'" for status in ("approved", "rejected", "flagged")},
        **{f"verdict:{kind}": f"verdict = '{kind}'" for kind in ("warn", "flag", "block")},
        "category:profanity": "reasons::text LIKE '%profanity%'",
        "category:harassment": "reasons::text LIKE '%harassment%'",
    }
    Counter.objects.all().delete()
    with connection.cursor() as cursor:
        for metric, condition in metrics.items():
            cursor.execute(*counted(project, metric, condition, "date_trunc('minute', created_at)"))
            cursor.execute(*counted(project, metric, condition, f"'{ALL_TIME}'::timestamptz"))
            hour = hour_metric(metric)
            cursor.execute(*counted(project, hour, condition, "date_trunc('hour', created_at)"))
    Counter.objects.create(
        project=project, metric="open_reviews", minute=ALL_TIME,
        value=ReviewItem.objects.open().count(),
    )  # fmt: skip


def counted(
    project: Project, metric: str, condition: str, minute: str
) -> tuple[str, Iterable[Any]]:
    """Return the SQL that counts what the relay would have folded, and its parameters."""
    into = f"INSERT INTO {table(Counter)} (project_id, metric, minute, value)"
    rows = f"FROM {table(ModerationLog)} WHERE {condition.replace('%', '%%')} GROUP BY 1, 2, 3"
    return f"{into} SELECT %s, %s, {minute}, count(*) {rows}", [project.pk, metric]
