"""The names of languages, which pages show in place of their codes."""

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

from moderation.lib.languages import gettext_noop

NAMES = {
    "*": gettext_noop("Any language"),
    "und": gettext_noop("Not determined"),
    "": gettext_noop("Unknown"),
    "ur-latn": gettext_noop("Roman Urdu"),
    "hi-latn": gettext_noop("Roman Hindi"),
}


def language_name(tag: str) -> str:
    """Return the name of a language tag; the tag itself if its name is not known."""
    code = tag.lower()
    if code in NAMES:
        return _(NAMES[code])
    for known in (code, code.split("-")[0]):
        if name := LANG_INFO.get(known, {}).get("name"):
            return _(str(name))
    return tag
