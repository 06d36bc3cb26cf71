"""Time the queue's page with 10,000 open items against the same page with 100.

The server's own time: the whole request through all middleware, in one process and without a
socket. Both projects lie in one database and take turns, so that a busy machine spoils both alike.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.databases import DATABASES, has_postgresql  # noqa: E402


def main() -> None:
    for name in DATABASES if has_postgresql() else ["SQLite"]:
        print(name, flush=True)
        with DATABASES[name]() as url:
            environment = {
                **os.environ,
                "DATABASE_URL": url,
                "DEBUG": "true",  # for the unhashed static files; switched off once it is set up
                "DJANGO_SETTINGS_MODULE": "moderation_site.settings",
                "LOG_LEVEL": "ERROR",
                "PYTHONPATH": str(ROOT),
            }
            command = [sys.executable, str(ROOT / "bench" / "queue_timing.py")]
            subprocess.run(command, check=True, env=environment, cwd=ROOT)


if __name__ == "__main__":
    main()
