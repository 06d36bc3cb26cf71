"""Settings that start, but are not what a server in production should run with."""

import re
import socket
from collections.abc import Callable, Iterator
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection

from moderation.models import Project, Role

#: More hosts than a data centre's network has can hardly all be proxies.
WIDEST_PROXIES = 65_536
LONGEST_SESSION_DAYS = 90
SHORTEST_HSTS_SECONDS = 30 * 86_400
OTHERS = 0o077
MAIL_SECONDS = 5
ADDRESS = re.compile(r"\A[^@\s]+@[^@\s]+\Z")


class Fault(NamedTuple):
    state: Literal["ok", "warning", "error"]
    said: str
    to_do: str


def faults() -> Iterator[Fault]:
    """Yield what is wrong, one check after the other."""
    for check in CHECKS if not settings.DEBUG else CHECKS_ANYWHERE:
        if fault := check():
            yield fault


# --- Wherever it runs


def open_project() -> Fault | None:
    slug = settings.OPEN_PROJECT
    if slug and not Project.objects.live().filter(slug=slug).exists():
        text = f"OPEN_PROJECT names {slug}, which does not exist: calls without a key are refused"
        return Fault("error", text, "create it with create_project, or unset OPEN_PROJECT")
    return None


def queue_project() -> Fault | None:
    slug = settings.QUEUE_PROJECT
    if slug and not Project.objects.live().filter(slug=slug).exists():
        text = f"QUEUE_PROJECT names {slug}, which does not exist: queued messages are refused"
        return Fault("error", text, "create it with create_project, or correct QUEUE_PROJECT")
    return None


def ownerless_projects() -> Fault | None:
    owned = Project.objects.filter(memberships__role=Role.OWNER)
    slugs = list(Project.objects.live().exclude(pk__in=owned).values_list("slug", flat=True)[:3])
    if slugs:
        text = f"no owner: {', '.join(slugs)}"
        return Fault("warning", text, "give each an owner with add_member --role owner")
    return None


def anchor_file() -> Fault | None:
    if not settings.AUDIT_ANCHOR_FILE:
        return None
    folder = Path(settings.AUDIT_ANCHOR_FILE).absolute().parent
    if not folder.is_dir():
        text = f"AUDIT_ANCHOR_FILE lies in {folder}, which does not exist"
        return Fault("error", text, "create the folder or correct AUDIT_ANCHOR_FILE")
    if folder == Path(settings.VAR_DIR):
        text = "AUDIT_ANCHOR_FILE lies beside the database, where the same people can change it"
        return Fault("warning", text, "choose a disk that they cannot write to")
    return None


def fallback_keys() -> Fault | None:
    if settings.SECRET_KEY in settings.SECRET_KEY_FALLBACKS:
        text = "SECRET_KEY_FALLBACKS holds the current SECRET_KEY"
        return Fault("warning", text, "list only earlier keys there")
    return None


def several_processes() -> Fault | None:
    if settings.REDIS_URL and connection.vendor == "sqlite":
        text = "REDIS_URL is set, but the database is SQLite, which several machines cannot share"
        return Fault("warning", text, "move to PostgreSQL with move_database, or unset REDIS_URL")
    return None


def sender_of_mail() -> Fault | None:
    if settings.HAS_MAIL and "@localhost" in settings.DEFAULT_FROM_EMAIL:
        text = "EMAIL_FROM is not set: most servers refuse mail from gavel@localhost"
        return Fault("warning", text, "set it to an address of your domain")
    if settings.HAS_MAIL and not ADDRESS.search(parseaddr(settings.DEFAULT_FROM_EMAIL)[1]):
        text = f"EMAIL_FROM is no address: {settings.DEFAULT_FROM_EMAIL}"
        return Fault("error", text, "write it like Gavel <gavel@example.org>")
    return None


def mail_server() -> Fault | None:
    if not settings.EMAIL_HOST:
        return None
    try:
        place = settings.EMAIL_HOST, settings.EMAIL_PORT
        socket.create_connection(place, MAIL_SECONDS).close()
    except OSError as error:
        text = f"EMAIL_URL's server {settings.EMAIL_HOST}:{settings.EMAIL_PORT} is away: {error}"
        return Fault("error", text, "correct EMAIL_URL, or let the firewall pass its port")
    return None


def recorded_projects() -> Fault | None:
    wanted = settings.PERSPECTIVE_PROXY_PROJECTS
    known = Project.objects.live().filter(slug__in=wanted).values_list("slug", flat=True)
    if unknown := sorted(set(wanted) - set(known)):
        text = f"PERSPECTIVE_PROXY_PROJECTS names {', '.join(unknown)}, which does not exist"
        return Fault("error", text, "correct the slug: nothing of that project is recorded")
    return None


# --- In production


def hosts() -> Fault | None:
    local = {"localhost", "[::1]"}
    if all(host in local or is_address(host) for host in settings.ALLOWED_HOSTS):
        text = "ALLOWED_HOSTS names no host that others can open by name"
        return Fault("warning", text, "add the name that people type")
    return None


def is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def origins() -> Fault | None:
    plain = [origin for origin in settings.CSRF_TRUSTED_ORIGINS if origin.startswith("http://")]
    if plain:
        text = f"CSRF_TRUSTED_ORIGINS trusts pages without TLS: {', '.join(plain)}"
        return Fault("warning", text, "write https:// instead")
    return None


def proxies() -> Fault | None:
    wide = [str(one) for one in settings.TRUSTED_PROXIES if one.num_addresses > WIDEST_PROXIES]
    if wide:
        text = f"TRUSTED_PROXIES believes {', '.join(wide)}: anybody can choose their address"
        return Fault("error", text, "name only the proxy's own address or network")
    return None


def public_project() -> Fault | None:
    if settings.OPEN_PROJECT:
        text = f"OPEN_PROJECT={settings.OPEN_PROJECT} answers anybody's checks without a key"
        return Fault("warning", text, "unset it unless you want that")
    return None


def hsts() -> Fault | None:
    if settings.SECURE_HSTS_SECONDS < SHORTEST_HSTS_SECONDS:
        text = "HSTS_SECONDS is under 30 days: browsers forget to insist on HTTPS"
        return Fault("warning", text, "unset it once HTTPS works")
    return None


def log_level() -> Fault | None:
    if settings.LOGGING["loggers"]["moderation"]["level"] == "DEBUG":
        text = "LOG_LEVEL=DEBUG writes much, and slows the server down"
        return Fault("warning", text, "set it to INFO")
    return None


def long_sessions() -> Fault | None:
    if settings.SESSION_LONGEST.days > LONGEST_SESSION_DAYS:
        text = f"SESSION_DAYS keeps people signed in for {settings.SESSION_LONGEST.days} days"
        return Fault("warning", text, f"set it to {LONGEST_SESSION_DAYS} or less")
    return None


def no_mail() -> Fault | None:
    if not settings.HAS_MAIL:
        text = "EMAIL_URL is not set: nobody can get a new password by mail"
        # Many servers work well without.
        return Fault("ok", text, "set it, or let superusers set passwords in the admin")
    return None


def database_without_tls() -> Fault | None:
    stored: dict[str, Any] = connection.settings_dict
    host = str(stored.get("HOST") or "")
    is_far = connection.vendor == "postgresql" and host not in {"", "localhost", "127.0.0.1", "::1"}
    mode = stored.get("OPTIONS", {}).get("sslmode", "prefer")
    if is_far and "." in host and mode in {"disable", "allow", "prefer"}:
        text = f"the connection to the database at {host} may go without TLS"
        return Fault("warning", text, "add ?sslmode=verify-full to DATABASE_URL")
    return None


def redis_without_password() -> Fault | None:
    parts = urlsplit(settings.REDIS_URL)
    host = parts.hostname or ""
    if "." in host and not host.startswith("127.") and not parts.password:
        text = f"Redis at {host} is used without a password"
        return Fault("warning", text, "set one, and write it into REDIS_URL")
    return None


def readable_files() -> Fault | None:
    for path in (Path(settings.VAR_DIR), Path(settings.BASE_DIR) / ".env"):
        if path.exists() and path.stat().st_mode & OTHERS:
            text = f"other users of this machine can read {path.name}"
            return Fault("error", text, f"chmod {'700' if path.is_dir() else '600'} {path}")
    return None


def second_steps() -> Fault | None:
    without = User.objects.filter(is_active=True, is_superuser=True, authenticator=None).count()
    if without:
        text = f"superusers without a second step of signing in: {without}"
        return Fault("warning", text, "set it up under Your account")
    return None


CHECKS_ANYWHERE: tuple[Callable[[], Fault | None], ...] = (
    open_project, queue_project, ownerless_projects, anchor_file, fallback_keys,
    several_processes, sender_of_mail, mail_server, recorded_projects,
)  # fmt: skip
CHECKS: tuple[Callable[[], Fault | None], ...] = (
    *CHECKS_ANYWHERE, hosts, origins, proxies, public_project, hsts, log_level, long_sessions,
    no_mail, database_without_tls, redis_without_password, readable_files, second_steps,
)  # fmt: skip
