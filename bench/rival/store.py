"""The rival's table, in PostgreSQL or SQLite; a check is stored before it is answered."""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol, cast

import aiosqlite
import asyncpg

TABLE = """
    CREATE TABLE IF NOT EXISTS checks (
        id {id} PRIMARY KEY, message_id TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL,
        channel_id TEXT NOT NULL, content TEXT NOT NULL, verdict TEXT NOT NULL,
        words TEXT NOT NULL, created_at {time} NOT NULL DEFAULT {now}
    )
"""
COLUMNS = "id, message_id, user_id, channel_id, content, verdict, words"
Rows = Sequence[tuple[Any, ...]]


class Store(Protocol):
    async def add(self, rows: Rows, /) -> None: ...
    async def close(self) -> None: ...


class PostgreSQL:
    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def add(self, rows: Rows) -> None:
        statement = f"INSERT INTO checks ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)"  # noqa: S608
        async with self._pool.acquire() as connection:
            if len(rows) == 1:
                await connection.execute(statement, *rows[0])
            else:
                await connection.executemany(statement, rows)

    async def close(self) -> None:
        await self._pool.close()


class SQLite:
    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        #: One transaction at a time.
        self._lock = asyncio.Lock()

    async def add(self, rows: Rows) -> None:
        statement = f"INSERT INTO checks ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        async with self._lock:
            await self._connection.executemany(statement, rows)
            await self._connection.commit()

    async def close(self) -> None:
        await self._connection.close()


async def open_store(url: str) -> Store:
    """Return the store at this address, with its table."""
    if url.startswith("sqlite"):
        connection = await aiosqlite.connect(url.removeprefix("sqlite:///"))
        await connection.execute("PRAGMA journal_mode=WAL")
        await connection.execute("PRAGMA synchronous=NORMAL")
        now = "CURRENT_TIMESTAMP"
        await connection.execute(TABLE.format(id="TEXT", time="TEXT", now=now))
        return SQLite(connection)
    pool = await asyncpg.create_pool(url, min_size=4, max_size=16)
    async with pool.acquire() as started:
        await started.execute(TABLE.format(id="UUID", time="TIMESTAMPTZ", now="now()"))
    return cast("Store", PostgreSQL(pool))
