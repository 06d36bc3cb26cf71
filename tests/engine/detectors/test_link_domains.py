"""Links that a project allows or blocks, and hashtags."""

import pytest

from moderation.engine.custom_rules.ruleset import build_ruleset
from tests.engine.judging import found_in, verdict_on

BLOCKING = build_ruleset(blocked_domains=["bad.example", "scam.example"])
ALLOWING = build_ruleset(allowed_domains=["good.example"])


@pytest.mark.parametrize(
    "text",
    [
        "see https://bad.example/offer",
        "see http://BAD.example",
        "see bad.example.",
        "www.bad.example/x?y=1",
        "https://shop.eu.bad.example:8080/",
        "see (bad.example)",
        "see b\u0430d.example now",
    ],
)
def test_a_blocked_domain_blocks_with_its_subdomains(text):
    verdict = verdict_on(text, ruleset=BLOCKING)
    assert (verdict.kind, verdict.reasons) == ("block", ("spam",))
    (match,) = found_in(text, BLOCKING).matches
    assert (match.word, match.source) == ("bad.example", "blacklist")
    assert "example" in match.text.lower()


@pytest.mark.parametrize(
    "text",
    [
        "see https://notbad.example",
        "see bad.example.org",
        "mail me@bad.example",
        "https://bad-example.org",
        "bad example",
        "https://good.example/?from=not-bad.example",
    ],
)
def test_other_names_are_not_blocked(text):
    assert "spam" not in verdict_on(text, ruleset=BLOCKING).reasons


FOUR = " ".join(f"https://good.example/{number}" for number in range(4))


def test_allowed_links_are_no_sign_of_spam():
    assert verdict_on(FOUR).reasons == ("spam",)
    assert verdict_on(FOUR, ruleset=ALLOWING).kind == "allow"
    text = "claim your gift card, click https://good.example/x"
    assert verdict_on(text, ruleset=ALLOWING).kind == "flag"  # A lure with a push.


@pytest.mark.parametrize(
    "link",
    ["https://good.example@evil.test/", "https://good.example.evil.test/", "https://a.test/"],
)
def test_other_links_still_count(link):
    text = " ".join(f"{link}{number}" for number in range(4))
    assert verdict_on(text, ruleset=ALLOWING).reasons == ("spam",)


def test_a_long_row_of_dots_is_no_link():
    assert list(BLOCKING.domains.find_blocked("a." * 5000)) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("#one #two #three #four #five", "allow"),
        ("#one #two #three #four #five #six", "warn"),
        ("fixes #1 #2 #3 #4 #5 #6", "allow"),
        ("https://x.test/#a https://x.test/#b", "allow"),
    ],
)
def test_more_than_five_hashtags_warn(text, kind):
    assert verdict_on(text).kind == kind
