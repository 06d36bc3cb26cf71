"""Take the pictures of README and docs from the demo: `make pictures`."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.servers import ROOT, LiveServer, environment_of
from tests.services import chromium

IMAGES = ROOT / "docs" / "images"
TRAFFIC_SECONDS = 12
TEXT = "Eres un 1d10ta, escríbeme a juan@example.com si te atreves"
#: What is pictured: a name, how to come there, the theme and the window.
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def main():
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        database = f"sqlite:///{place}/demo.sqlite3"
        environment = environment_of(
            database, OPEN_PROJECT="demo", DJANGO_SETTINGS_MODULE="moderation_site.settings"
        )
        server = LiveServer(database, Path(place, "log"), OPEN_PROJECT="demo")
        manage(environment, "migrate", "--verbosity", "0")
        manage(environment, "load_demo")
        server.start()
        try:
            traffic = ["--seconds", str(TRAFFIC_SECONDS), "--url", server.url]
            manage(environment, "demo_traffic", *traffic)
            picture_all(server.url)
        finally:
            server.stop()


def manage(environment, *arguments):
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def picture_all(url):
    people = json.loads((ROOT / "var" / "demo.json").read_text())["people"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        context = browser.new_context(base_url=url)
        page = context.new_page()
        page.goto("/login")
        page.fill("#id_username", people[0]["username"])
        page.fill("#id_password", people[0]["password"])
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            for name, show in SHOWN.items():
                page.set_viewport_size(PHONE if name.endswith("phone") else WIDE)
                show(page)
                page.wait_for_timeout(800)
                page.screenshot(path=IMAGES / f"{name}-{theme}.png")
        browser.close()


def queue(page):
    page.goto("/p/demo/queue?severity=medium&source=engine")
    page.locator("#rows [data-review-id]:not([data-held]) .qrow-text:has(mark)").first.click()
    page.locator("#item .claim-mine").wait_for()
    page.keyboard.press("r")


def live(page):
    page.goto("/p/demo/live?window=24h")
    page.locator('.pill[data-connection="online"]').wait_for()


def trying(page):
    page.goto("/p/demo/try")
    page.fill("#try-text", TEXT)
    page.keyboard.press("Control+Enter")
    page.locator("#trial .judged").wait_for()


SHOWN = {"queue": queue, "live": live, "try": trying, "queue-phone": queue, "live-phone": live}

if __name__ == "__main__":
    main()
