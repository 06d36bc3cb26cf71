"""A real server in a process of its own, to be stopped, killed and started again."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180


#: Each keeps a port from other processes: a server needs seconds until it listens on its own.
_reserved = []


def free_port():
    """Return a port on which a server may listen, and which nobody else gets until we end."""
    reserved = socket.socket()
    reserved.bind(("127.0.0.1", 0))
    # Servers set it too, and may therefore bind a port that is bound but not listened on.
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _reserved.append(reserved)
    return reserved.getsockname()[1]


def environment_of(database_url, **variables):
    """Return the environment of a process that uses this database and no other service."""
    known = {"DATABASE_URL": database_url, "DEBUG": "true", "LOG_LEVEL": "WARNING", "REDIS_URL": ""}
    return {**os.environ, **known, **variables}


class LiveServer:
    """`manage.py serve` on a free port; its output goes to a file.

    uvicorn_level: serve by the `uvicorn` command, with this level for its log.
    """

    def __init__(self, database_url, log_file, uvicorn_level="", **variables):
        self._uvicorn_level = uvicorn_level
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log_file = Path(log_file)
        self._environment = environment_of(database_url, **variables)
        self._process = None

    @property
    def pid(self):
        return self._process.pid

    def start(self):
        """Start and wait until it is ready."""
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port)]
        if self._uvicorn_level:
            options = ["--port", str(self.port), "--no-access-log", "--no-proxy-headers"]
            options += ["--ws-per-message-deflate", "false", "--log-level", self._uvicorn_level]
            command = [sys.executable, "-m", "uvicorn", "moderation_site.asgi:application"]
            command += options
        with self._log_file.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        self.wait_ready()

    def wait_ready(self, seconds=START_SECONDS):
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            assert self._process.poll() is None, self.output()
            assert time.monotonic() < deadline, self.output()
            time.sleep(0.05)

    def is_ready(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self):
        """Ask it to end and wait; does nothing if it ended already."""
        self._end(signal.SIGTERM)

    def kill(self):
        """End it as `kill -9` does, at whatever it is doing."""
        self._end(signal.SIGKILL)

    def output(self):
        return self._log_file.read_text(errors="replace")

    def _end(self, how):
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(30)
