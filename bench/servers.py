"""Start the product's server as a process of its own, and read what it used of the processor."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120.0
STOP_SECONDS = 15.0
#: What the server still does for answered requests (the relay) belongs to their cost.
SETTLE_SECONDS = 3.0
LOOK_SECONDS = 0.2
#: Below this share of one core the server rests.
REST_RATIO = 0.05
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
#: The product's own command; other applications are served by uvicorn as it comes.
PRODUCT = ("manage.py", "serve")
RIVAL = ("-m", "uvicorn", "bench.rival.app:app", "--no-access-log")
OPTIONS = ("--no-access-log", "--no-proxy-headers", "--ws-per-message-deflate", "false")


@dataclass(frozen=True)
class Server:
    port: int
    pid: int
    #: An API key with the scopes `check` and `read`.
    key: str
    #: Another tenant's key, which may do all.
    other_key: str = ""

    def cpu_seconds(self) -> float:
        """Return the user and system time of the process with all its threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND

    def memory_mb(self) -> float:
        """Return the process's memory that is in use (VmRSS)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def settle(self, most: float = SETTLE_SECONDS) -> None:
        """Wait until the server rests, so many seconds at most."""
        until = time.monotonic() + most
        while time.monotonic() < until:
            before = self.cpu_seconds()
            time.sleep(LOOK_SECONDS)
            if self.cpu_seconds() - before <= LOOK_SECONDS * REST_RATIO:
                return


@contextmanager
def serving(database_url: str) -> Iterator[Server]:
    """Serve an empty database as in production, in one process."""
    environment = environment_of(database_url)
    keys = _seeded(environment)
    with running(PRODUCT, environment) as (port, pid):
        yield Server(port, pid, *keys)


@contextmanager
def rivalling(database_url: str, key: str) -> Iterator[Server]:
    """Serve the rival with an empty database of its own and this key."""
    environment = {**environment_of(database_url), "RIVAL_KEY": key}
    with running(RIVAL, environment) as (port, pid):
        yield Server(port, pid, key)


@contextmanager
def running(
    command: tuple[str, ...], environment: dict[str, str], options: tuple[str, ...] = ()
) -> Iterator[tuple[int, int]]:
    """Run a server's command with a port; yield port and process number once it answers."""
    port = _free_port()
    command = (*command, "--port", str(port), *options)
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
        try:
            _wait_for(process, port, output)
            yield port, process.pid
        finally:
            _stop(process)


def environment_of(database_url: str) -> dict[str, str]:
    """Return the environment of a server in production; what a `.env` may set is set here."""
    return {
        **os.environ,
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": database_url,
        "DEBUG": "false",
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "INFO",
        "OPEN_PROJECT": "",
        "PYTHONPATH": str(ROOT),
        "REDIS_URL": "",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "TRUSTED_PROXIES": "",
        # The clients share one address.
        "WS_MAX_CONNECTIONS_PER_IP": "5000",
    }


def _seeded(environment: dict[str, str]) -> list[str]:
    command = [sys.executable, "-m", "bench.seed"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.split()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(process: subprocess.Popen[bytes], port: int, output: IO[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    output.seek(0)
    sys.exit(f"The server did not start:\n{output.read().decode()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
