"""Tags and filters of the console's templates: icons, times, marked texts, chips, scores."""

from datetime import datetime, timedelta
from functools import cache

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from moderation.accounts.covered_words import (
    PLAIN_KINDS,
    excerpt,
    has_covered_words,
    is_covered,
    within,
)
from moderation.engine.verdict.policy import Policy
from moderation.events.event import iso
from moderation.lib import languages
from moderation.lib.highlight import (
    Markable,
    finders_of,
    kind_name,
    kind_title,
    segments,
    source_name,
)
from moderation.lib.languages import gettext_noop, written
from moderation.models import ModerationLog, Picture, Preferences
from moderation.pages.language_names import language_name
from moderation.pages.refusals import in_words
from moderation.pages.script_words import script_words as texts_of_scripts
from moderation.pages.shell import PageContext

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86_400
SPANS = (
    (gettext_noop("{n} d"), DAY), (gettext_noop("{n} h"), HOUR), (gettext_noop("{n} min"), MINUTE),
)  # fmt: skip
TIMES = {"clock": "%H:%M:%S", "minute": "%H:%M"}
DAYS = {"day": "H:i", "date": ""}


#: Icons that point along the line, so that a page in Urdu mirrors them.
ALONG = {"left", "right", "chevron-right", "undo", "external", "log-out"}


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    """Return a decorative icon; text beside it must carry the meaning.

    Made once a process: a page has some two hundred, and to look up the file takes longest.
    """
    kind = f"icon icon-{size}" if size else "icon"
    if name in ALONG:
        kind = f"{kind} icon-along"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"></use></svg>',
        kind,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def page_language(context: PageContext) -> str:
    """Return the language of an author's letter, else of the page."""
    return context.get("page_language") or get_language() or "en"


@register.filter
def direction(language: str) -> str:
    """Return the direction of a page; Roman Urdu, `ur-Latn`, is written from left to right."""
    return "rtl" if language == "ur" else "ltr"


@register.simple_tag
def script_words() -> SafeString | str:
    """Return the texts of the scripts as data; nothing on a page in English."""
    words = texts_of_scripts()
    return json_script(words, "script-words") if words else ""


@register.simple_tag
def when(moment: datetime | None, style: str = "ago") -> SafeString | str:
    """Return a `<time>`, which a script keeps up to date.

    Styles: its age ("ago", or "age" without that word), or "clock", "minute", "day" or "date".
    """
    if moment is None:
        return "–"
    if style in TIMES:
        text = f"{moment:{TIMES[style]}}"
    elif style in DAYS:
        text = written(moment, DAYS[style])
    else:
        text = age(moment) if style == "age" else ago(moment)
    return format_html(
        '<time datetime="{}" data-time="{}" title="{} UTC">{}</time>',
        iso(moment),
        style,
        written(moment, "H:i:s"),
        text,
    )


@register.filter
def ago(moment: datetime | None) -> str:
    """Return how long ago the moment was, or in how long it will be."""
    if moment is None:
        return _("never")
    seconds = (timezone.now() - moment).total_seconds()
    text = _("{span} ago") if seconds >= 0 else _("in {span}")
    return text.format(span=duration(abs(seconds)))


@register.filter
def age(moment: datetime | None) -> str:
    return duration((timezone.now() - moment).total_seconds()) if moment else "–"


@register.filter
def plus(moment: datetime, span: timedelta) -> datetime:
    """Return the moment that is this much later."""
    return moment + span


@register.filter
def left(moment: datetime) -> str:
    """Return the time left until the moment as minutes and seconds, 4:59."""
    seconds = max(0, round((moment - timezone.now()).total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02}"


@register.filter
def duration(seconds: float) -> str:
    """Return a length of time in its largest unit: 12 s, 5 min, 3 h, 2 d."""
    for text, size in SPANS:
        if seconds >= size:
            return _(text).format(n=int(seconds // size))
    return _("{n} s").format(n=max(0, int(seconds)))


@register.filter
def milliseconds(seconds: float) -> str:
    return _("{n} ms").format(n=languages.figure(1000 * seconds, 2))


@register.filter
def figure(number: float) -> str:
    """Return a number with thousands separators."""
    return languages.figure(number)


@register.filter
def words(name: str) -> str:
    """Return a code in words of the page's language: `hate_speech` → hate speech."""
    return kind_name(name)


@register.filter
def source(name: str) -> str:
    """Return a detector's name in words: `lexicon` → word list."""
    return source_name(name)


@register.filter
def found_by(log: ModerationLog) -> str:
    """Return what the verdict comes from: `word list, model`, or `nothing found`."""
    rules = [_("rule")] if any(reason.startswith("rule:") for reason in log.reasons) else []
    if "engine_failure" in log.reasons:
        return _("the engine failed")
    return ", ".join(dict.fromkeys([*finders_of(log), *rules])) or _("nothing found")


@register.filter
def place(channel_id: str) -> str:
    """Return where something counts: `#general`, or `the whole project` for an empty channel."""
    return f"#{shortened(channel_id, 40)}" if channel_id else _("the whole project")


def shortened(text: str, length: int) -> str:
    return f"{text[: length - 1]}…" if len(text) > length else text


@register.filter
def initials(name: str) -> str:
    parts = name.replace(".", " ").replace("_", " ").replace("-", " ").split()
    letters = parts[0][0] + parts[-1][0] if len(parts) > 1 else name[:2]
    return letters.upper()


@register.inclusion_tag("components/_marked.html", takes_context=True)
def marked(context: PageContext, log: Markable, limit: int = 0) -> PageContext:
    """Show a text with its matches; `limit` cuts it for a row, which has no reveal buttons."""
    content = f"{log.content[:limit]}…" if 0 < limit < len(log.content) else log.content
    pieces = segments(content, *within(log, len(content)))
    preferences: Preferences = context["preferences"]
    return {
        "pieces": pieces,
        "is_row": bool(limit),
        # Without JavaScript, the whole page is loaded again with every word revealed.
        "covers": not context.get("is_revealed") and is_covered(log.severity, preferences),
        "plain_kinds": PLAIN_KINDS,
    }


@register.filter
def covered(text: Markable, preferences: Preferences) -> bool:
    """Return whether the text has covered words."""
    return has_covered_words(text, preferences)


@register.simple_tag(takes_context=True)
def quoted(context: PageContext, log: Markable, length: int = 40) -> str:
    """Return the beginning of a text as plain words, covered as the person wishes."""
    return excerpt(log, length, context["preferences"])


@register.filter
def has_picture(log: ModerationLog) -> bool:
    """Return whether the picture of a message is stored."""
    return Picture.objects.filter(log=log).exists()


@register.inclusion_tag("components/_severity.html")
def severity(level: str, word: bool = True) -> PageContext:  # noqa: FBT001, FBT002 (a tag)
    text = _("{level} severity").format(level=kind_title(level))
    return {"level": level, "word": word, "text": text}


@register.inclusion_tag("components/_verdict.html")
def verdict(kind: str, label: str = "") -> PageContext:
    """Show a verdict as a chip, or another label in the same colours."""
    icons = {"allow": "check", "warn": "warn", "flag": "flag", "block": "block"}
    return {"kind": kind, "icon_name": icons.get(kind, "info"), "label": kind_title(label or kind)}


@register.inclusion_tag("components/_verdict.html")
def decision(name: str) -> PageContext:
    """Show a moderator's decision as a chip."""
    chips = {
        "approve": ("allow", "check", _("Approved")),
        "reject": ("block", "x", _("Rejected")),
        "dismiss": ("line", "minus", _("Dismissed")),
        "escalate": ("escalate", "up", _("Escalated")),
    }
    kind, icon_name, label = chips[name]
    return {"kind": kind, "icon_name": icon_name, "label": label}


register.filter("language_name", language_name)
register.filter("refusal", in_words)


@register.inclusion_tag("components/_strikes.html")
def strikes(count: int, limit: int) -> PageContext:
    """Show active strikes as dots, `limit` of them up to the first ban."""
    text = _("{count} of {limit} strikes").format(count=count, limit=limit)
    return {"text": text, "dots": [at < count for at in range(max(limit, count))]}


@register.inclusion_tag("components/_score.html")
def score(value: float, policy: Policy) -> PageContext:
    """Show a score of 0 to 1 as a bar with the policy's thresholds."""
    limits = policy.thresholds
    steps = (("warn", limits.warn), ("flag", limits.flag), ("block", limits.block))
    reached = [name for name, step in steps if value + 1e-9 >= step]
    return {
        "shown": languages.figure(value, 2),
        # As text: a localised number is not valid in SVG.
        "percent": f"{100 * min(1.0, value):.0f}",
        "ticks": [f"{100 * step:.0f}" for _, step in steps],
        "at": reached[-1] if reached else "",
    }
