"""Dumps of the database as it was in earlier versions, and how this version's dump is made.

`python -m tests.dumps NAME` writes NAME-sqlite.sql and NAME-postgresql.sql to tests/data/databases
(the second needs PostgreSQL and its client programs). Later migrations are tested against them.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "data" / "databases"
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
SCRATCH = f"gavel_dump_{os.getpid()}"
POSTGRES_SCRATCH = f"{POSTGRES.rsplit('/', 1)[0]}/{SCRATCH}"


def manage(url, *arguments):
    """Run a command of manage.py on the database; return what it prints."""
    environment = {**os.environ, "DEBUG": "true", "DATABASE_URL": url, "REDIS_URL": ""}
    command = [sys.executable, "manage.py", *arguments]
    run = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return run.stdout


def restore_sqlite(dump, file):
    with sqlite3.connect(file) as database:
        database.executescript(dump.read_text())
    database.close()


def restore_postgres(dump):
    """Fill the scratch database; psql's own commands in the dump are left out."""
    lines = [line for line in dump.read_text().splitlines() if not line.startswith("\\")]
    with psycopg.connect(POSTGRES_SCRATCH) as database:
        database.execute("\n".join(lines))


def make_scratch():
    drop_scratch()
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{SCRATCH}"')


def drop_scratch():
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{SCRATCH}" WITH (FORCE)')


FILL = """
from tests.factories import BLOCKED, FLAGGED, make_caller, make_item, make_log, make_project
from moderation import rules
from moderation.accounts.keys import create_key
from moderation.delivery import relay
from django.utils import timezone
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.undo import undo
from reviews.queue import claims
now = timezone.now()
project = make_project("forum")
noor = make_caller(project, "moderator", "noor")
create_key(project, name="app", scopes=["check", "read"], actor="noor")
rules.add_word(project, "noor", {"word": "zorp", "language": "*", "category": "other",
                                 "severity": "high"})
rules.trust_author(project, "noor", "goodsoul")
rules.allow_phrase(project, "noor", "damn fine coffee")
rules.change_policy(project, "noor", {"strike_days": 20})
make_log(project)
for number in range(3):
    make_log(project, f"{BLOCKED} {number}", user_id="rough")
items = [make_item(project, f"{FLAGGED} {number}") for number in range(4)]
decide(items[0].pk, DecisionRequest(ruling="approve"), noor, now=now)
decide(items[1].pk, DecisionRequest(ruling="reject"), noor, now=now)
undo(items[1].pk, noor, now=now)
claims.claim(items[2].pk, noor, now=now)
relay.run_once()
"""


def fill(url):
    manage(url, "migrate", "--verbosity", "0")
    manage(url, "shell", "--no-imports", "--command", FILL)


def write(name):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "dump.sqlite3"
        fill(f"sqlite:///{file}")
        with sqlite3.connect(file) as database:
            lines = list(database.iterdump())
        (FOLDER / f"{name}-sqlite.sql").write_text("\n".join(lines) + "\n")
    make_scratch()
    fill(POSTGRES_SCRATCH)
    pg_dump = shutil.which("pg_dump") or "pg_dump"
    options = ["--no-owner", "--no-privileges", "--inserts"]
    run = subprocess.run([pg_dump, *options, POSTGRES_SCRATCH], check=True, capture_output=True)
    (FOLDER / f"{name}-postgresql.sql").write_bytes(run.stdout)
    drop_scratch()


if __name__ == "__main__":
    write(sys.argv[1])
