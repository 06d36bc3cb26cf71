"""A server holds no more than it needs: large packages that few servers use are read when used."""

import subprocess
import sys

import pytest

from tests.e2e.servers import ROOT, environment_of

# python-socketio imports aio_pika and redis itself.
HEAVY = {
    "prometheus_client",
    "xlsxwriter",
    "reportlab",
    "torch",
    "onnxruntime",
}
START = "import sys, moderation_site.asgi, moderation_site.urls; print(*sys.modules)"


@pytest.mark.slow
def test_what_few_servers_need_is_not_read_at_the_start(tmp_path):
    environment = environment_of(f"sqlite:///{tmp_path}/empty.sqlite3", REDIS_URL="")
    done = subprocess.run(
        [sys.executable, "-c", START],
        cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    loaded = set(done.stdout.split())
    assert {"django", "moderation.pipeline.moderate", "reviews.reporting.exports"} <= loaded
    assert not loaded & HEAVY
