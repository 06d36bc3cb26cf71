"""The names of languages, which pages show in place of their codes."""

from django.conf.locale import LANG_INFO

NAMES = {
    "*": "Any language",
    "und": "Not determined",
    "": "Unknown",
    "ur-latn": "Roman Urdu",
    "hi-latn": "Roman Hindi",
}


def language_name(tag: str) -> str:
    """Return the English name of a language tag; the tag itself if its name is not known."""
    code = tag.lower()
    if code in NAMES:
        return NAMES[code]
    for known in (code, code.split("-")[0]):
        if name := LANG_INFO.get(known, {}).get("name"):
            return str(name)
    return tag
