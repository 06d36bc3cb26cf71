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
#: Lower-case months where the language writes them so; Urdu has no cases.
DAY = {"en": "j M Y"}
OTHER_DAY = "j b Y"


def lazy_format(text: str, /, **values: object) -> str:
    """Return a lazy text with values in its braces."""
    return cast("str", format_lazy(text, **values))


def figure(number: float, places: int | None = None) -> str:
    """Return a number with the separators of the page's language."""
    return number_format(number, places, use_l10n=True, force_grouping=True)


def written(moment: datetime, time: str = "") -> str:
    """Return a day in the page's language, with the time of day in this format (`H:i`)."""
    day = DAY.get(translation.get_language() or "en", OTHER_DAY)
    return format_moment(moment, f"{day}, {time}" if time else day)
