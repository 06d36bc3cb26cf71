"""Measure every pair of colours that tokens.css permits, in light and in dark (WCAG 2.2, 1.4.3)."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.standalone

TOKENS = (Path(__file__).resolve().parents[2] / "static/css/tokens.css").read_text()
PLAIN = TOKENS.split("@media")[0]
MORE = TOKENS.split("@media (prefers-contrast: more)")[1]
THEMES = ["light", "dark"]


def colours_of(css: str) -> dict[str, tuple[str, str]]:
    """Name to its hex values in light and dark; shades with transparency are left out."""
    pattern = r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"
    return {name: (light, dark) for name, light, dark in re.findall(pattern, css)}


def permitted(css: str) -> list[tuple[str, str, float]]:
    """Front, back and least ratio, one for each background on a `pair` line."""
    lines = [line.split() for line in re.findall(r"^pair (.+)$", css, re.MULTILINE)]
    return [(front, back, float(least)) for front, *backs, least in lines for back in backs]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


COLOURS = colours_of(PLAIN)
STRONGER = COLOURS | colours_of(MORE)
PAIRS = permitted(TOKENS)


def test_black_on_white_is_twenty_one_to_one():
    assert ratio("#000000", "#ffffff") == pytest.approx(21)


def test_known_grey_on_white_measures_as_in_the_specification():
    assert ratio("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_permitted_pair_can_be_read(front, back, least, theme):
    at = THEMES.index(theme)
    assert ratio(COLOURS[front][at], COLOURS[back][at]) >= least


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_permitted_pair_can_be_read_where_more_contrast_is_asked_for(front, back, least, theme):
    at = THEMES.index(theme)
    assert ratio(STRONGER[front][at], STRONGER[back][at]) >= least


def test_each_text_and_verdict_colour_has_its_pairs_measured():
    fronts = {front for front, _, _ in PAIRS}
    texts = {name for name in COLOURS if name == "text" or name.startswith(("text-", "verdict-"))}
    assert {name for name in texts if not name.endswith("-soft")} <= fronts
