"""Tune the database's connection for a server with a few fixed threads."""

import os
from pathlib import Path
from typing import Any

SQLITE_START = """
    PRAGMA journal_mode=WAL;
    PRAGMA synchronous=NORMAL;
    PRAGMA mmap_size=134217728;
    PRAGMA cache_size=-20000;
"""
POSTGRES_OPTIONS = {
    # Values travel beside the statement, and one that comes often is parsed once for each
    # connection: parsing takes the server longer than running.
    "server_side_binding": True,
    "prepare_threshold": 3,
}
#: Of its own for each run, so that two runs side by side do not meet.
TEST_NAME = f"test_gavel_{os.getpid()}"


def database_settings(database: dict[str, Any], base: Path) -> dict[str, Any]:
    """Return Django's description of the database with our options added."""
    if database["ENGINE"].endswith("sqlite3"):
        return sqlite_settings(database, base)
    options = {**POSTGRES_OPTIONS, **database.get("OPTIONS", {})}
    lasting = {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    return {
        **database,
        **lasting,
        "ENGINE": "moderation_site.postgresql",
        "OPTIONS": options,
        "TEST": {"NAME": TEST_NAME},
    }


def sqlite_settings(database: dict[str, Any], base: Path) -> dict[str, Any]:
    """Resolve the file against the checkout, whatever the working folder; make its folder."""
    options = {
        "timeout": 20,
        # A transaction takes the write lock at once: one that upgrades later cannot wait for it.
        "transaction_mode": "IMMEDIATE",
        "init_command": " ".join(SQLITE_START.split()),
    }
    in_memory = database["NAME"] == ":memory:"
    path = Path(base, database["NAME"])
    if not in_memory:
        path.parent.mkdir(parents=True, exist_ok=True)
    return {
        **database,
        "ENGINE": "moderation_site.sqlite",
        "NAME": ":memory:" if in_memory else str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {**options, **database.get("OPTIONS", {})},
        # A file, so that the tests' threads see one database.
        "TEST": {"NAME": str(base / "var" / f"{TEST_NAME}.sqlite3")},
    }
