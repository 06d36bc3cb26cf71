"""Keep what the server stores from the machine's other users."""

import os
from contextlib import suppress
from pathlib import Path

OTHERS = 0o077


def private_folder(path: Path) -> None:
    """Make the folder if it is missing, and close it to other users."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    close_to_others(path)


def private_database(path: Path) -> None:
    """Close an SQLite file to other users, and make it first if it is missing.

    SQLite gives the files beside it (-wal, -shm) the mode that the database has.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        close_to_others(file)


def close_to_others(path: Path) -> None:
    """Remove every right of group and others; do nothing for a file that is missing or not ours."""
    with suppress(FileNotFoundError, PermissionError):
        mode = path.stat().st_mode & 0o777
        if mode & OTHERS:
            path.chmod(mode & ~OTHERS)
