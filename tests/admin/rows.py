"""A row of every model, made by the services that make them in earnest."""

from django.contrib.auth import get_user_model
from django.utils import timezone

from moderation import access, chain, enforce, identity, invitations, queries, rules, tasks
from moderation.chat_strikes import moderate_with_strikes
from moderation.ingest import Submission
from moderation.models import Counter, Lease, Preferences, Rule, SuggestedScore
from moderation.pipeline import moderate
from moderation.webhooks import managing
from reviews import claims, exports, notes, reports, saved_filters
from reviews.cases import Order
from reviews.decisions import decide
from reviews.models import Appeal, Backtest, ReviewItem, Ruling
from tests.taught import DATA, taught

SCRIPT = "<img src=x onerror=alert(1)>"
FLAGGED = f"flagword {SCRIPT}"


def make_project(slug="arena"):
    made = access.create_project(slug, name="Arena", preset="balanced", actor="tests")
    # After a rolled-back test the next project has the same primary key.
    queries.forget_in_force(made)
    identity.forget_keys()
    word = {"word": "flagword", "language": "*", "category": "profanity", "severity": "medium"}
    rules.add_word(made, "tests", word)
    return made


def person(name="root", **fields):
    return get_user_model().objects.create_user(name, is_staff=True, **fields)


def say(project, message_id="m1", content=FLAGGED, user_id="zed"):
    return moderate(Submission(project, message_id, user_id, "general", content)).log


def make_item(project, message_id="m1", **fields):
    return ReviewItem.objects.get(log=say(project, message_id, **fields))


def rule_on(item, user, ruling=Ruling.APPROVE):
    caller = identity.Caller(project=item.project, name=user.username, role="admin", user=user)
    return decide(item.pk, Order(ruling), caller, now=timezone.now())


def make_ban(project, user_id="yan"):
    now = timezone.now()
    enforce.lock_author(project, user_id, "general", queries.policy_of(project))
    return enforce.ban_author(
        project,
        user_id,
        "general",
        type="permanent",
        hours=None,
        reason="spam",
        by="tests",
        now=now,
    )


def make_every_row(project, user):
    """Make one row of each model at least."""
    now = timezone.now()
    caller = identity.Caller(project=project, name="root", role="admin", user=user)
    access.create_key(project, name="bot", scopes=["check"], actor="tests")
    access.set_role(project, user, "admin", actor="tests")
    invitations.invite(caller, "viewer", email="zed@example.org", now=now)
    rules.trust_author(project, "tests", "friend")
    rules.allow_phrase(project, "tests", "flag pole")
    Rule.objects.create(project=project, name="links", type="keyword", action="flag")
    Counter.objects.create(project=project, metric="total", minute=now, value=1)
    Preferences.objects.create(user=user)
    chain.seal(now)
    Lease.objects.create(name="tests", holder="me", expires_at=now)
    SuggestedScore.objects.create(
        project=project, text=f"zed {SCRIPT}", scores={}, language="en", engine_version="1"
    )
    rules.store_model(project, "tests", taught(), DATA)
    chat = Submission(project, "c1", "cat", "chat", "flagword", may_punish=False)
    moderate_with_strikes(chat, now)
    tasks.accept(Submission(project, "zed", "zed", "general", SCRIPT))
    ban = make_ban(project)
    rule_on(make_item(project, "m0", user_id="ann"), user, Ruling.REJECT)
    log = say(project)
    say(project, content=f"{FLAGGED} again")
    item = ReviewItem.objects.get(log=log)
    claims.claim(item.pk, caller, now=now)
    notes.add_note(item.pk, "look at this", caller, now=now)
    reported = reports.Reported(reporter_id="eve", reason="spam", message_id="m1")
    reports.report(project, reported, now=now)
    Backtest.objects.create(
        project=project, kind="policy", request={}, days=7, started_by=SCRIPT, started_at=now
    )
    make_wishes(project, caller)
    Appeal.objects.create(
        project=project, user_id="yan", ban=ban, statement=SCRIPT, token_digest="0" * 64
    )


def make_wishes(project, caller):
    """Make what people ask for: a saved filter, an export, a webhook and what it sends."""
    saved_filters.save_filter(caller, {"name": SCRIPT, "filters": {"lane": "held"}})
    export = exports.Export(project, "bans", "csv")
    exports.order_export(export, actor="tests", most=100)
    hook = {"name": "chat", "url": "https://example.org/hook", "events": ["review_update"]}
    webhook, _ = managing.create_webhook(project, hook, actor="tests")
    managing.send_test(webhook, actor="tests", now=timezone.now())
