"""What the server stores is closed to the machine's other users."""

import os
import stat
from contextlib import closing

import pytest

from moderation_site.databases import database_settings
from moderation_site.env import stored_secret
from moderation_site.sqlite.base import DatabaseWrapper

pytestmark = pytest.mark.django_db  # lets the tests open databases of their own
SQLITE = {"ENGINE": "django.db.backends.sqlite3"}


@pytest.fixture(autouse=True)
def open_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def used(file, base):
    """Write to the database as the server does; return the modes of its files."""
    described = database_settings({**SQLITE, "NAME": str(file)}, base)
    described |= {"TIME_ZONE": None, "AUTOCOMMIT": True, "CONN_HEALTH_CHECKS": False}
    with closing(DatabaseWrapper(described)) as database, database.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS messages (content text)")
        return {path.name: mode(path) for path in sorted(file.parent.glob(f"{file.name}*"))}


FILES = ("gavel.sqlite3", "gavel.sqlite3-shm", "gavel.sqlite3-wal")


def test_a_new_database_is_its_owners_alone(tmp_path):
    var = tmp_path / "var"
    assert used(var / "gavel.sqlite3", tmp_path) == dict.fromkeys(FILES, 0o600)
    assert mode(var) == 0o700


def test_one_that_was_open_is_closed(tmp_path):
    var = tmp_path / "var"
    var.mkdir(mode=0o755)
    (var / "gavel.sqlite3").touch(mode=0o644)
    assert used(var / "gavel.sqlite3", tmp_path) == dict.fromkeys(FILES, 0o600)
    assert mode(var) == 0o700


def test_a_folder_that_is_not_ours_stays_as_it_is(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    assert used(shared / "gavel.sqlite3", tmp_path) == dict.fromkeys(FILES, 0o600)
    assert mode(shared) == 0o755


def test_the_secret_key_is_its_owners_alone(tmp_path):
    stored_secret(tmp_path / "var" / "secret_key")
    assert mode(tmp_path / "var" / "secret_key") == 0o600
    assert mode(tmp_path / "var") == 0o700
