"""A row of every model, made by the services that make them in earnest."""

from django.contrib.auth import get_user_model
from django.utils import timezone

from moderation import rules
from moderation.accounts import invitations
from moderation.accounts.audit_chain import append_to_chain
from moderation.accounts.callers import Caller
from moderation.accounts.key_lookup import forget_keys
from moderation.accounts.keys import create_key
from moderation.accounts.members import set_role
from moderation.accounts.projects import create_project
from moderation.delivery.webhooks import managing
from moderation.events.event import Cause
from moderation.integrations.compat.chat_strikes import moderate_with_strikes
from moderation.models import (
    Author,
    Counter,
    Destination,
    HourlyFigures,
    Lease,
    Preferences,
    Rule,
    StaleHour,
    SuggestedScore,
    SummedSpan,
)
from moderation.pipeline import tasks
from moderation.pipeline.moderate import moderate
from moderation.pipeline.submission import SentPicture, Submission
from moderation.rules.active import invalidate, policy_of
from moderation.sanctions.author_lock import lock_author
from moderation.sanctions.bans import ban_author
from reviews.appeals import reports
from reviews.decisions import notes
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import Appeal, Backtest, DecisionKind, ReviewItem
from reviews.queue import claims, saved_filters
from reviews.reporting import exports
from tests.taught import DATA, taught

SCRIPT = "<img src=x onerror=alert(1)>"
FLAGGED = f"flagword {SCRIPT}"


def make_project(slug="arena"):
    made = create_project(slug, name="Arena", preset="balanced", actor="tests")
    # After a rolled-back test the next project has the same primary key.
    invalidate(made)
    forget_keys()
    word = {"word": "flagword", "language": "*", "category": "profanity", "severity": "medium"}
    rules.add_word(made, "tests", word)
    return made


def person(name="root", **fields):
    return get_user_model().objects.create_user(name, is_staff=True, **fields)


def say(project, message_id="m1", content=FLAGGED, user_id="zed", **fields):
    return moderate(Submission(project, message_id, user_id, "general", content, **fields)).log


def make_item(project, message_id="m1", **fields):
    return ReviewItem.objects.get(log=say(project, message_id, **fields))


def rule_on(item, user, ruling=DecisionKind.APPROVE):
    caller = Caller(project=item.project, name=user.username, role="admin", user=user)
    return decide(item.pk, DecisionRequest(ruling), caller, now=timezone.now())


def make_edit(project):
    """Send a picture, and a message that its author edits; return the message."""
    say(project, "p1", picture=SentPicture(b"x", "image/png"))
    log = say(project)
    say(project, content=f"{FLAGGED} again")
    return log


def make_ban(project, user_id="yan"):
    now = timezone.now()
    lock_author(Author(project, user_id, "general"), policy_of(project))
    return ban_author(
        Author(project, user_id, "general"), Cause("tests", "spam"), length=None, now=now
    )


def make_every_row(project, user):
    """Make one row of each model at least."""
    now = timezone.now()
    caller = Caller(project=project, name="root", role="admin", user=user)
    create_key(project, name="bot", scopes=["check"], actor="tests")
    set_role(project, user, "admin", actor="tests")
    invitations.invite(caller, "viewer", email="zed@example.org", now=now)
    rules.trust_author(project, "tests", "friend")
    rules.allow_phrase(project, "tests", "flag pole")
    Rule.objects.create(project=project, name="links", type="keyword", action="flag")
    make_figures(project, now)
    Preferences.objects.create(user=user)
    append_to_chain(now)
    make_operation(now)
    SuggestedScore.objects.create(
        project=project, text=f"zed {SCRIPT}", scores={}, language="en", engine_version="1"
    )
    rules.store_model(project, "tests", taught(), DATA)
    chat = Submission(project, "c1", "cat", "chat", "flagword", may_punish=False)
    moderate_with_strikes(chat, now)
    tasks.accept(Submission(project, "zed", "zed", "general", SCRIPT))
    ban = make_ban(project)
    rule_on(make_item(project, "m0", user_id="ann"), user, DecisionKind.REJECT)
    log = make_edit(project)
    item = ReviewItem.objects.get(log=log)
    claims.claim(item.pk, caller, now=now)
    notes.add_note(item.pk, "look at this", caller, now=now)
    reported = reports.NewReport(reporter_id="eve", reason="spam", message_id="m1")
    reports.report(project, reported, now=now)
    Backtest.objects.create(
        project=project, kind="policy", request={}, days=7, started_by=SCRIPT, started_at=now
    )
    make_wishes(project, caller)
    Appeal.objects.create(
        project=project, user_id="yan", ban=ban, statement=SCRIPT, token_digest="0" * 64
    )


def make_figures(project, now):
    Counter.objects.create(project=project, metric="total", minute=now, value=1)
    HourlyFigures.objects.create(project=project, hour=now)
    StaleHour.objects.create(project=project, hour=now)
    SummedSpan.objects.create(project=project, since=now, until=now)


def make_operation(now):
    Lease.objects.create(name="tests", holder="me", expires_at=now)
    Destination.objects.create(name="rabbitmq", error="connection refused")


def make_wishes(project, caller):
    """Make what people ask for: a filter, an export, a note, a webhook and what it sends."""
    notes.add_author_note("ann", SCRIPT, caller, now=timezone.now())
    saved_filters.save_filter(caller, {"name": SCRIPT, "filters": {"lane": "held"}})
    export = exports.ExportSpec(project, "bans", "csv")
    exports.order_export(export, actor="tests", most=100)
    hook = {"name": "chat", "url": "https://example.org/hook", "events": ["review_update"]}
    webhook, _ = managing.create_webhook(project, hook, actor="tests")
    managing.send_test(webhook, actor="tests", now=timezone.now())
