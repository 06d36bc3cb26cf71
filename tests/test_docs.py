"""The docs name every setting, command, endpoint and event."""

import ast
import re
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from moderation import events

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = sorted(ROOT.glob("*/management/commands/[a-z]*.py"))
SETTINGS = ast.parse((ROOT / "moderation_site" / "settings.py").read_text())


def variables():
    for node in ast.walk(SETTINGS):
        is_reader = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if is_reader and node.func.id.startswith("env_"):
            yield node.args[0].value


def addresses(patterns, prefix=""):
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", path)


def api_addresses():
    found = sorted(set(addresses(get_resolver().url_patterns)))
    return [path for path in found if path.startswith("/api/v1/")]


def door_addresses():
    """Return where clients of other services call, but the patterns of what is nowhere."""
    found = sorted(set(addresses(get_resolver().url_patterns)))
    doors = [path for path in found if path.startswith(("/api/", "/v1", "/$discovery"))]
    return [path for path in doors if not path.startswith("/api/v1/") and "^" not in path]


def event_types():
    named = vars(events).items()
    return sorted(value for name, value in named if name.isupper() and isinstance(value, str))


def text(name):
    return (ROOT / "docs" / name).read_text()


@pytest.mark.parametrize("name", sorted(variables()))
def test_setting_is_documented(name):
    assert f"`{name}`" in text("settings.md")


@pytest.mark.parametrize("path", api_addresses())
def test_endpoint_is_documented(path):
    assert f"{path}`" in text("api.md")


@pytest.mark.parametrize("path", door_addresses())
def test_door_is_documented(path):
    pages = (ROOT / "docs").glob("moving-from-*.md")
    assert any(path in page.read_text() for page in pages)


@pytest.mark.parametrize("name", [path.stem for path in COMMANDS])
def test_command_is_documented(name):
    assert f"## {name}\n" in text("commands.md")


@pytest.mark.parametrize("name", event_types())
def test_event_is_documented(name):
    assert f"`{name}`" in text("events.md")
