"""Say which outside services answer; `python -m tests.services NAME…` exits 1 if one does not."""

import os
import shutil
import socket
import sys
from urllib.parse import urlsplit


def redis_of_its_own(url: str) -> str:
    """Return the Redis database of this worker of the test run: each counts down from the first."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    server, _, database = url.rpartition("/")
    return f"{server}/{int(database) - worker}"


ADDRESSES = {
    "postgresql": os.environ.get("TEST_POSTGRES_URL")
    or "postgresql://postgres@127.0.0.1:5432/postgres",
    "redis": redis_of_its_own(os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379/15"),
    "rabbitmq": os.environ.get("TEST_AMQP_URL") or "amqp://guest:guest@127.0.0.1:5672/",
}
#: Debian's name first; TEST_CHROMIUM names another one.
#: The first has no windows of its own to draw: pages open in half the time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PORTS = {"postgresql": 5432, "redis": 6379, "rabbitmq": 5672}


def chromium() -> str | None:
    """Return the path of the browser that the tests drive; None if there is none."""
    named = os.environ.get("TEST_CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


def answers(name: str) -> bool:
    if name == "chromium":
        return chromium() is not None
    url = urlsplit(ADDRESSES[name])
    try:
        socket.create_connection((url.hostname, url.port or PORTS[name]), timeout=1).close()
    except OSError:
        return False
    return True


def missing(names: list[str]) -> list[str]:
    return [name for name in names if not answers(name)]


def place(name: str) -> str:
    """Return host and port, without the password that the address may hold."""
    if name == "chromium":
        return "TEST_CHROMIUM or the path"
    url = urlsplit(ADDRESSES[name])
    return f"{url.hostname}:{url.port or PORTS[name]}"


def main(names: list[str]) -> int:
    gone = missing(names)
    for name in gone:
        sys.stdout.write(f"Missing service: {name} at {place(name)}\n")
    return 1 if gone else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(ADDRESSES)))
