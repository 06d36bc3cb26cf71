"""/metrics: documented names, right figures, and who may read them."""

import json
import re

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.servers import ROOT, LiveServer, free_port
from tests.e2e.stores import stored

pytestmark = pytest.mark.standalone
PAGE = (ROOT / "docs/metrics.md").read_text()
DOCUMENTED = set(re.findall(r"^\| `(gavel_\w+)` \|", PAGE, re.MULTILINE))


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Return a server that has done some checks, and where it serves its metrics."""
    home = tmp_path_factory.mktemp("metrics")
    database_url = f"sqlite:///{home / 'live.sqlite3'}"
    key = stored(database_url, "make", "check")
    port = free_port()
    server = LiveServer(
        database_url,
        home / "server.log",
        ENABLE_METRICS="true",
        METRICS_PORT=str(port),
        PROMETHEUS_MULTIPROC_DIR=str(home / "metrics"),
        RATE_LIMIT_REQUESTS_PER_MINUTE="1",
        OPEN_PROJECT="arena",
    )
    server.start()
    for id_, content in (
        ("1", "Hello"),
        ("2", "flagword"),
        ("3", "Hi"),
        ("4", "blockword"),
        ("1", "Hello"),
    ):
        check(server, {"X-API-Key": key}, id_, content)
    for id_ in ("5", "6", "7"):
        check(server, {}, id_, "Hello")
    yield server, f"http://127.0.0.1:{port}/metrics"
    server.stop()


def check(server, headers, id_, content):
    body = {"message_id": id_, "user_id": f"u{id_}", "channel_id": "c", "content": content}
    httpx.post(f"{server.url}/api/v1/moderation/check", json=body, headers=headers)


def read(url, **headers):
    return httpx.get(url, headers=headers).raise_for_status().text


def figures(text):
    """Return name and labels of each sample → value."""
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.slow
def test_figures_are_those_of_the_checks(served):
    server, own_port = served
    found = figures(read(own_port))
    verdicts = ("allow", "flag", "block")
    assert [found.get(("gavel_checks_total", verdict)) for verdict in verdicts] == [3, 1, 1]
    assert found["gavel_check_seconds_count", "engine"] == 5
    stages = ("pre-check", "rules", "model", "approved")
    assert sum(found.get(("gavel_check_seconds_count", stage), 0) for stage in stages) == 5
    assert found["gavel_rate_limited_total", "address"] == 2
    assert found["gavel_queue_depth", "arena"] == 1
    assert 0 <= found["gavel_queue_oldest_seconds", "arena"] < 3600
    assert found["gavel_model_state", "off"] == 1
    assert found["gavel_relay_state", "running"] + found["gavel_relay_state", "late"] == 1
    assert ("gavel_sink_backlog", "webhooks") in found
    assert figures(read(f"{server.url}/metrics")).keys() >= found.keys()


@pytest.mark.slow
def test_each_metric_is_documented_and_each_documented_one_is_there(served):
    names = {
        line.split()[2].removesuffix("_total") for line in read(served[1]).splitlines()
        if line.startswith("# TYPE")
    }  # fmt: skip
    # Sockets are counted from the first one on.
    assert names | {"gavel_sockets"} == {name.removesuffix("_total") for name in DOCUMENTED}


@pytest.mark.slow
def test_only_programs_on_this_machine_may_read(served):
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        read(f"{served[0].url}/metrics", **{"X-Forwarded-For": "203.0.113.9"})


def test_without_the_setting_there_is_nothing(client):
    assert client.get("/metrics").status_code == 404


def test_the_dashboard_shows_every_metric_and_no_other():
    board = json.loads((ROOT / "deploy/grafana-dashboard.json").read_text())
    asked = " ".join(target["expr"] for panel in board["panels"] for target in panel["targets"])
    names = {name.removesuffix("_bucket") for name in re.findall(r"gavel_\w+", asked)}
    assert names == DOCUMENTED
