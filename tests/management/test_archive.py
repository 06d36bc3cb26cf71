"""Backup, restore and the move to another database: all rows, one moment, nothing altered."""

import gzip
import io
import json
import os
import sqlite3
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone
from django.utils.module_loading import import_string

from moderation.lib.errors import Conflict, Invalid
from moderation.management.archive import head, models_kept, read_archive, write_archive
from moderation.management.sealed_file import Sealing, Unsealing
from moderation.models import AuditEntry, ModerationLog, Project, WebSession
from tests.dumps import POSTGRES, manage
from tests.e2e.servers import ROOT, environment_of
from tests.factories import make_caller, make_item, make_project, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.standalone]
SECOND = "second"
PASSWORD = "a sentence that is long"


@pytest.fixture
def second(tmp_path):
    """An empty, migrated database beside the tests' own; yields its alias and its file."""
    if connection.vendor != "sqlite":
        pytest.skip("copies the tests' own SQLite file")
    path = tmp_path / "second.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    wanted = import_string(settings.DATABASE_OF_URL)(f"sqlite:///{path}")
    made = connections.configure_settings({"default": wanted})["default"]
    connections.databases[SECOND] = made
    # Django allows tests only connections that are open already, beside the default one.
    connections[SECOND].connect()
    yield path
    connections[SECOND].close()
    del connections[SECOND], connections.databases[SECOND]


@pytest.fixture
def arena(second):
    """A project with everything that a day brings, made after the empty copy."""
    project = make_project("arena")
    make_item(project, user_id="zoë 🙂")
    make_caller(project, "owner", "noor").user.user_permissions.add(Permission.objects.first())
    sign_in(project, "viewer", "omar")
    return project


def packed(alias="default"):
    file = io.BytesIO()
    sums = dict(write_archive(file, alias, timezone.now()))
    file.seek(0)
    return file, sums


def load(file, alias=SECOND):
    return dict(read_archive(file, alias))


def lines(file):
    with gzip.GzipFile(fileobj=file) as unpacked:
        return unpacked.read().splitlines(keepends=True)


def repacked(changed):
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb") as unpacked:
        unpacked.writelines(changed)
    file.seek(0)
    return file


def test_everything_comes_back_as_it_was(arena):
    file, sums = packed()
    assert load(file) == sums
    log, copy = ModerationLog.objects.get(), ModerationLog.objects.using(SECOND).get()
    fields = [field.attname for field in ModerationLog._meta.concrete_fields]
    assert [getattr(log, name) for name in fields] == [getattr(copy, name) for name in fields]
    noor = User.objects.using(SECOND).get(username="noor")
    assert noor.user_permissions.using(SECOND).count() == 1
    assert sums["moderation_moderationlog"].rows == 1


def test_encrypted_texts_come_back_without_a_key(arena, settings):
    settings.CONTENT_ENCRYPTION_KEYS = ["first-key-0123456789-abcdefghijkl"]
    text = make_item(arena, "Shut up xylophone").log.content
    settings.CONTENT_ENCRYPTION_KEYS = []
    file, sums = packed()
    assert b"xylophone" not in b"".join(lines(file))
    file.seek(0)
    assert load(file) == sums
    settings.CONTENT_ENCRYPTION_KEYS = ["first-key-0123456789-abcdefghijkl"]
    texts = ModerationLog.objects.using(SECOND).values_list("content", flat=True)
    assert text in set(texts)


def test_new_rows_get_keys_after_the_restored_ones(arena):
    load(packed()[0])
    newest = AuditEntry.objects.order_by("-pk").first().pk
    made = AuditEntry.objects.using(SECOND).create(
        actor="x", action="y", object_type="z", object_id="1"
    )
    assert made.pk > newest


def test_nobody_is_signed_in_after_a_restore(arena):
    assert WebSession.objects.exists()
    load(packed()[0])
    assert not WebSession.objects.using(SECOND).exists()


def test_every_table_is_kept_or_left_out_on_purpose():
    tables = {model._meta.db_table for model in models_kept()}
    left_out = set(connection.introspection.django_table_names()) - tables
    assert left_out == {"django_session", "moderation_lease", "moderation_websession"}


def test_backup_is_of_one_moment(arena):
    file = io.BytesIO()
    steps = write_archive(file, "default", timezone.now())
    next(steps)
    with sqlite3.connect(connection.settings_dict["NAME"], timeout=5) as other:
        other.execute("UPDATE moderation_project SET name = 'later'")
    dict(steps)
    file.seek(0)
    load(file)
    assert Project.objects.get().name == "later"
    assert Project.objects.using(SECOND).get().name == "arena"


# --- Refusals


def test_full_database_is_not_written_over(arena):
    file, _ = packed()
    with pytest.raises(Conflict, match="holds projects"):
        load(file, "default")
    assert Project.objects.count() == 1


def test_backup_of_another_version_is_refused(arena):
    rows = lines(packed()[0])
    head = json.loads(rows[0])
    head["migrations"].append(["moderation", "9999_future"])
    with pytest.raises(Conflict, match="other migrations"):
        load(repacked([json.dumps(head).encode() + b"\n", *rows[1:]]))


@pytest.mark.slow
def test_a_database_without_tables_is_to_be_migrated_first(tmp_path):
    """It was said to need another version, which nobody would find."""
    environment = environment_of(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    path = tmp_path / "backup.gavel"
    path.write_bytes(repacked([json.dumps(head("default")).encode() + b"\n"]).getvalue())
    command = [sys.executable, "manage.py", "restore", str(path)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert (done.returncode, b"run manage.py migrate first" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    "damage",
    [
        lambda rows: [row.replace(b"arena", b"erena") for row in rows],
        lambda rows: [row for row in rows if b"zo\\u00eb" not in row],
        lambda rows: rows[:-1],
        lambda rows: rows[: len(rows) // 2],
        lambda rows: [b"nonsense\n"],
        lambda rows: [b"[]\n"],
        lambda rows: [],
    ],
    ids=["altered", "row gone", "end gone", "half", "nonsense", "list", "empty"],
)
def test_damaged_backup_is_refused_and_leaves_nothing(arena, damage):
    file = repacked(damage(lines(packed()[0])))
    with pytest.raises(Invalid):
        load(file)
    assert not Project.objects.using(SECOND).exists()


# --- Commands


def test_backup_is_for_its_owner_alone_and_overwrites_nothing(arena, tmp_path, capsys):
    path = tmp_path / "gavel.backup"
    call_command("backup", str(path), format="json")
    told = json.loads(capsys.readouterr().out)
    assert told["tables"]["moderation_project"] == 1
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(path))
    assert [file.name for file in tmp_path.glob("gavel*")] == ["gavel.backup"]


def test_encrypted_backup_needs_its_password(arena, tmp_path, monkeypatch):
    path = tmp_path / "sealed"
    monkeypatch.setenv("SECRET", PASSWORD)
    call_command("backup", str(path), password_env="SECRET")
    assert b"arena" not in path.read_bytes()
    with pytest.raises(CommandError, match="encrypted"):
        call_command("restore", str(path))
    monkeypatch.setenv("SECRET", "wrong sentence")
    with pytest.raises(CommandError, match="password is wrong"):
        call_command("restore", str(path), password_env="SECRET")
    monkeypatch.setenv("SECRET", PASSWORD)
    with pytest.raises(CommandError, match="holds projects"):
        call_command("restore", str(path), password_env="SECRET")


@pytest.mark.parametrize(
    "password",
    [pytest.param("", id="plain", marks=pytest.mark.slow), pytest.param(PASSWORD, id="encrypted")],
)
def test_restore_command_brings_everything_back(arena, second, tmp_path, monkeypatch, password):
    words = ["--password-env", "SECRET"] if password else []
    monkeypatch.setenv("SECRET", PASSWORD)
    path = tmp_path / "gavel.backup"
    call_command("backup", str(path), *words, stdout=io.StringIO())
    connections[SECOND].close()
    told = json.loads(
        manage(f"sqlite:///{second}", "restore", str(path), *words, "--format", "json")
    )
    assert told["tables"]["moderation_moderationlog"] == 1
    assert told["rows"] == sum(told["tables"].values())
    connections[SECOND].connect()
    assert dict(write_archive(io.BytesIO(), SECOND, timezone.now())) == packed()[1]


def here():
    """Return the URL of the tests' own database."""
    return f"sqlite:///{connection.settings_dict['NAME']}"


@pytest.mark.slow
def test_move_to_another_database(arena, second):
    connections[SECOND].close()
    told = manage(here(), "move_database", f"sqlite:///{second}", "--format", "json")
    assert json.loads(told)["tables"]["moderation_moderationlog"] == 1
    with sqlite3.connect(second) as moved:
        assert moved.execute("SELECT slug FROM moderation_project").fetchall() == [("arena",)]
    with pytest.raises(CommandError, match="must be sqlite"):
        call_command("move_database", "mysql://localhost/x")


# --- Encryption


def sealed(data, password=PASSWORD):
    file = io.BytesIO()
    sealing = Sealing(file, password)
    sealing.write(data)
    sealing.close()
    return file.getvalue()


def unsealed(data, password=PASSWORD):
    with io.BufferedReader(Unsealing(io.BytesIO(data), password)) as file:
        return file.read()


@pytest.mark.parametrize("length", [0, 1, 1024 * 1024, 1024 * 1024 + 1, 2 * 1024 * 1024])
def test_what_was_sealed_is_read_again(length):
    data = os.urandom(length)
    assert unsealed(sealed(data)) == data


@pytest.mark.slow
def test_altered_cut_or_joined_pieces_are_refused():
    data = sealed(os.urandom(2 * 1024 * 1024 + 5))
    head, piece = 15 + 16, 1024 * 1024 + 16
    flipped = bytearray(data)
    flipped[head + 7] ^= 1
    swapped = data[:head] + data[head + piece : head + 2 * piece] + data[head : head + piece]
    wrong = [bytes(flipped), data[:-1], data[: head + piece], data[:head], swapped, data + b"x"]
    for one in wrong:
        with pytest.raises(Invalid):
            unsealed(one)


def test_short_password_is_refused():
    with pytest.raises(Invalid, match="12 characters"):
        sealed(b"", "short")


@pytest.fixture
def postgres_url():
    """A new, empty PostgreSQL database."""
    name = f"moved_{os.getpid()}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield f"{POSTGRES.rpartition('/')[0]}/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.services("postgresql")
@pytest.mark.slow
def test_sqlite_moves_to_postgresql_and_back(arena, second, postgres_url, tmp_path):
    manage(here(), "move_database", postgres_url)
    wanted = import_string(settings.DATABASE_OF_URL)(postgres_url)
    connections.databases["pg"] = connections.configure_settings({"default": wanted})["default"]
    connections["pg"].connect()
    try:
        file, sums = packed("pg")
        assert load(file) == sums
        assert sums == packed()[1]
    finally:
        connections["pg"].close()
        del connections["pg"], connections.databases["pg"]
