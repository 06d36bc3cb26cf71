"""Texts that are declared before a page's language is known, and numbers and days in it."""

from collections.abc import Callable
from datetime import datetime
from typing import cast

from django.utils import translation
from django.utils.dateformat import format as format_moment
from django.utils.formats import number_format
from django.utils.text import format_lazy

#: Translated whenever they are shown, though typed as the string for which they stand.
gettext_lazy = cast("Callable[[str], str]", translation.gettext_lazy)
gettext_noop = translation.gettext_noop
#: Spanish writes months with a small letter; Urdu has no cases.
DAY = "j b Y"
#: A time of day for Django → for Python.
TIMES = {"H:i": "%H:%M", "H:i:s": "%H:%M:%S"}


def is_english() -> bool:
    """Say whether the page is in English, the language of the code."""
    return (translation.get_language() or "en") == "en"


def lazy_format(text: str, /, **values: object) -> str:
    """Return a lazy text with values in its braces."""
    return cast("str", format_lazy(text, **values))


def figure(number: float, places: int | None = None) -> str:
    """Return a number with the separators of the page's language."""
    if is_english():
        # Django's way takes ten times as long, and a list has a hundred numbers.
        return f"{number:,}" if places is None else f"{number:,.{places}f}"
    return number_format(number, places, use_l10n=True, force_grouping=True)


def written(moment: datetime, time: str = "") -> str:
    """Return a day in the page's language, with the time of day in this format (`H:i`)."""
    if is_english():
        return f"{moment:%-d %b %Y, {TIMES[time]}}" if time else f"{moment:%-d %b %Y}"
    return format_moment(moment, f"{DAY}, {time}" if time else DAY)
