"""Databases of earlier versions become today's by `migrate`, with nothing lost."""

import pytest

from tests import dumps

pytestmark = pytest.mark.standalone

SQLITE_DUMPS = sorted(dumps.FOLDER.glob("*-sqlite.sql"))
POSTGRES_DUMPS = sorted(dumps.FOLDER.glob("*-postgresql.sql"))
COUNT = """
from moderation.models import *
from reviews.models import *
models = [Project, Membership, ApiKey, PolicyVersion, ModerationLog, Strike, Ban, ReviewItem,
          Decision, Claim, OutboxEvent, AuditEntry]
print(*[model.objects.exists() for model in models])
"""


def prove(url):
    """Migrate, then see rows of every kind and today's code judging in the old project."""
    dumps.manage(url, "migrate", "--verbosity", "0")
    counted = dumps.manage(url, "shell", "--no-imports", "--command", COUNT)
    judged = dumps.manage(url, "check_text", "you zorp", "--project", "forum")
    return set(counted.split()), judged


@pytest.mark.slow
@pytest.mark.parametrize("dump", SQLITE_DUMPS, ids=lambda dump: dump.stem)
def test_an_earlier_sqlite_database_is_migrated(dump, tmp_path):
    dumps.restore_sqlite(dump, tmp_path / "old.sqlite3")
    counted, judged = prove(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    assert counted == {"True"}
    assert "block" in judged


@pytest.fixture
def scratch():
    dumps.make_scratch()
    yield dumps.POSTGRES_SCRATCH
    dumps.drop_scratch()


@pytest.mark.slow
@pytest.mark.services("postgresql")
@pytest.mark.parametrize("dump", POSTGRES_DUMPS, ids=lambda dump: dump.stem)
def test_an_earlier_postgresql_database_is_migrated(dump, scratch):
    dumps.restore_postgres(dump)
    counted, judged = prove(scratch)
    assert counted == {"True"}
    assert "block" in judged


def test_there_is_a_dump_of_each_kind():
    assert [dump.stem for dump in SQLITE_DUMPS + POSTGRES_DUMPS] == [
        "0.1.0-sqlite",
        "0.1.0-postgresql",
    ]
