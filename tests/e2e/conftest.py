"""Databases for servers in processes of their own."""

import random
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.services import ADDRESSES


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services("postgresql"))]
)
def database_url(request, tmp_path):
    """Return the URL of a fresh database, once for each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'live.sqlite3'}"
        return
    name = f"gavel_kill_{random.randrange(16**8):08x}"
    with psycopg.connect(ADDRESSES["postgresql"], autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        yield urlsplit(ADDRESSES["postgresql"])._replace(path=f"/{name}").geturl()
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
