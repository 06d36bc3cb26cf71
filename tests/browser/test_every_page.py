"""Every page, in both themes and widths: accessible, contained, silent, no other host."""

from contextlib import ExitStack
from functools import cache

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, get_resolver

from tests.browser.conftest import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.standalone]

AXE = Axe()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: The rules that another theme can break, since it changes only colours.
RULES_OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
#: URL name → path; `stage.py` fills the braces.
PAGES = {
    "console:projects": "/",
    "console:project-new": "/projects/new",
    "console:start": "/p/arena/start",
    "console:live": "/p/arena/live",
    "console:try": "/p/arena/try",
    "console:chat": "/p/arena/chat/lobby",
    "console:bans": "/p/arena/bans",
    "desk:ban-new": "/p/arena/bans/new",
    "console:ban-lift": "/p/arena/bans/{ban_id}/lift",
    "console:audit": "/p/arena/audit",
    "console:blacklist": "/p/arena/blacklist",
    "console:blacklist-test": "/p/arena/blacklist/test",
    "console:word-new": "/p/arena/blacklist/new",
    "console:word": "/p/arena/blacklist/{word_id}",
    "console:words-import": "/p/arena/blacklist/import",
    "console:settings": "/p/arena/settings/me",
    "console:model": "/p/arena/settings/model",
    "console:project": "/p/arena/settings/project",
    "console:project-delete": "/p/arena/settings/delete",
    "console:members": "/p/arena/settings/members",
    "console:member-new": "/p/arena/settings/members/new",
    "console:member-remove": "/p/arena/settings/members/{member_id}/remove",
    "console:leave": "/p/arena/settings/leave",
    "console:account": "/account",
    "console:invitation-new": "/p/arena/settings/invitations/new",
    "console:invitation-revoke": "/p/arena/settings/invitations/{invitation_id}/revoke",
    "console:keys": "/p/arena/settings/keys",
    "console:key-new": "/p/arena/settings/keys/new",
    "console:key-revoke": "/p/arena/settings/keys/{key_id}/revoke",
    "console:connections": "/p/arena/settings/connections",
    "console:webhooks": "/p/arena/settings/webhooks",
    "console:webhook-new": "/p/arena/settings/webhooks/new",
    "console:webhook": "/p/arena/settings/webhooks/{webhook_id}",
    "console:rules": "/p/arena/rules",
    "console:rule-new": "/p/arena/rules/new?type=regex",
    "console:rule": "/p/arena/rules/{rule_id}",
    "console:rule-delete": "/p/arena/rules/{rule_id}/delete",
    "console:policy": "/p/arena/settings/policy",
    "console:policy-restore": "/p/arena/settings/policy/1/restore",
    "desk:backtests": "/p/arena/rules/backtests",
    "desk:backtest": "/p/arena/rules/backtests/{backtest_id}",
    "desk:queue": "/p/arena/queue",
    "desk:bulk-banned": "/p/arena/queue/bulk/banned",
    "desk:item": "/p/arena/queue/{review_id}",
    "desk:content": "/p/arena/content",
    "desk:log": "/p/arena/content/{content_id}",
    "desk:authors": "/p/arena/authors",
    "desk:appeals": "/p/arena/appeals",
    "desk:appeal": "/p/arena/appeals/{appeal_id}",
    "desk:transparency": "/transparency/arena",
    "desk:appeal-link": "/appeal/{link}",
    "desk:statement-link": "/appeal/{link}/statement",
    "desk:exports": "/p/arena/settings/exports",
    "desk:insights": "/p/arena/insights",
    "desk:team": "/p/arena/insights/team",
}
#: The same pages in another state.
STATES = {
    "queue of a viewer": ("vera", "/p/arena/queue"),
    "queue, empty": ("ada", "/p/empty/queue"),
    "queue, done": ("ada", "/p/arena/queue?lane=done"),
    "item of a viewer": ("vera", "/p/arena/queue/{review_id}"),
    "item, reasons open": ("ada", "/p/arena/queue/{review_id}?reject=1"),
    "item, conversation": ("ada", "/p/arena/queue/{review_id}?view=conversation"),
    "item, raw": ("ada", "/p/arena/queue/{review_id}?view=raw&reveal=1"),
    "queue, filtered": ("ada", "/p/arena/queue?lane=held&severity=medium&text=idiot"),
    "queue, wrong filter": ("ada", "/p/arena/queue?severity=nonsense"),
    "queue, nothing fits": ("ada", "/p/arena/queue?author=nobody"),
    "content, empty": ("ada", "/p/empty/content"),
    "content, filtered": ("ada", "/p/arena/content?verdict=flag&search=idiot"),
    "content, wrong filter": ("ada", "/p/arena/content?verdict=nonsense"),
    "live, empty": ("ada", "/p/empty/live"),
    "insights, empty": ("ada", "/p/empty/insights?window=30d"),
    "authors, found": ("ada", "/p/arena/authors?search=you"),
    "author": ("ada", "/p/arena/authors?user_id={user_id}"),
    "author, unknown": ("ada", "/p/arena/authors?user_id=nobody"),
    "appeals, answered": ("ada", "/p/arena/appeals?state=decided"),
    "appeal, sent": (None, "/appeal/{appealed}?lang=es"),
    "appeal, wrong link": (None, "/appeal/nonsense"),
    "invitation": (None, "/invitations/{invitation}"),
    "invitation, nonsense": (None, "/invitations/nonsense"),
    "policy, a preset": ("ada", "/p/arena/settings/policy?preset=strict"),
    "forbidden": ("vera", "/p/arena/try"),
    "sign-in": (None, "/login"),
    "second steps": ("ada", "/account/steps/"),
}
#: POST targets, and parts that htmx swaps into a page.
NO_PAGES = {
    *("console:sign-in", "console:sign-out", "console:find", "console:offer"),
    *("console:password", "console:email", "console:session-end", "console:reset-sent"),
    *("console:reset", "console:reset-new"),  # without mail they are 404
    *("console:rabbitmq-test", "console:sso-disconnect", "desk:picture"),
    *("console:webhook-test", "console:webhook-switch", "console:redeliver"),
    *("console:webhook-secret", "console:webhook-delete"),
    # Shown to a member of the project it says something else: looked at among the states.
    "console:invitation",
    *("console:blacklist-export", "console:words-report"),
    *("console:word-on", "console:word-off", "console:member-role"),
    *("console:rule-switch", "desk:backtest-rule", "desk:backtest-policy"),
    *("desk:backtest-cancel", "desk:backtest-apply"),
    *("desk:filter-save", "desk:filter-forget"),
    *("desk:lanes", "desk:new", "desk:bulk", "desk:bulk-decide", "desk:bulk-undo", "desk:trust"),
    *("desk:verbs", "desk:take-over", "desk:drawer", "desk:author-notes", "desk:swept"),
    *("console:language", "console:account-language", "console:celery-test"),
    *("console:discord-test", "desk:author-data"),
    *("console:clock", "console:project-restore", "desk:bulk-ban", "desk:explain", "desk:answer"),
    *("desk:claim", "desk:release", "desk:decide", "desk:skip", "desk:undo", "desk:note"),
}
#: One of each layout is looked at for every change; CI looks at all.
OFTEN = {
    *("console:live", "console:chat", "console:bans", "console:blacklist", "console:rules"),
    *("console:policy", "console:members", "desk:queue", "desk:item", "desk:log", "desk:insights"),
    *("desk:appeal", "desk:appeal-link", "desk:transparency"),
}
VIEWS = [
    *(
        pytest.param("ada", path, id=name, marks=() if name in OFTEN else pytest.mark.slow)
        for name, path in PAGES.items()
    ),
    *(
        pytest.param(who, path, id=state, marks=pytest.mark.slow)
        for state, (who, path) in STATES.items()
    ),
]


def names():
    """Yield the names of all addresses of the console and the desk."""
    for found in get_resolver().url_patterns:
        if getattr(found, "namespace", None) in {"console", "desk"}:
            for pattern in found.url_patterns:
                assert isinstance(pattern, URLPattern)
                yield f"{found.namespace}:{pattern.name}"


def test_every_address_is_looked_at_or_no_page():
    assert sorted(set(names()) - set(PAGES) - NO_PAGES) == []


def barriers(page, rules):
    """Return the rules of axe that the page breaks, and where.

    Waits for the stylesheets: a text counts as visible before they are there, and axe would
    measure what nobody sees, such as the rail's foot, which a phone hides.
    """
    page.wait_for_load_state("load")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    # What axe answers of rules that hold is a megabyte; only what is broken leaves the page.
    return page.evaluate(
        """rules => axe.run({runOnly: rules, resultTypes: ["violations"], elementRef: false}).then(
            found => found.violations.map(
                broken => [broken.id, broken.nodes.slice(0, 3).map(node => node.target)]))""",
        rules,
    )


def draw_in(page, theme):
    """Switch the theme and wait until the page was drawn in it: axe asks for its colours."""
    page.emulate_media(color_scheme=theme)
    page.wait_for_function(
        "name => matchMedia(`(prefers-color-scheme: ${name})`).matches", arg=theme
    )
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def overflow(page):
    """Return by how many pixels the page is wider than its window."""
    return page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)")


def test_a_page_is_checked_once_its_sheets_are_there(visit):
    with visit("noor", size="phone", reduced_motion="reduce") as page:
        page.goto("/p/arena/bans")  # the browser has the other sheets from here on
        page.route("**/shell.css", lambda route: page.wait_for_timeout(2_000) or route.continue_())
        page.goto("/p/arena/settings/me", wait_until="commit")
        page.get_by_role("heading", name="My settings").wait_for()
        assert barriers(page, RULES) == []


def test_a_barrier_is_noticed_in_both_themes(visit):
    with visit("ada") as page:
        page.goto("/p/arena/bans")
        page.evaluate("""() => {
            const main = document.querySelector("main");
            main.innerHTML = "<button></button><p>grey</p>";
            Object.assign(main.lastChild.style, {color: "#999", background: "#aaa"});
        }""")
        assert sorted(rule for rule, _ in barriers(page, RULES)) == [
            "button-name",
            "color-contrast",
        ]
        draw_in(page, "dark")
        assert [rule for rule, _ in barriers(page, RULES_OF_COLOUR)] == ["color-contrast"]


@pytest.fixture(scope="module")
def pages(site):
    """Return a function: this person's page in this size, opened once for all views."""
    with ExitStack() as stack:

        @cache
        def opened(who, size="wide"):
            return stack.enter_context(site.page(who, size=size, reduced_motion="reduce"))

        yield opened


def shows_focus(page):
    """Say whether the first Tab shows where it is; an error's page may have nothing to reach."""
    page.keyboard.press("Tab")
    return page.evaluate("""() => {
        const at = document.activeElement;
        if (at === document.body) return !document.querySelector("a, button, input, select");
        return at.matches(":focus-visible") && getComputedStyle(at).outlineStyle !== "none";
    }""")


@pytest.mark.parametrize("size", ["wide", pytest.param("phone", marks=pytest.mark.slow)])
@pytest.mark.parametrize(("who", "path"), VIEWS)
def test_a_page_is_accessible_contained_and_silent(pages, site, who, path, size):
    page = pages(who, size)
    site.complaints.clear()
    page.emulate_media(color_scheme="light")
    page.goto(path.format(**site.facts), wait_until="load")
    assert (barriers(page, RULES), overflow(page)) == ([], 0)
    assert shows_focus(page)
    draw_in(page, "dark")
    assert (barriers(page, RULES_OF_COLOUR), overflow(page)) == ([], 0)
    assert "run" not in page.title().split()
    if path.endswith(("nobody", "nonsense")) or who == "vera":  # the answer's own status is told
        site.complaints[:] = [said for said in site.complaints if "Failed to load" not in said]
    assert site.complaints == []


#: Dense pages, a form, an author's page: what a mirrored page is looked at on.
MIRRORED = ("desk:queue", "desk:item", "console:policy", "console:account", "desk:content")


def test_in_urdu_a_covered_word_does_not_turn_its_sentence_round(visit):
    with visit("ada", locale="ur-PK") as page:
        page.goto("/p/arena/queue")
        text = page.locator("#rows .qrow-text:has(.veil)").first
        assert text.evaluate("text => getComputedStyle(text).direction") == "ltr"


def test_in_urdu_the_rail_is_on_the_right_and_nothing_overflows(site, visit):
    with visit("ada", locale="ur-PK", reduced_motion="reduce") as page:
        for size in SIZES.values():
            page.set_viewport_size(size)
            for name in MIRRORED:
                page.goto(PAGES[name].format(**site.facts))
                assert page.locator("html").get_attribute("dir") == "rtl"
                assert (name, overflow(page)) == (name, 0)
        page.set_viewport_size(SIZES["wide"])
        page.goto(PAGES["desk:queue"])
        assert page.locator(".rail").bounding_box()["x"] > SIZES["wide"]["width"] / 2
