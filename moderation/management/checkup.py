"""One check of a whole installation: what is well, what is not, and what to do about it."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from moderation import chain, queries, toxicity
from moderation.api.health import database_state, redis_state
from moderation.models import DeliveryStatus, OutboxEvent, Webhook, WebhookDelivery
from moderation.relay import relay_state

State = Literal["ok", "warning", "error"]
#: Clocks of two machines that are kept by NTP differ by milliseconds.
CLOCK_DIFFERENCE = timedelta(seconds=2)
OVERDUE = timedelta(minutes=5)
#: Of the disk: below the first somebody should look, below the second writes fail soon.
LITTLE_SPACE, NO_SPACE = 2 * 1024**3, 200 * 1024**2
GIB = 1024**3


@dataclass(frozen=True)
class Finding:
    #: settings, clock, database, redis, model, relay, webhooks, audit or disk.
    about: str
    state: State
    said: str
    #: What to do; empty where nothing is to be done.
    to_do: str = ""


def findings(now: datetime) -> Iterator[Finding]:
    """Check everything; a check that breaks is a finding, and hinders none of the others."""
    for about, check in CHECKS.items():
        try:
            yield from check(now)
        except Exception as error:  # noqa: BLE001 (whatever it is, the others are told too)
            reason = " ".join(str(error).split()) or type(error).__name__
            yield Finding(about, "error", f"could not be checked: {reason}", "mend this first")


def of_settings(now: datetime) -> Iterable[Finding]:
    if settings.DEBUG:
        yield Finding(
            "settings", "warning", "DEBUG is on: this is a developer's machine",
            "set DEBUG=false, SECRET_KEY and ALLOWED_HOSTS where others reach the server",
        )  # fmt: skip
    told = run_checks(include_deployment_checks=not settings.DEBUG)
    found = [one for one in told if one.level >= WARNING and not one.is_silenced()]
    for one in found:
        yield Finding("settings", "warning", f"{one.id}: {one.msg}", one.hint or "see its name")
    if settings.WEBHOOK_ALLOW_PRIVATE:
        yield Finding(
            "settings", "warning", "WEBHOOK_ALLOW_PRIVATE lets admins call your inner network",
            "unset it unless receivers stand there",
        )  # fmt: skip
    if not found and not settings.DEBUG:
        yield Finding("settings", "ok", "safe to serve with")


def of_clock(now: datetime) -> Iterable[Finding]:
    newest = OutboxEvent.objects.order_by("-id").values_list("created_at", flat=True).first()
    if newest and newest > now + CLOCK_DIFFERENCE:
        yield Finding(
            "clock", "error", f"the newest event is of {newest:%Y-%m-%d %H:%M:%S}, ahead of now",
            "set this machine's clock, and keep it by NTP",
        )  # fmt: skip
        return
    apart = abs(_database_time() - timezone.now())
    if apart > CLOCK_DIFFERENCE:
        yield Finding(
            "clock", "error", f"the database's clock differs by {apart.total_seconds():.1f} s",
            "keep both machines' clocks by NTP",
        )  # fmt: skip
        return
    yield Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M:%S} UTC")


def _database_time() -> datetime:
    if connection.vendor != "postgresql":
        return timezone.now()  # SQLite runs here
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def of_database(now: datetime) -> Iterable[Finding]:
    if database_state() != "connected":
        yield Finding("database", "error", "cannot be reached", "start it; look at DATABASE_URL")
        return
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield Finding(
            "database", "error", f"{len(plan)} migrations are missing", "run manage.py migrate"
        )
        return
    yield Finding("database", "ok", f"{connection.vendor}, migrated")


def of_redis(now: datetime) -> Iterable[Finding]:
    state = redis_state()
    if state == "unreachable":
        yield Finding(
            "redis", "error", "cannot be reached: other processes hear of events late",
            "start it; look at REDIS_URL",
        )  # fmt: skip
    else:
        yield Finding("redis", "ok", state)


def of_model(now: datetime) -> Iterable[Finding]:
    state = str(toxicity.state())
    if state == "unavailable":
        yield Finding(
            "model", "error", "the model that TOXICITY_MODEL names cannot be used",
            "the server's log says why; until then the word lists judge alone",
        )  # fmt: skip
    else:
        yield Finding("model", "ok", state)
    for version in queries.unfit_models():
        yield Finding(
            "model", "warning",
            f"the model of {version.project.slug} corrects another bundled model and is not asked",
            f"run manage.py train_model --project {version.project.slug}",
        )  # fmt: skip


def of_relay(now: datetime) -> Iterable[Finding]:
    state = relay_state(now)
    if state == "stopped":
        yield Finding(
            "relay", "error", "nobody relays: no page, socket or webhook hears of anything",
            "start the server, or run_worker",
        )  # fmt: skip
    elif state == "late":
        yield Finding(
            "relay", "warning", "events wait for over 5 s",
            "look for errors in the log of the process that leads, and at the machine's load",
        )  # fmt: skip
    else:
        yield Finding("relay", "ok", "runs, and nothing waits")


def of_webhooks(now: datetime) -> Iterable[Finding]:
    for webhook in Webhook.objects.exclude(disabled_reason="").select_related("project"):
        yield Finding(
            "webhooks", "warning",
            f"{webhook.name} of {webhook.project.slug} was switched off: "
            f"{webhook.disabled_reason}",
            "mend the receiver and switch it on in the settings",
        )  # fmt: skip
    failing = Webhook.objects.filter(is_active=True, failing_since__isnull=False)
    for webhook in failing.select_related("project"):
        yield Finding(
            "webhooks", "warning", f"{webhook.name} of {webhook.project.slug} fails",
            "its deliveries in the settings say why; after 24 hours it is switched off",
        )  # fmt: skip
    overdue = WebhookDelivery.objects.filter(
        status=DeliveryStatus.PENDING, due_at__lt=now - OVERDUE, webhook__is_active=True
    ).count()
    if overdue:
        yield Finding(
            "webhooks",
            "error",
            f"{overdue} deliveries are overdue",
            "start the server, or run_worker",
        )
    else:
        yield Finding("webhooks", "ok", "nothing is overdue")


def of_audit(now: datetime) -> Iterable[Finding]:
    state = next(found for found in chain.verify() if isinstance(found, chain.ChainState))
    if state.broken:
        yield Finding(
            "audit", "error", f"the chain breaks at place {state.broken.position}: "
            f"{state.broken.why}", "keep a copy of the database and find out who wrote to it",
        )  # fmt: skip
    else:
        yield Finding("audit", "ok", f"{state.checked} entries in an unbroken chain")


def of_disk(now: datetime) -> Iterable[Finding]:
    for place in sorted({_existing(place) for place in _places()}):
        free = shutil.disk_usage(place).free
        said = f"{free / GIB:.1f} GiB free at {place}"
        if free >= LITTLE_SPACE:
            yield Finding("disk", "ok", said)
            continue
        state: State = "warning" if free >= NO_SPACE else "error"
        yield Finding("disk", state, said, "make room; cleanup removes what is past its retention")


def _places() -> Iterator[Path]:
    yield settings.VAR_DIR
    if connection.vendor == "sqlite":
        yield Path(str(connection.settings_dict["NAME"])).parent


def _existing(place: Path) -> Path:
    found = place.resolve()
    return found if found.exists() else _existing(found.parent)


CHECKS: dict[str, Callable[[datetime], Iterable[Finding]]] = {
    "settings": of_settings,
    "clock": of_clock,
    "database": of_database,
    "redis": of_redis,
    "model": of_model,
    "relay": of_relay,
    "webhooks": of_webhooks,
    "audit": of_audit,
    "disk": of_disk,
}
