"""Database settings for a server with a few fixed threads."""

import os
from pathlib import Path
from typing import Any

from moderation_site.env import parse_database
from moderation_site.files import private_folder
from moderation_site.places import base_folder, data_folder

SQLITE_START = """
    PRAGMA journal_mode=WAL;
    PRAGMA synchronous=NORMAL;
    PRAGMA mmap_size=134217728;
    PRAGMA cache_size=-20000;
"""
POSTGRES_OPTIONS = {
    # Send values apart from the statement and parse a frequent statement once per connection:
    # parsing takes the server longer than running.
    "server_side_binding": True,
    "prepare_threshold": 3,
}
#: Each run has its own, so that parallel runs do not collide.
TEST_NAME = f"test_gavel_{os.getpid()}"


def database_settings(database: dict[str, Any], base: Path) -> dict[str, Any]:
    """Return Django's settings of the database with Gavel's options."""
    if database["ENGINE"].endswith("sqlite3"):
        return sqlite_settings(database, base)
    options = {**POSTGRES_OPTIONS, **database.get("OPTIONS", {})}
    persistent = {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    return {
        **database,
        **persistent,
        "ENGINE": "moderation_site.postgresql",
        "OPTIONS": options,
        "TEST": {"NAME": TEST_NAME},
    }


def database_of_url(url: str) -> dict[str, Any]:
    """Return Django's settings of another database."""
    return database_settings(parse_database(url, name="URL"), base_folder())


def sqlite_settings(database: dict[str, Any], base: Path) -> dict[str, Any]:
    """Resolve the file against the checkout, not the working folder; create its folder."""
    options = {
        "timeout": 20,
        # A transaction takes the write lock at its start: one that upgrades later cannot wait.
        "transaction_mode": "IMMEDIATE",
        "init_command": " ".join(SQLITE_START.split()),
    }
    in_memory = database["NAME"] == ":memory:"
    path = Path(base, database["NAME"])
    if not in_memory:
        if path.parent in {base / "var", data_folder()}:
            private_folder(path.parent)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        **database,
        "ENGINE": "moderation_site.sqlite",
        "NAME": ":memory:" if in_memory else str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {**options, **database.get("OPTIONS", {})},
        # A file, so that the tests' threads see one database.
        "TEST": {"NAME": str(base / "var" / f"{TEST_NAME}.sqlite3")},
    }
