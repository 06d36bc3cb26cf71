"""Links that a project allows or blocks, and hashtags."""

import time

import pytest

from moderation.engine.custom_rules.ruleset import build_ruleset
from moderation.engine.text.fold import fold
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
        "http://user@bad.example:80",
        "http://user:pw@bad.example/x",
        "HTTPS://a@b@BAD.EXAMPLE",
        "https://user@www.bad.example.",
        "//user@bad.example",
        "bad\u3002example",
        "bad\uff0eexample",
        "http://bad\uff61EXAMPLE/x",
        "bad.example./x",
        "bad.example: cheap",
        "http://bad.example:/x",
        "http://bad.example:000000080/x",
        "see...bad.example...",
        "_bad.example_",
        "-bad.example",
        "http://b%61d%2eexample/x",
        "https://x,bad.example/",
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
        "mailto:me@bad.example?subject=x",
        "https://good.example/ me@bad.example",
        "https://good.example/me@bad.example",
        "git@bad.example:app.git",
        "bad.example@good.example",
        "https://bad.example@good.example",
        "https://bad.example:80@good.example/",
        "100%bad.example.org",
        "bad.exampl\u00e9s.org",
        "https://bad-example.org",
        "bad example",
        "https://good.example/?from=not-bad.example",
    ],
)
def test_other_names_are_not_blocked(text):
    assert "spam" not in verdict_on(text, ruleset=BLOCKING).reasons


@pytest.mark.parametrize("link", ["https:user@bad.example", r"https:\\user@bad.example"])
def test_a_link_with_other_slashes_is_one(link):
    (match,) = found_in(f"see {link}", BLOCKING).matches
    assert (match.text, match.word) == (link, "bad.example")


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("\u00e9 http://user:pw@bad.example:80/x", "http://user:pw@bad.example:80"),
        ("\u00bd _bad\u3002example_", "bad\u3002example"),
        ("\u00bd at M\u00dcNCHEN.example/x", "M\u00dcNCHEN.example"),
        ("\ud800 http://me@m\u00fcnchen.example:80.", "http://me@m\u00fcnchen.example:80"),
    ],
)
def test_the_span_of_a_blocked_link_is_that_of_the_text_as_sent(text, link):
    (match,) = found_in(text, build_ruleset(blocked_domains=["bad.example", MUNICH])).matches
    assert (match.text, text[match.start : match.end]) == (link, link)


MUNICH = "m\u00fcnchen.example"
ENCODED = "xn--mnchen-3ya.example"


@pytest.mark.parametrize("blocked", [MUNICH, ENCODED])
@pytest.mark.parametrize(
    "text",
    [
        MUNICH,
        ENCODED,
        MUNICH.upper(),
        f"https://user@www.{ENCODED.upper()}:80/x",
        "mu\u0308nchen.example",
        "m\u00fcn\u00adchen\u3002example.",
        "http://m%C3%BCnchen.example",
        f"(\u2764 {MUNICH})",
    ],
)
def test_every_way_to_write_an_international_domain_is_blocked(blocked, text):
    text = f"see the place that they all told you about at {text}"
    (match,) = found_in(text, build_ruleset(blocked_domains=[blocked])).matches
    assert match.word == blocked


@pytest.mark.parametrize(
    "text", ["munchen.example", f"me@{MUNICH}", f"x{MUNICH}", "xn--mnchen.example", "\u00fc.xn--a"]
)
def test_other_names_are_no_international_domain(text):
    assert found_in(text, build_ruleset(blocked_domains=[MUNICH])).matches == ()


def test_a_vowel_sign_belongs_to_a_domain():
    hindi = "\u0939\u093f\u0928\u094d\u0926\u0940.example"
    ruleset = build_ruleset(blocked_domains=["xn--j2bd4cyah0f.example"])
    assert [match.text for match in found_in(f"see {hindi}", ruleset).matches] == [hindi]


FOUR = " ".join(f"https://good.example/{number}" for number in range(4))


def test_allowed_links_are_no_sign_of_spam():
    assert verdict_on(FOUR).reasons == ("spam",)
    assert verdict_on(FOUR, ruleset=ALLOWING).kind == "allow"
    text = "claim your gift card, click https://good.example/x"
    assert verdict_on(text, ruleset=ALLOWING).kind == "flag"  # A lure with a push.


@pytest.mark.parametrize(
    "link",
    [
        "https://good.example@evil.test/",
        "https://good.example:80@evil.test/",
        "https://good.example,x@evil.test/",
        "https://good.example,x.evil.test/",
        "https://good.example%2eevil.test/",
        "https://good.example.evil.test/",
        "https://a.test/",
    ],
)
def test_other_links_still_count(link):
    text = " ".join(f"{link}{number}" for number in range(4))
    assert verdict_on(text, ruleset=ALLOWING).reasons == ("spam",)


def test_a_look_alike_of_an_allowed_domain_is_a_link():
    text = "claim your gift card, https://g\u043e\u043ed.example/x"
    assert found_in(text, ALLOWING) == found_in(text)
    assert [match.word for match in found_in(text).matches] == ["advertising"]


def test_an_allowed_domain_may_be_international():
    ruleset = build_ruleset(allowed_domains=[MUNICH])
    for name in (MUNICH, ENCODED, MUNICH.upper()):
        text = " ".join(f"https://{name}/{number}" for number in range(4))
        assert found_in(text, ruleset).matches == ()


@pytest.mark.parametrize(
    "text",
    [
        "a." * 5000,
        "a" * 10_000,
        "a.b:" * 2500,
        "//a@" * 2500,
        "//good.example" * 700,
        "\u3042\u3002" * 5000,
    ],
)
def test_a_long_row_is_no_link_and_soon_read(text):
    start = time.process_time()
    assert list(BLOCKING.domains.find_blocked(text, fold(text))) == []
    ALLOWING.domains.allowed_spans(text, fold(text))
    assert time.process_time() - start < 0.5


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
