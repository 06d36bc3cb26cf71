"""Read the environment; a wrong value stops the start with a line that names the variable."""

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

from moderation_site.checks import SHORTEST_KEY, is_weak_key
from moderation_site.files import private_folder

DATABASE_SCHEMES = {"sqlite", "postgres", "postgresql"}
#: What a folder of TOXICITY_MODEL=onnx:FOLDER holds.
MODEL_FILES = ("model.onnx", "tokenizer.json", "labels.json")
TRUE = {"true", "1", "yes", "on"}
FALSE = {"false", "0", "no", "off"}


@contextmanager
def one_line_refusal() -> Iterator[None]:
    """End the process with the error's text, without a traceback."""
    try:
        yield
    except ImproperlyConfigured as error:
        sys.exit(f"Not started: {error}")


def read_dotenv(path: Path) -> None:
    """Add the file's variables that the environment does not set."""
    if path.is_file():
        environ.Env.read_env(path)


def env_text(name: str, default: str = "") -> str:
    """Return the value without surrounding spaces; an empty value means not set."""
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


def env_model(name: str, default: str, choices: tuple[str, ...]) -> str:
    """Return one of the choices, or `onnx:FOLDER` for a folder that holds a model."""
    text = env_text(name, default)
    if not text.lower().startswith("onnx:"):
        return env_choice(name, default, (*choices, "onnx:FOLDER"))
    missing = [file for file in MODEL_FILES if not (Path(text[5:]) / file).is_file()]
    if missing:
        raise wrong(name, f"must name a folder with {', '.join(MODEL_FILES)}", text)
    return f"onnx:{text[5:]}"


def env_networks(name: str) -> list[IPv4Network | IPv6Network]:
    return [network(name, word) for word in env_list(name)]


def env_origins(name: str, *, any_word: str = "") -> list[str]:
    """Return origins, or the one word that stands for every origin."""
    origins = env_list(name)
    if any_word and origins == [any_word]:
        return origins
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
            raise wrong(name, "must be origins such as https://example.org", origin)
    return origins


def env_url(name: str) -> str:
    """Return the URL of a web server, or an empty text."""
    url = env_text(name)
    if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
        raise wrong(name, "must be a URL such as https://api.example.org/v1")
    return url


def env_mail(name: str) -> dict[str, Any]:
    """Return Django's settings of the mail server, or nothing. The URL may contain a password."""
    url = env_text(name)
    if not url:
        return {}
    rule = "must be smtp://, smtp+tls:// or smtp+ssl:// USER:PASSWORD@HOST:PORT"
    try:
        return dict(environ.Env.email_url_config(url))
    except (KeyError, ValueError, ImproperlyConfigured):
        raise wrong(name, rule) from None


def env_redis(name: str) -> str:
    """Return the URL of a Redis server, or an empty text."""
    url = env_text(name)
    if url and urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
        raise wrong(name, "must start with redis://, rediss:// or unix://")
    return url


def env_amqp(name: str, alias: str) -> str:
    """Return the URL of a RabbitMQ server, or an empty text; alias: another name for it."""
    url = env_text(name) or env_text(alias)
    if url and urlsplit(url).scheme not in {"amqp", "amqps"}:
        raise wrong(name, "must start with amqp:// or amqps://")
    return url


def env_address(name: str, default_port: int) -> tuple[str, int] | None:
    """Return host and port from `PORT` or `HOST:PORT`; None if the variable is not set.

    Without a host only this machine is served; a variable without a value means the default port.
    """
    if name not in os.environ:
        return None
    host, _, port = env_text(name, str(default_port)).rpartition(":")
    if not port.isascii() or not port.isdigit() or not 1 <= int(port[:6]) <= 65535:
        raise wrong(name, "must be PORT or HOST:PORT", env_text(name))
    return host.strip("[]") or "127.0.0.1", int(port)


def env_database(name: str, default: str) -> dict[str, Any]:
    """Return Django's settings of the database. The URL may contain a password."""
    return parse_database(env_text(name, default), name=name)


def parse_database(url: str, *, name: str) -> dict[str, Any]:
    """Return Django's settings of a URL; ImproperlyConfigured names the variable."""
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


def env_secret(name: str, *, file: Path | None) -> str:
    """Return the secret; if none is set, the random one in the file."""
    if secret := env_text(name):
        return secret
    if file is None:
        raise ImproperlyConfigured(f"{name} is required when DEBUG is false.")
    return stored_secret(file)


def env_content_keys(name: str) -> list[str]:
    """Return the comma-separated keys, each long enough to need no slow derivation."""
    keys = env_list(name)
    if any(is_weak_key(key) for key in keys):
        raise wrong(
            name,
            f"must list random keys of at least {SHORTEST_KEY} characters, such as from "
            "`openssl rand -base64 32`",
        )
    if len(set(keys)) < len(keys):
        raise wrong(name, "must not name a key twice")
    return keys


def stored_secret(path: Path) -> str:
    private_folder(path.parent)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        # Linking fails if the file exists: of two processes that start together, one wins.
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
    """Return the error to raise; omit the value if it may contain a password."""
    return ImproperlyConfigured(f"{name} {rule}" + (f", not {value!r}." if value else "."))
