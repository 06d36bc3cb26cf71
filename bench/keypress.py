"""Time a decision in the browser: from the key's press to the next item painted, and to it claimed.

The reference is the same step without JavaScript's help: loading the next item's page whole. Both
take turns in one browser against one server, so that a busy machine spoils both alike.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import httpx  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from tests.e2e.servers import LiveServer, environment_of  # noqa: E402
from tests.services import chromium  # noqa: E402

STEPS = 60
#: A person looks at an item before they decide; a press within 250 ms of the last is ignored.
READ_MS = 300
WARM_UP = 5
QUEUE = "/p/arena/queue?channel=bench&sort=oldest"
#: Resolves with the milliseconds from the press to the frame after the one with the next item, and
#: to the one after which it may be decided.
WATCH = """() => {
  const head = () => document.querySelector("#item .item-head")?.dataset.review;
  const before = head();
  const isNext = () => head() && head() !== before;
  const isOurs = () => isNext() && document.querySelector("#item [data-release]:not(.covered *)");
  const frame = (is, then) => is()
    ? requestAnimationFrame(then)
    : requestAnimationFrame(() => frame(is, then));
  window.pressed = new Promise((resolve) => {
    addEventListener("keydown", (event) => {
      const since = () => performance.now() - event.timeStamp;
      frame(isNext, () => {
        const painted = since();
        frame(isOurs, () => resolve([painted, since()]));
      });
    }, { once: true, capture: true });
  });
}"""


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        database = f"sqlite:///{place}/bench.sqlite3"
        facts = staged(database)
        server = LiveServer(database, Path(place, "log"), OPEN_PROJECT="")
        server.start()
        try:
            fill(server.url, facts["key"])
            report(*measured(server.url, facts["sessions"]["noor"]))
        finally:
            server.stop()


def staged(database: str) -> dict:
    command = [sys.executable, "-m", "tests.browser.stage"]
    environment = environment_of(database, DJANGO_SETTINGS_MODULE="moderation_site.settings")
    made = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return json.loads(made.stdout)


def fill(url: str, key: str) -> None:
    """Open more reviews than are decided."""
    messages = [
        {
            "message_id": f"bench-{number}",
            "user_id": f"player-{number}",
            "channel_id": "bench",
            "content": f"you loser, that was round {number}",
        }
        for number in range(2 * STEPS + WARM_UP + 10)
    ]
    for start in range(0, len(messages), 100):
        batch = {"messages": messages[start : start + 100]}
        address = f"{url}/api/v1/moderation/check/batch"
        httpx.post(address, json=batch, headers={"X-API-Key": key}, timeout=60).raise_for_status()


def measured(url: str, session: str) -> tuple[list[list[float]], list[float]]:
    """Return the milliseconds of each press (painted, claimed), and of each load of a page."""
    presses: list[list[float]] = []
    loads: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=url)
        context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        page, other = context.new_page(), context.new_page()
        page.goto(QUEUE)
        page.locator("#rows .qrow-text").first.click()
        page.get_by_text("Yours for").wait_for()
        for step in range(WARM_UP + STEPS):
            page.bring_to_front()
            page.wait_for_timeout(READ_MS)
            took = press(page)
            if step >= WARM_UP:
                presses.append(took)
                loads.append(load(other, page.url))
        browser.close()
    return presses, loads


def press(page: Page) -> list[float]:
    page.evaluate(WATCH)
    page.keyboard.press("d")
    return page.evaluate("window.pressed")


def load(page: Page, address: str) -> float:
    page.bring_to_front()
    page.goto(address, wait_until="load")
    return page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")


def report(presses: list[list[float]], loads: list[float]) -> None:
    painted, claimed = (list(column) for column in zip(*presses, strict=True))
    print(f"{'':28}{'median':>10}{'p95':>10}{'ratio':>8}")
    for name, found in (
        ("key press to next item", painted),
        ("key press to it claimed", claimed),
        ("whole page of the item", loads),
    ):
        ratio = median(found) / median(loads)
        print(
            f"{name:28}{median(found):>7.0f} ms{quantiles(found, n=20)[-1]:>7.0f} ms{ratio:>8.2f}"
        )


if __name__ == "__main__":
    main()
