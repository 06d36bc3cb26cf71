"""Read the environment; a wrong value stops the start with one line that names the variable."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

DATABASE_SCHEMES = {"sqlite", "postgres", "postgresql"}
TRUE = {"true", "1", "yes", "on"}
FALSE = {"false", "0", "no", "off"}


@contextmanager
def one_line_refusal() -> Iterator[None]:
    """End the process with the error's own line, without a traceback around it."""
    try:
        yield
    except ImproperlyConfigured as error:
        sys.exit(f"Not started: {error}")


def read_dotenv(path: Path) -> None:
    """Add the file's variables where the environment does not set them already."""
    if path.is_file():
        environ.Env.read_env(path)


def env_text(name: str, default: str = "") -> str:
    """Return the value without spaces around it; set to nothing means not set."""
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, *, default: bool) -> bool:
    text = env_text(name, str(default)).lower()
    if text not in TRUE | FALSE:
        raise wrong(name, "must be true or false", text)
    return text in TRUE


def env_int(name: str, default: int, *, minimum: int = 0) -> int:
    text = env_text(name, str(default))
    try:
        number = int(text)
    except ValueError:
        raise wrong(name, "must be a whole number", text) from None
    if number < minimum:
        raise wrong(name, f"must be at least {minimum}", text)
    return number


def env_list(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return the comma-separated words."""
    words = [word.strip() for word in env_text(name).split(",")]
    return [word for word in words if word] or list(default)


def env_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    text = env_text(name, default)
    by_lower = {choice.lower(): choice for choice in choices}
    if text.lower() not in by_lower:
        raise wrong(name, f"must be one of {', '.join(choices)}", text)
    return by_lower[text.lower()]


def env_networks(name: str) -> list[IPv4Network | IPv6Network]:
    return [network(name, word) for word in env_list(name)]


def env_origins(name: str) -> list[str]:
    origins = env_list(name)
    for origin in origins:
        if urlsplit(origin).scheme not in {"http", "https"} or not urlsplit(origin).hostname:
            raise wrong(name, "must be origins such as https://example.org", origin)
    return origins


def env_redis(name: str) -> str:
    """Return the address of a Redis server, or nothing."""
    url = env_text(name)
    if url and urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
        raise wrong(name, "must start with redis://, rediss:// or unix://")
    return url


def env_database(name: str, default: str) -> dict[str, Any]:
    """Return Django's description of the database; the address may hold a password."""
    url = env_text(name, default)
    rule = "must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
    try:
        if urlsplit(url).scheme not in DATABASE_SCHEMES:
            raise wrong(name, rule)
        database: dict[str, Any] = environ.Env.db_url_config(url)
    except ValueError:
        raise wrong(name, rule) from None
    if not database.get("NAME"):
        raise wrong(name, rule)
    return database


def env_secret(name: str, *, kept_in: Path | None) -> str:
    """Return the secret; where none is set, the random one kept in the file."""
    if secret := env_text(name):
        return secret
    if kept_in is None:
        raise ImproperlyConfigured(f"{name} is required when DEBUG is false.")
    return kept_secret(kept_in)


def kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        # A link fails where the file exists: of two processes that start at once, one wins.
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()


def network(name: str, word: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(word)
    except ValueError as error:
        raise wrong(name, f"must list addresses or networks ({error})") from None


def wrong(name: str, rule: str, value: str = "") -> ImproperlyConfigured:
    """Return the error to raise; leave the value out where it may hold a password."""
    return ImproperlyConfigured(f"{name} {rule}" + (f", not {value!r}." if value else "."))
