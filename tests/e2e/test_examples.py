"""The docs' examples run, page by page, and answer in the shape that the page shows."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from tests.e2e import examples
from tests.e2e.servers import ROOT, LiveServer, environment_of
from tests.test_docs import api_addresses

pytestmark = [pytest.mark.slow, pytest.mark.standalone]

#: What does not run here: a page and the first words of its examples, and why.
NOT_RUN = {
    ("README.md", "make run"): "starts and tests the whole installation",
    ("README.md", ". .venv/bin/activate"): "commands, which have tests of their own",
    ("README.md", "python3 -m venv"): "run by test_production.py",
    ("api.md", "export GAVEL="): "says where the server and its key are, which the test knows",
    ("accuracy.md", ""): "measures for minutes, on texts of others",
    ("commands.md", ""): "commands, which have tests of their own",
    ("detoxify.md", ""): "installs and exports models of some gigabytes",
    ("learning.md", "python manage.py train_model"): "a command, which has tests of its own",
    ("deployment.md", ""): "installs services and containers",
    ("discord.md", ""): "installs and starts a bot, which has tests of its own",
    ("rabbitmq.md", ""): "needs a broker, and has tests of its own",
    ("moving-from-auraflow.md", "// before"): "part of a page in a browser",
    ("moving-from-perspective.md", "python manage.py"): "run by test_moving_guide.py",
    ("moving-from-perspective.md", "sed "): "run by test_moving_guide.py",
    ("onnx.md", ""): "downloads and exports a model of some hundred megabytes",
    ("realtime.md", "import { io }"): "needs socket.io-client, which test_older_clients.py runs",
}
#: Read by people, in a browser.
NO_AREAS = {"docs", "redoc", "openapi.json"}


def reason_of(example):
    for (page, begin), reason in NOT_RUN.items():
        if example.page == page and example.text.startswith(begin):
            return reason
    return None


def those_that_run(page):
    return [example for example in examples.examples_of(page) if not reason_of(example)]


PAGES = [page for page in examples.pages() if those_that_run(page)]


NATIVE = [page for page in PAGES if "gavel = httpx.Client(" in page.read_text()]


def areas():
    """Return the first part of each address of the native API."""
    found = {path.removeprefix("/api/v1/").split("/")[0] for path in api_addresses()}
    return sorted(found - NO_AREAS)


@pytest.mark.parametrize("area", areas())
def test_each_area_is_called_in_an_example(area):
    call = re.compile(rf'["/]{area}(?=["/?])')
    assert any(call.search(example.text) for page in PAGES for example in those_that_run(page))


@pytest.mark.parametrize("page", NATIVE, ids=lambda page: page.stem)
def test_page_of_an_area_calls_by_curl_and_in_python(page):
    kinds = {example.kind for example in those_that_run(page)}
    assert kinds == {"bash", "python"}


@pytest.mark.parametrize(("page", "begin"), NOT_RUN, ids=str)
def test_what_does_not_run_is_there(page, begin):
    found = examples.examples_of(next(one for one in examples.pages() if one.name == page))
    assert any(example.text.startswith(begin) for example in found)


@pytest.mark.parametrize(
    ("shown", "got", "told"),
    [
        ({"a": 1}, {"a": 2.5}, []),
        ({"a": 1}, {"a": "1"}, ["$.a is '1', shown is 1"]),
        ({"a": True}, {"a": 1}, ["$.a is 1, shown is True"]),
        ({"a": 1}, {}, ["$.a is not there"]),
        ({}, {"a": 1}, ["$.a is not shown"]),
        ({"…": 0}, {"a": 1}, []),
        ({"a": None}, {"a": 1}, []),
        ([{"a": 1}], [{"a": 1}, {"b": 1}], ["$[1].a is not there", "$[1].b is not shown"]),
        ([1], [], ["$ is empty"]),
        ([], [1], []),
        ({"a": []}, {"a": {}}, ["$.a is {}, shown is []"]),
    ],
    ids=str,
)
def test_another_shape_is_noticed(shown, got, told):
    assert examples.misfits(shown, got) == told


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return what an example needs of its surroundings: the server's address and two keys."""
    place = tmp_path_factory.mktemp("site")
    database = f"sqlite:///{place}/examples.sqlite3"
    known = environment_of(database, DJANGO_SETTINGS_MODULE="moderation_site.settings")
    made = subprocess.run(
        [sys.executable, "-m", "tests.e2e.examples_stage"],
        cwd=ROOT, env=known, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    limits = {"RATE_LIMIT_REQUESTS_PER_MINUTE": "1000"}
    server = LiveServer(database, place / "log", OPEN_PROJECT="demo", **limits)
    server.start()
    # Examples use the Python client without installing it.
    yield {**known, "PYTHONPATH": str(ROOT), "GAVEL": server.url, **json.loads(made.stdout)}
    server.stop()


@pytest.mark.skipif(not shutil.which("curl"), reason="missing program: curl")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples_of_a_page_run(page, site, tmp_path):
    found = those_that_run(page)
    # Clients of other services show their keys in addresses, where none may have `admin`.
    key = site["app_key"] if page.stem.startswith("moving-from") else site["key"]
    printed = examples.run(found, tmp_path, **{**site, "KEY": key, "ADMIN_KEY": site["key"]})
    wrong = {
        example.text: examples.misfits(
            json.loads(example.shown), json.loads(printed[example.number])
        )
        for example in found
        if example.shown
    }
    assert {text: told for text, told in wrong.items() if told} == {}
