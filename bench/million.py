"""Time every list and figure on a million messages on PostgreSQL, first pages and deep ones.

The server's own time: the whole request through all middleware, in one process and without a
socket. Bold: a goal is missed. `--database URL` keeps what is filled there for the next run.
"""

import argparse
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.databases import postgresql  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", help="of PostgreSQL; filled if it is empty, and kept")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="", help="cases whose name has this")
    options = parser.parse_args()
    with nullcontext(options.database) if options.database else postgresql() as url:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DEBUG": "true",  # for the unhashed static files; switched off once it is set up
            "DJANGO_SETTINGS_MODULE": "moderation_site.settings",
            "LOG_LEVEL": "ERROR",
            "PYTHONPATH": str(ROOT),
            "TOXICITY_MODEL": "off",
        }
        command = [sys.executable, str(ROOT / "bench" / "million_timing.py")]
        options_of_it = ["--rows", str(options.rows), "--only", options.only]
        subprocess.run([*command, *options_of_it], check=True, env=environment, cwd=ROOT)


if __name__ == "__main__":
    main()
