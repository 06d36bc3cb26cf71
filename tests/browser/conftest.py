"""A real server with people and content, and Chromium to look at it."""

import json
import shutil
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

from tests.databases import locked
from tests.e2e.servers import ROOT, LiveServer, environment_of
from tests.services import chromium

PATIENCE_MS = 60_000
#: Longer than the page ignores a second press (`GUARD_MS` in static/js/double-press.js).
READ_MS = 300
LOOK_MS = 20
REPLACED = ("htmx:afterRequest", "htmx:sendAbort")
DATABASE, FACTS = "site.sqlite3", "facts.json"
SIZES = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


def wait_for_first(page, held):
    """Wait until a held-back request is known here: the page may be a step ahead of that."""
    for _ in range(PATIENCE_MS // LOOK_MS):
        if held:
            return
        page.wait_for_timeout(LOOK_MS)
    pytest.fail("no request was made")


def intercept_from_start(page):
    """Let this page's requests be held back by a route that is added while it is open.

    Without a route from before the page was loaded, the first request after `page.route` may leave
    unseen: chromium tells the page only then to ask for each request.
    """
    page.route("**/no-such-page", lambda route: route.continue_())


class Complaints:
    """Collects what a page complains of until its browser is closed."""

    def __init__(self, collected):
        self._collected = collected
        self.is_over = False

    def __call__(self, text):
        # A request that a newer one replaced; one that failed has an error of its own.
        if not self.is_over and not text.startswith(REPLACED):
            self._collected.append(text)


class Site:
    """The server, its people's sessions, and what their browsers complained of."""

    def __init__(self, server, facts, browser):
        self.url = server.url
        self.server = server
        self.facts = facts
        self.complaints = []
        self._browser = browser
        self._facts = facts

    def call(self, path, body):
        """Post to the API as an app would; return the answer."""
        headers = {"X-API-Key": self.facts["key"], "Content-Type": "application/json"}
        asked = urllib.request.Request(
            f"{self.url}/api/v1/{path}", json.dumps(body).encode(), headers
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return json.load(answer)

    @contextmanager
    def page(self, name="ada", *, theme="light", size="wide", **options):
        """Open a browser of its own, signed in as this person."""
        context = self._browser.new_context(
            viewport=SIZES[size], color_scheme=theme, base_url=self.url, **options
        )
        if name:
            session = self._facts["sessions"][name]
            context.add_cookies([{"name": "sessionid", "value": session, "url": self.url}])
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        # What closing the browser cuts off is no fault of the page.
        complain = self._listen(page)
        try:
            yield page
        finally:
            complain.is_over = True
            context.close()

    def _listen(self, page):
        complain = Complaints(self.complaints)
        page.on("console", lambda said: said.type == "error" and complain(said.text))
        page.on("pageerror", lambda error: complain(str(error)))
        page.on("request", lambda asked: self._look(asked.url))
        return complain

    def _look(self, url):
        if not url.startswith((self.url, "data:", "blob:")):
            self.complaints.append(f"asked another host: {url}")


@pytest.fixture(scope="package")
def browser():
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox"], timeout=3 * PATIENCE_MS
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def stage(run_folder):
    """The folder of a filled database and of what lies in it; one for all workers of a run."""
    place = run_folder / "stage"
    place.mkdir(exist_ok=True)
    with locked(place):
        if not (place / FACTS).exists():
            environment = environment_of(f"sqlite:///{place / DATABASE}", PYTHONHASHSEED="1")
            command = [sys.executable, "-m", "tests.browser.stage"]
            filled = subprocess.run(
                command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
            )
            (place / FACTS).write_text(filled.stdout)
    return place


@pytest.fixture(scope="module")
def site(tmp_path_factory, stage, browser):
    """A server on a copy of the stage; one for each file, so that order matters little."""
    place = tmp_path_factory.mktemp("site")
    shutil.copy(stage / DATABASE, place)
    server = LiveServer(f"sqlite:///{place / DATABASE}", place / "log")
    server.start()
    yield Site(server, json.loads((stage / FACTS).read_text()), browser)
    server.stop()


@pytest.fixture
def visit(site):
    """Return a function that opens pages; afterwards no browser may have complained."""
    site.complaints.clear()
    yield site.page
    assert site.complaints == []
