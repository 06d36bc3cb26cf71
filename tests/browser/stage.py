"""Fill a fresh database for the browsers and print who is in it; runs in a process of its own.

The sessions are made here: signing in has tests of its own, and a limit on tries.
"""

import json
import sys

import django

ROLES = {"ada": "owner", "noor": "moderator", "omar": "moderator", "vera": "viewer"}
MARKUP = "<img src=x onerror=\"document.title='run'\"> you idiot"
BIDI = "\u202eidiot\u202c \u2067you loser\u2069 \u200fشكرا"
UNBROKEN = "idiot " + "x" * 9_990
HOSTILE = (
    MARKUP,
    BIDI,
    UNBROKEN,
    "you\u200b idiot \x07\x1b[31m",
    "</script><script>idiot</script>",
)
FLAGGED = (
    "Shut up idiot",
    "Eres un idiota",
    "Chup kar bewakoof",
    "you loser",
    "call +1 212 555 0147",
)
BLOCKED = ("I will kill you", "You fucking idiot, die")
CLEAN = ("Hello world", "kya haal hai bhai", "Mañana jugamos", "gg everyone")


def fill():
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    from moderation.accounts.keys import create_key  # noqa: PLC0415
    from moderation.accounts.projects import change_project, create_project  # noqa: PLC0415
    from moderation.models import Project  # noqa: PLC0415
    from tests.databases import migrated_once  # noqa: PLC0415

    with migrated_once(settings.BASE_DIR / "var" / "tests"):
        call_command("migrate", verbosity=0)
    public = create_project("arena", name="Arena", preset="balanced", actor="tests")
    change_project(public, {"is_transparency_public": True}, actor="tests")
    create_project("empty", name="Nothing yet", preset="balanced", actor="tests")
    arena = Project.objects.get(slug="arena")
    sessions = {name: person(name, role) for name, role in ROLES.items()}
    row, key = create_key(arena, name="app", scopes=["check", "read", "review"], actor="tests")
    member = arena.memberships.get(user__username="vera")
    ids = {"key_id": row.pk, "member_id": member.pk}
    return {"sessions": sessions, "key": key, **ids, **invited(arena), **content(arena)}


def invited(arena):
    """Invite somebody; return the row's number and the token of the link."""
    from django.utils import timezone  # noqa: PLC0415

    from moderation.accounts import invitations  # noqa: PLC0415
    from moderation.models import Invitation  # noqa: PLC0415

    wanted = Invitation(project=arena, role="moderator", email=f"{'x' * 60}@example.org")
    made, token = invitations.create_invitation(
        wanted, days=7, actor=MARKUP[:60], now=timezone.now()
    )
    return {"invitation_id": made.pk, "invitation": token}


def person(name, role):
    """Make a member of both projects; return the key of a session of theirs."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415
    from django.contrib.auth.models import User  # noqa: PLC0415

    from moderation.accounts.members import set_role  # noqa: PLC0415
    from moderation.accounts.sessions import SessionStore  # noqa: PLC0415
    from moderation.models import Project  # noqa: PLC0415

    user = User.objects.create_user(name, is_staff=role == "owner", is_superuser=role == "owner")
    for project in Project.objects.all():
        set_role(project, user, role, actor="tests")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


def content(arena):
    from django.utils import timezone  # noqa: PLC0415

    from moderation import rules  # noqa: PLC0415
    from moderation.delivery import relay  # noqa: PLC0415
    from moderation.delivery.webhooks import managing  # noqa: PLC0415
    from moderation.delivery.webhooks.deliveries import record_attempt  # noqa: PLC0415
    from moderation.delivery.webhooks.formats import EVENTS  # noqa: PLC0415
    from moderation.lib.http_client import Answer  # noqa: PLC0415
    from moderation.models import Ban  # noqa: PLC0415
    from reviews.models import ReviewItem  # noqa: PLC0415
    from tests.taught import DATA, WORSE, taught  # noqa: PLC0415

    word = {"word": "grumble", "language": "en", "category": "insult", "severity": "low"}
    added = rules.add_word(arena, "tests", word)
    rule = {"name": MARKUP[:90], "type": "keyword", "action": "flag", "shadow": True}
    ruled = rules.create_rule(arena, "tests", {**rule, "config": {"keywords": ["idiot"]}})
    rules.change_policy(arena, "tests", {"retention_days": 60})
    for data in (WORSE, DATA):
        rules.store_model(arena, MARKUP[:90], taught(), data)
    arena.counters.create(metric="model:1:allow>warn", minute=timezone.now(), value=1234)
    log = None
    for text in (*CLEAN, *FLAGGED, *BLOCKED, *HOSTILE):
        log = send(arena, text)
    for text in ("v1 you loser", "v2 you loser, sorry"):
        send(arena, text, message_id="edited")
    ban = Ban.objects.create(
        project=arena, user_id=MARKUP[:200], type="permanent", reason=MARKUP, issued_by="ada",
        issued_at=timezone.now(),
    )  # fmt: skip
    hook = {"name": MARKUP[:60], "url": "https://example.org/hook", "events": list(EVENTS)}
    webhook, _ = managing.create_webhook(arena, hook, actor="tests")
    failed = managing.send_test(webhook, actor=MARKUP[:60], now=timezone.now())
    record_attempt(failed, Answer(500, MARKUP.encode()), seconds=0.1, now=timezone.now())
    managing.change_webhook(webhook, {"is_active": False}, actor="tests")  # calls nobody
    relay.run_once()
    hostile = ReviewItem.objects.filter(project=arena, log__content=MARKUP).get()
    return {
        "review_id": str(hostile.pk),
        "content_id": str(log.pk),
        "user_id": hostile.log.user_id,
        "ban_id": str(ban.pk),
        **appealed(arena),
        "rule_id": str(ruled.pk),
        "backtest_id": backtested(arena, ruled),
        "word_id": str(added.pk),
        "webhook_id": str(webhook.pk),
    }


def backtested(arena, rule):
    """Try the rule on all that was said; return the id of the backtest."""
    from django.contrib.auth.models import User  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from moderation import rules  # noqa: PLC0415
    from moderation.accounts.callers import caller_of_member  # noqa: PLC0415
    from reviews.evaluation import backtests  # noqa: PLC0415

    ada = caller_of_member(User.objects.get(username="ada"), arena.slug)
    draft = rules.draft_of(rule)
    backtest = backtests.start_rule(ada, draft, days=7, now=timezone.now())
    backtests.run(backtest)
    return str(backtest.pk)


def appealed(arena):
    """Appeal one blocked message, and leave another for its author to appeal."""
    from django.utils import timezone  # noqa: PLC0415

    from moderation.lib.signed_links import Subject, SubjectKind, token_for  # noqa: PLC0415
    from moderation.models import ModerationLog  # noqa: PLC0415
    from reviews.appeals.ask import appeal  # noqa: PLC0415
    from reviews.models import ReviewItem  # noqa: PLC0415

    logs = [ModerationLog.objects.get(project=arena, content=text) for text in BLOCKED]
    links = [token_for(Subject(SubjectKind.CONTENT, log.pk), log.judged_at) for log in logs]
    made, _ = appeal(logs[0], MARKUP, now=timezone.now())
    # Last in the queue: the desk's tests begin with an item that can be claimed.
    ReviewItem.objects.filter(log=logs[0]).update(priority=-1e9)
    return {"appeal_id": str(made.pk), "appealed": links[0], "link": links[1]}


def send(arena, text, message_id=None):
    """Moderate a message whose author and channel have names as hostile as its text."""
    from moderation.pipeline.moderate import moderate  # noqa: PLC0415
    from moderation.pipeline.submission import Submission  # noqa: PLC0415

    name = text[:60]
    submission = Submission(
        project=arena,
        message_id=message_id or f"m-{hash(text)}",
        user_id="writer" if message_id else f"author {name}",
        channel_id="general" if len(text) < 60 else name,
        content=text,
        username=name,
    )
    return moderate(submission).log


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(fill()))
