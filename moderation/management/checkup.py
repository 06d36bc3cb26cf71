"""Check a whole installation: what works, what does not, and what to do about it."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.checks import WARNING, run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from moderation.accounts.audit_chain import ChainState, verify
from moderation.accounts.audit_witness import broken_outside
from moderation.api.health import database_state, rabbitmq_state
from moderation.delivery.relay import relay_state
from moderation.lib.content_keys import encrypts_texts
from moderation.lib.redis_health import redis_state
from moderation.management.rotation import has_stale_texts, has_unknown_keys, models_with_texts
from moderation.management.settings_checkup import faults
from moderation.models import DeliveryStatus, Destination, OutboxEvent, Webhook, WebhookDelivery
from moderation.queries.connections import connection_state
from moderation.rules import scorer
from moderation.rules.loaded_models import unfit_models

State = Literal["ok", "warning", "error"]
#: Clocks that NTP keeps differ by milliseconds.
CLOCK_DIFFERENCE = timedelta(seconds=2)
OVERDUE = timedelta(minutes=5)
#: Free disk space: below the first somebody should look, below the second writes fail soon.
LITTLE_SPACE, NO_SPACE = 2 * 1024**3, 200 * 1024**2
GIB = 1024**3


@dataclass(frozen=True)
class Finding:
    #: One of the names in CHECKS.
    about: str
    state: State
    said: str
    #: What to do; empty if nothing.
    to_do: str = ""


def findings(now: datetime) -> Iterator[Finding]:
    """Check everything; a check that breaks becomes a finding and does not stop the others."""
    for about, check in CHECKS.items():
        try:
            yield from check(now)
        except Exception as error:  # noqa: BLE001 (shown as a finding)
            reason = " ".join(str(error).split()) or type(error).__name__
            yield Finding(about, "error", f"could not be checked: {reason}", "fix this first")


def of_settings(_now: datetime) -> Iterable[Finding]:
    if settings.DEBUG:
        yield Finding(
            "settings", "warning", "DEBUG is on, which is only for a developer's machine",
            "set DEBUG=false, SECRET_KEY and ALLOWED_HOSTS if others can reach the server",
        )  # fmt: skip
    messages = run_checks(include_deployment_checks=not settings.DEBUG)
    warnings = [one for one in messages if one.level >= WARNING and not one.is_silenced()]
    for one in warnings:
        yield Finding(
            "settings",
            "warning",
            f"{one.id}: {one.msg}",
            one.hint or "look up its name",
        )
    if settings.SECURE_SSL_REDIRECT and not settings.TRUSTED_PROXIES:
        yield Finding(
            "settings", "warning",
            "TRUSTED_PROXIES is not set: behind a proxy, pages redirect to HTTPS for ever",
            "set it to the address from which the TLS proxy connects, such as 127.0.0.1",
        )  # fmt: skip
    if finders.find("img/favicon.svg") is None:
        yield Finding(
            "settings", "error", "the pages' files (static/) are missing: pages have no styles",
            "unpack the whole release again",
        )  # fmt: skip
    if settings.WEBHOOK_ALLOW_PRIVATE:
        yield Finding(
            "settings", "warning", "WEBHOOK_ALLOW_PRIVATE lets admins call your private network",
            "unset it unless receivers are there",
        )  # fmt: skip
    wrong = list(faults())
    for fault in wrong:
        yield Finding("settings", *fault)
    if not warnings and all(fault.state == "ok" for fault in wrong) and not settings.DEBUG:
        yield Finding("settings", "ok", "safe to serve with")


def of_clock(_now: datetime) -> Iterable[Finding]:
    newest = OutboxEvent.objects.order_by("-id").values_list("created_at", flat=True).first()
    # Servers go on while the checks before this one take their seconds.
    now = timezone.now()
    if newest and newest > now + CLOCK_DIFFERENCE:
        yield Finding(
            "clock", "error", f"the newest event is from the future: {newest:%Y-%m-%d %H:%M:%S}",
            "set this machine's clock and synchronize it by NTP",
        )  # fmt: skip
        return
    apart = timedelta(0)
    if connection.vendor == "postgresql":  # SQLite runs on this machine
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            apart = abs(cursor.fetchone()[0] - timezone.now())
    if apart > CLOCK_DIFFERENCE:
        yield Finding(
            "clock", "error", f"the database's clock differs by {apart.total_seconds():.1f} s",
            "synchronize both machines' clocks by NTP",
        )  # fmt: skip
        return
    yield Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M:%S} UTC")


def of_database(_now: datetime) -> Iterable[Finding]:
    if database_state() != "connected":
        yield Finding("database", "error", "cannot be reached", "start it and check DATABASE_URL")
        return
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield Finding(
            "database", "error", f"{len(plan)} migrations are missing", "run manage.py migrate"
        )
        return
    yield Finding("database", "ok", f"{connection.vendor}, migrated")


def of_texts(_now: datetime) -> Iterable[Finding]:
    models = models_with_texts()
    if any(has_unknown_keys(model) for model in models):
        yield Finding(
            "texts", "error", "stored texts need a key that CONTENT_ENCRYPTION_KEYS lacks",
            "add the earlier key behind the first one",
        )  # fmt: skip
    elif encrypts_texts() and any(has_stale_texts(model) for model in models):
        yield Finding(
            "texts", "warning",
            "some texts are stored plain or with an earlier key of CONTENT_ENCRYPTION_KEYS",
            "run manage.py rotate_content_keys",
        )  # fmt: skip
    elif encrypts_texts():
        yield Finding("texts", "ok", "all are encrypted with the first key")
    else:
        yield Finding("texts", "ok", "stored plain: CONTENT_ENCRYPTION_KEYS is not set")


def of_redis(_now: datetime) -> Iterable[Finding]:
    state = redis_state()
    if state == "unreachable":
        yield Finding(
            "redis", "error", "cannot be reached: other processes get events late",
            "start it and check REDIS_URL",
        )  # fmt: skip
    else:
        yield Finding("redis", "ok", state)


def of_rabbitmq(now: datetime) -> Iterable[Finding]:
    state = rabbitmq_state()
    if state == "unreachable":
        yield Finding(
            "rabbitmq", "error", "cannot be reached: its events wait in the outbox",
            "start it and check AMQP_URL",
        )  # fmt: skip
        return
    yield Finding("rabbitmq", "ok", state)
    stored = Destination.objects.filter(name="rabbitmq").first()
    if state == "connected" and stored and stored.error and stored.checked_at > now - OVERDUE:
        yield Finding(
            "rabbitmq", "warning", f"the process that leads cannot publish: {stored.error}",
            "check AMQP_URL of that process and the user's permissions",
        )  # fmt: skip


def of_discord(now: datetime) -> Iterable[Finding]:
    report, is_recent = connection_state("discord", now)
    if is_recent and report and report.is_connected:
        yield Finding("discord", "ok", "the bot is connected")
    elif settings.DISCORD_TOKEN or is_recent:
        yield Finding(
            "discord", "warning", "the bot is not connected: Discord is not moderated",
            "start discord_bot; its log says why it cannot connect",
        )  # fmt: skip
    else:
        yield Finding("discord", "ok", "not configured")


def of_model(_now: datetime) -> Iterable[Finding]:
    state = str(scorer.model_state())
    if state == "unavailable":
        yield Finding(
            "model", "error", "the model that TOXICITY_MODEL names cannot be used",
            "the server's log says why; until then only the word lists decide",
        )  # fmt: skip
    else:
        yield Finding("model", "ok", state)
    for version in unfit_models():
        yield Finding(
            "model", "warning",
            f"the model of {version.project.slug} belongs to another bundled model and is not used",
            f"run manage.py train_model --project {version.project.slug}",
        )  # fmt: skip


def of_relay(now: datetime) -> Iterable[Finding]:
    state = relay_state(now)
    if state == "stopped":
        yield Finding(
            "relay", "error", "no relay runs: pages, sockets and webhooks get no events",
            "start the server or run_worker",
        )  # fmt: skip
    elif state == "late":
        yield Finding(
            "relay", "warning", "events wait for more than 5 s",
            "check the leading process's log and the machine's load",
        )  # fmt: skip
    else:
        yield Finding("relay", "ok", "running, nothing waits")


def of_webhooks(now: datetime) -> Iterable[Finding]:
    for webhook in Webhook.objects.exclude(disabled_reason="").select_related("project"):
        yield Finding(
            "webhooks", "warning",
            f"{webhook.name} of {webhook.project.slug} was switched off: "
            f"{webhook.disabled_reason}",
            "fix the receiver and switch the webhook on in the settings",
        )  # fmt: skip
    failing = Webhook.objects.filter(is_active=True, failing_since__isnull=False)
    for webhook in failing.select_related("project"):
        yield Finding(
            "webhooks", "warning", f"{webhook.name} of {webhook.project.slug} fails",
            "its deliveries in the settings say why; it is switched off after 24 hours",
        )  # fmt: skip
    overdue = WebhookDelivery.objects.filter(
        status=DeliveryStatus.PENDING, due_at__lt=now - OVERDUE, webhook__is_active=True
    ).count()
    if overdue:
        yield Finding(
            "webhooks",
            "error",
            f"{overdue} deliveries are overdue",
            "start the server or run_worker",
        )
    else:
        yield Finding("webhooks", "ok", "nothing is overdue")


def of_audit(_now: datetime) -> Iterable[Finding]:
    state = next(step for step in verify() if isinstance(step, ChainState))
    if broken := state.broken or broken_outside():
        yield Finding(
            "audit", "error", f"the chain breaks at place {broken.position}: {broken.why}",
            "copy the database and find out who wrote to it",
        )  # fmt: skip
    else:
        yield Finding("audit", "ok", f"{state.checked} entries in an unbroken chain")


def of_disk(_now: datetime) -> Iterable[Finding]:
    places = {settings.VAR_DIR}
    if connection.vendor == "sqlite":
        places.add(Path(str(connection.settings_dict["NAME"])).parent)
    for place in sorted({_existing(place) for place in places}):
        free = shutil.disk_usage(place).free
        text = f"{free / GIB:.1f} GiB free at {place}"
        if free >= LITTLE_SPACE:
            yield Finding("disk", "ok", text)
            continue
        state: State = "warning" if free >= NO_SPACE else "error"
        yield Finding("disk", state, text, "free some space; cleanup deletes old content")


def _existing(place: Path) -> Path:
    resolved = place.resolve()
    return resolved if resolved.exists() else _existing(resolved.parent)


CHECKS: dict[str, Callable[[datetime], Iterable[Finding]]] = {
    "settings": of_settings,
    "clock": of_clock,
    "database": of_database,
    "texts": of_texts,
    "redis": of_redis,
    "rabbitmq": of_rabbitmq,
    "discord": of_discord,
    "model": of_model,
    "relay": of_relay,
    "webhooks": of_webhooks,
    "audit": of_audit,
    "disk": of_disk,
}
